"""What `ablate models` prints."""

from __future__ import annotations

import pytest

from ablate.cli.main import main
from ablate.cli.model import WIDTH
from ablate.models.catalog import ARCHITECTURES, describe


def test_every_architecture_and_variant_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as listed:
        main(["models"])
    assert listed.value.code == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= WIDTH
    words = set(text.replace(",", " ").split())
    for name in ARCHITECTURES:
        assert {name, *describe(name).variants} <= words
