"""What the documents name exists, and the public API is documented."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ablate
from ablate.api import LoadedStudy

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
PATH = re.compile(r"`((?:ablate|docs|studies|tests)/[\w./-]*)`")


def missing(page: Path, text: str) -> Iterator[str]:
    """The links and the paths in a page's text that lead nowhere."""
    yield from (link for link in LINK.findall(text) if not (page.parent / link).exists())
    yield from (path for path in PATH.findall(text) if not (ROOT / path).exists())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_exists(page):
    assert list(missing(page, page.read_text(encoding="utf-8"))) == []


def test_a_path_that_leads_nowhere_would_be_found():
    text = "[here](nowhere.md), `ablate/nowhere.py`, [there](architecture.md), `ablate/api.py`"
    assert list(missing(PAGES[0], text)) == ["nowhere.md", "ablate/nowhere.py"]


def test_the_public_api_is_documented():
    public = [getattr(ablate, name) for name in ablate.__all__]
    public += [value for name, value in vars(LoadedStudy).items() if not name.startswith("_")]
    assert [one for one in public if callable(one) and not inspect.getdoc(one)] == []
