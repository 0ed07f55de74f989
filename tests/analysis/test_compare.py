"""Two analyses beside each other: the right test for each case, and none where none is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ablate.analysis.compare import compare, shared
from ablate.stats import Difference, holm, paired_difference, unpaired_difference
from tests.report.examples import (
    CELLS,
    GAINS,
    LOSES,
    PROVENANCE,
    analysis_of,
    cvt,
    deit,
    full,
    holes,
    images,
)

KNOWN = replace(PROVENANCE, fingerprint={"models/vit.py": ("a1",), "data set digits": ("d1",)})


def study(*wanted, **changes):
    facts = {"claims": (LOSES, GAINS), "provenance": KNOWN}
    return analysis_of(wanted or CELLS, **facts | changes)


def by_name(comparison):
    return {pair.name: pair for pair in comparison.cells}


def scores_of(analysis, name):
    return [one.score for cell in analysis.cells if cell.name == name for one in cell.scores]


WORSE = deit("none", images(250, 252, 249, 251, 255))


def test_scores_on_the_same_data_are_compared_seed_by_seed():
    a, b = study(), study(CELLS[0], WORSE, *CELLS[2:])
    found = compare(a, b)
    assert found.same_data
    for name, pair in by_name(found).items():
        expected = paired_difference(scores_of(b, name), scores_of(a, name))
        assert pair.shift.difference == expected
    ps = [pair.shift.difference.p for pair in found.cells]
    assert tuple(pair.shift.p_adjusted for pair in found.cells) == holm(ps)


def test_a_change_beyond_chance_is_clear_and_the_same_scores_are_nothing():
    pairs = by_name(compare(study(), study(CELLS[0], WORSE, *CELLS[2:])))
    assert pairs["deit_s[pos_embed=none]"].shift.clear
    assert not pairs["deit_s[pos_embed=none]"].shift.is_nothing
    others = [pair.shift for name, pair in pairs.items() if name != "deit_s[pos_embed=none]"]
    assert all(shift.is_nothing and not shift.clear for shift in others)


def test_the_same_difference_in_every_seed_is_something_but_has_no_test():
    shifted = deit("learned", images(342, 344, 341, 343, 342))
    shift = by_name(compare(study(), study(shifted, *CELLS[1:])))["deit_s"].shift
    assert shift.p_adjusted is None
    assert not shift.is_nothing
    assert not shift.clear


def test_a_side_with_fewer_seeds_is_paired_over_those():
    fewer = deit("learned", images(352, 354, None, 353, None))
    a = study()
    shift = by_name(compare(a, study(fewer, *CELLS[1:])))["deit_s"].shift
    assert isinstance(shift.difference, Difference)
    assert shift.difference.n == 3


def test_other_seeds_are_compared_by_welch():
    early, late = images(352, 354, 351, None, None), images(None, None, None, 353, 350)
    a, b = (study(deit("learned", scores, lost=None), *CELLS[1:]) for scores in (early, late))
    shift = by_name(compare(a, b))["deit_s"].shift
    old, new = scores_of(a, "deit_s"), scores_of(b, "deit_s")
    assert shift.difference == unpaired_difference(new, old)


def test_between_settings_only_contrasts_are_compared():
    a = study()
    b = study(setting="digits_shifted")
    found = compare(a, b)
    assert not found.same_data
    pairs = by_name(found)
    assert pairs["deit_s"].shift is None
    assert pairs["cvt_13"].shift is None
    name = "cvt_13[pos_embed=last_stage]"
    shift = pairs[name].shift
    assert shift.difference.others is not None
    values = [p.score for c in a.cells if c.name == name for p in c.contrast.pairs]
    assert shift.difference == unpaired_difference(values, values)


def test_another_data_set_under_the_same_setting_is_other_data():
    other = replace(KNOWN, fingerprint={**KNOWN.fingerprint, "data set digits": ("d2",)})
    assert not compare(study(), study(provenance=other)).same_data


def test_cells_of_one_side_stay_in_their_model_and_are_not_compared():
    a, b = study(*CELLS[:5], claims=()), study(CELLS[0], *CELLS[2:], claims=())
    assert [pair.name for pair in compare(a, b).cells] == [
        "deit_s",
        "deit_s[pos_embed=none]",
        "cvt_13",
        "cvt_13[pos_embed=every_stage]",
        "cvt_13[pos_embed=first_stage]",
        "cvt_13[pos_embed=last_stage]",
    ]
    pairs = by_name(compare(a, b))
    assert pairs["deit_s[pos_embed=none]"].b is None
    assert pairs["deit_s[pos_embed=none]"].shift is None
    assert pairs["cvt_13[pos_embed=last_stage]"].a is None
    assert shared(a, b) == tuple(
        name for name, pair in pairs.items() if pair.a is not None and pair.b is not None
    )


def test_a_cell_without_a_score_on_one_side_is_not_compared():
    pairs = by_name(compare(full(), holes()))
    assert pairs["cvt_13[pos_embed=first_stage]"].shift is None


def test_order_is_counted_within_a_model():
    best = cvt("last_stage", images(360, 360, 359, 360, 360))
    assert compare(study(), study()).same_order == compare(study(), study()).ordered == 7
    turned = compare(study(), study(*CELLS[:5], best))
    assert (turned.ordered, turned.same_order) == (7, 6)


def test_claims_are_matched_by_their_words():
    other = analysis_of(CELLS, claims=(LOSES.model_copy(update={"says": "new"}), GAINS))
    found = [(one.says, one.a, one.b) for one in compare(full(), other).claims]
    assert found == [
        ("new", None, "supported"),
        (GAINS.says, "supported", "supported"),
        (LOSES.says, "supported", None),
    ]


def test_the_same_words_that_ask_something_else_are_another_claim():
    turned = LOSES.model_copy(update={"expect": "higher"})
    other = analysis_of(CELLS, claims=(turned, GAINS))
    found = [(one.says, one.a is None, one.b is None) for one in compare(full(), other).claims]
    assert found.count((LOSES.says, False, True)) == found.count((LOSES.says, True, False)) == 1


def differences(**changes):
    found = compare(study(), study(**changes)).differences
    return [(one.kind, one.name, one.a, one.b) for one in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"setting": "other"}, [("setting", "", "digits", "other")]),
        ({"margin": 2.0}, [("margin", "", 1.0, 2.0)]),
        (
            {"provenance": replace(KNOWN, recipe={"lr": 1e-3, "epochs": 20})},
            [
                ("recipe", "lr", 2e-3, 1e-3),
                ("recipe", "batch_size", 64, None),
                ("recipe", "warmup_epochs", 2, None),
                ("recipe", "weight_decay", 0.05, None),
                ("recipe", "label_smoothing", 0.1, None),
                ("recipe", "shift", 1, None),
            ],
        ),
        (
            {"provenance": replace(KNOWN, packages=("torch 2.12.0", *PROVENANCE.packages[1:]))},
            [("library", "torch", ("2.11.0",), ("2.12.0",))],
        ),
        (
            {
                "provenance": replace(
                    KNOWN, fingerprint={**KNOWN.fingerprint, "models/vit.py": ("a1", "a2")}
                )
            },
            [("code", "models/vit.py", ("a1",), ("a1", "a2"))],
        ),
        (
            {"provenance": replace(KNOWN, commits=("9be0d11",), devices=("NVIDIA H200",))},
            [
                ("commit", "", ("4f2a91c",), ("9be0d11",)),
                ("device", "", ("CPU",), ("NVIDIA H200",)),
            ],
        ),
    ],
)
def test_what_is_not_alike_is_named(changes, expected):
    assert sorted(differences(**changes), key=str) == sorted(expected, key=str)


def test_another_baseline_is_named_with_its_levels():
    moved = replace(CELLS[0], levels={"pos_embed": "sincos_2d"})
    found = compare(study(), study(moved, *CELLS[1:])).differences
    assert [(one.kind, one.name, one.a, one.b) for one in found] == [
        ("level", "deit_s pos_embed", "learned", "sincos_2d")
    ]


def test_code_that_nobody_noted_is_not_taken_for_the_same():
    assert compare(study(), study()).code_known
    assert not compare(study(), study(provenance=PROVENANCE)).code_known


def test_a_cell_that_lost_runs_has_not_clearly_changed():
    whole = deit("learned", images(*range(340, 360)))
    later = deit("learned", images(*range(140, 159), None), lost=("failed", "it broke"))
    shift = by_name(compare(study(whole, *CELLS[1:]), study(later, *CELLS[1:])))["deit_s"].shift
    assert shift.p_adjusted < 0.001  # even at the worst
    assert not shift.clear
