"""What every reporter owes, whatever its format."""

import re
from pathlib import Path

import pytest

from ablate.report import FORMATS, write_report
from tests.report import examples

RAW = {
    "html": ("<script", "\x1b", "\u202e"),
    "markdown": (" <script", "\n<script", "\x1b", "\u202e"),
    "latex": ("<script", "$e^2$", "*_b_`c`", "|*a", "\x1b", "\u202e"),
}
"""What the hostile study would slip into a format that does not escape."""
COMMENT = re.compile(r"(?<!\\)%.*")
"""Of LaTeX, where nothing has a meaning."""


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def text(format, report, folder):  # noqa: A002
    """What the format's texts say, in one; figures have tests of their own."""
    write_report(report, format, folder)
    found = sorted(path for path in folder.glob("*") if path.suffix in (".html", ".md", ".tex"))
    assert found
    return "\n".join(path.read_text() for path in found)


@pytest.mark.parametrize("format", FORMATS)
class TestReporter:
    @pytest.mark.parametrize("name", ["full", "empty"])
    def test_the_main_file_is_returned(self, format, name, tmp_path):  # noqa: A002
        path = write_report(examples.report(name), format, tmp_path / "new" / "folder")
        assert path.parent == tmp_path / "new" / "folder"
        assert path.stat().st_size

    @pytest.mark.parametrize("name", ["full", "holes", "hostile", "empty"])
    def test_the_same_report_gives_the_same_bytes(self, format, name, tmp_path):  # noqa: A002
        text(format, examples.report(name), tmp_path / "one")
        text(format, examples.report("plain"), tmp_path / "two")  # leaves nothing behind
        text(format, examples.ALL[name](), tmp_path / "two")  # drawn anew
        assert files(tmp_path / "one") == files(tmp_path / "two")

    def test_user_text_is_escaped(self, format, tmp_path):  # noqa: A002
        found = text(format, examples.report("hostile"), tmp_path)
        found = COMMENT.sub("", found) if format == "latex" else found
        for raw in RAW[format]:
            assert raw not in found

    def test_no_path_of_the_machine_is_told(self, format, tmp_path):  # noqa: A002
        text(format, examples.report("holes"), tmp_path)
        for content in files(tmp_path).values():
            for secret in (str(tmp_path), str(Path(__file__).parents[3]), "/home/someone"):
                assert secret.encode() not in content

    def test_an_empty_study_says_that_there_is_no_answer(self, format, tmp_path):  # noqa: A002
        found = text(format, examples.report("empty"), tmp_path)
        assert "No run has finished yet, so there is no answer." in found
        assert "nan" not in found.lower().split()

    def test_an_unfinished_study_names_its_holes(self, format, tmp_path):  # noqa: A002
        found = text(format, examples.report("holes"), tmp_path)
        assert "3 of 5 seeds: 2 diverged." in found
        assert "12 of 30 runs have no score." in found
