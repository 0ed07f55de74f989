from dataclasses import replace

import pytest

from ablate.report import labels
from ablate.study.schema import Paper
from tests.report.examples import PAPER, factors, full, plain, single


def test_a_label_is_the_analysis_own_else_the_name_in_words():
    analysis = replace(full(), level_labels={"pos_embed": {"none": "nothing"}})
    assert labels.factor_label("pos_embed", analysis.labels) == "Position embedding"
    assert labels.factor_label("mlp_ratio", analysis.labels) == "Mlp ratio"
    assert labels.level_label("pos_embed", "none", analysis) == "nothing"
    assert labels.level_label("cls_token", "none", analysis) == "none"


def test_cells_of_one_factor_are_called_by_their_level():
    analysis = full()
    named = [labels.cell_label(cell, analysis) for cell in analysis.cells]
    assert named[:3] == ["learned (baseline)", "none", "none (baseline)"]
    rows = [labels.row_label(cell, analysis) for cell in analysis.cells]
    assert rows[1] == "DeiT-S · none"
    assert labels.full_label(analysis.cells[1], analysis) == "DeiT-S · Position embedding: none"


def test_cells_of_several_factors_are_called_by_what_they_change():
    analysis = factors()
    named = [labels.cell_label(cell, analysis) for cell in analysis.cells]
    assert named == [
        "baseline",
        "Pos embed: none",
        "Use cls token: ✗",
        "Mlp ratio: 2, Recipe: lr: 0.0005",
        "baseline",
        "Projection: average, average, average",
    ]


def test_a_single_model_is_not_named():
    assert labels.row_label(plain().cells[1], plain()) == "none"
    assert labels.full_label(plain().cells[1], plain()) == "Position embedding: none"
    assert labels.row_label(single().cells[0], single()) == "learned (baseline)"


def test_a_cell_without_the_only_factor_is_the_baseline():
    analysis = single()
    cell = replace(analysis.cells[0], levels={})
    assert labels.cell_label(cell, analysis) == "baseline"


@pytest.mark.parametrize(
    ("seeds", "label"),
    [
        ([3], "seed 3"),
        ([2, 0], "seeds 0 and 2"),
        ([0, 2, 3], "seeds 0, 2 and 3"),
        ([4, 3, 2, 1], "seeds 1–4"),
        ([0, 1], "seeds 0 and 1"),
    ],
)
def test_seeds_label(seeds, label):
    assert labels.seeds_label(seeds) == label


def test_in_words():
    assert [labels.in_words(n) for n in (1, 3, 9, 10, 12)] == ["One", "Three", "Nine", "10", "12"]


def test_substitutes():
    assert labels.substitutes(full()) == {"deit-s": "deit-8px", "cvt-13": "cvt-8px"}
    assert labels.substitutes(plain()) == {}


@pytest.mark.parametrize(
    ("arxiv", "url"),
    [
        ("2103.15808", "https://arxiv.org/abs/2103.15808"),
        ("2103.15808v2", "https://arxiv.org/abs/2103.15808v2"),
        ("cs.CV/0123456", "https://arxiv.org/abs/cs.CV/0123456"),
        ("cs/0123456", "https://arxiv.org/abs/cs/0123456"),
        ("../../x", ""),
        ('2103.15808" onclick="x', ""),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_only_an_identifier_becomes_a_link(arxiv, url):
    assert labels.source(Paper(title="T", arxiv=arxiv)).url == url


def test_the_source_in_words():
    assert labels.source(PAPER).text == (
        "CvT: Introducing Convolutions to Vision Transformers, Table 5 (arXiv 2103.15808)"
    )
    assert labels.source(Paper(title="T")).text == "T"
