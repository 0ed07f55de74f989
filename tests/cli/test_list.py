"""What `ablate list` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from ablate.cli.list import studies_text


def test_studies_are_listed_with_their_mistakes_and_settings_with_their_titles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert studies_text().startswith("studies\n  (none in ./studies)\n\nsettings\n")
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies/wrong.yaml").write_text("title: [\n", encoding="utf-8")
    assert "\n  wrong  ! 1 mistake: studies/wrong.yaml:" in studies_text()
    assert "\n  digits " in studies_text()
