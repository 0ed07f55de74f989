"""The exact sentence for every state of a claim."""

from dataclasses import replace

import pytest

from ablate.analysis.model import Verdict
from ablate.report.blocks import Notes
from ablate.report.sections.caveats import caveats
from ablate.report.sections.verdicts import reason, verdicts
from ablate.study.schema import Claim
from tests.report import examples
from tests.report.examples import analysis_of, deit, one_seed, same_scores

BASE = (98.0, 98.0, 98.0, 98.0, 98.0)


def told(expect, differences, margin=1.0, seeds=5):
    """The verdict and its reason for a cell that differs so from its baseline in each seed."""
    base = BASE[: len(differences)] + (None,) * (seeds - len(differences))
    scores = tuple(98.0 + d for d in differences) + (None,) * (seeds - len(differences))
    claim = Claim(says="…", contrast="deit_s[pos_embed=none]", expect=expect)
    wanted = (deit("learned", base), deit("none", scores))
    analysis = analysis_of(wanted, claims=(claim,), margin=margin)
    return analysis.claims[0].verdict.value, reason(analysis.claims[0], analysis)


FAILED = ("failed", "it broke")
DROP = (-21.0, -22.0, -20.0, -21.5, -20.5)
RISE = tuple(-d for d in DROP)
SMALL_DROP = (-0.4, -0.5, -0.3, -0.4, -0.4)
SMALL_RISE = tuple(-d for d in SMALL_DROP)
MIDDLING_DROP = (-1.0, -0.5, -1.5, -1.2, -0.8)
NOTHING = (0.1, -0.1, 0.2, -0.2, 0.0)
VAGUE = (-2.0, 1.5, -1.0, 2.0, -1.5)


@pytest.mark.parametrize(
    ("expect", "differences", "verdict", "sentence"),
    [
        ("lower", DROP, "supported", "−21.0 points [−22.0, −20.0] over 5 seeds, p < 0.001."),
        ("higher", RISE, "supported", "+21.0 points [+20.0, +22.0] over 5 seeds, p < 0.001."),
        (
            "lower",
            SMALL_DROP,
            "supported",
            "−0.40 points [−0.49, −0.31] over 5 seeds, p < 0.001."
            " The difference is real, but smaller than the margin of 1 point (p < 0.001).",
        ),
        (
            "lower",
            MIDDLING_DROP,
            "supported",
            "−1.0 points [−1.5, −0.5] over 5 seeds, p = 0.004."
            " Whether it exceeds the margin of 1 point is open.",
        ),
        (
            "lower",
            (-2.0, -0.1, -1.2, 0.2, -1.4),
            "undecided",
            "−0.9 points [−2.0, +0.2] over 5 seeds: neither the claim nor its opposite is shown"
            " (p = 0.094), nor that the difference is smaller than the margin of 1 point (p ="
            " 0.41). Five seeds would detect a true difference of 1.6 points in 80 % of studies; if"
            " the true difference is the observed one, 11 seeds would decide as often.",
        ),
        (
            "lower",
            NOTHING,
            "negligible",
            "0.0 points [−0.2, +0.2] over 5 seeds: smaller than the margin of 1 point (p < 0.001);"
            " neither lower nor higher is shown (p > 0.99).",
        ),
        (
            "lower",
            RISE,
            "refuted",
            "+21.0 points [+20.0, +22.0] over 5 seeds: higher than the baseline, p < 0.001.",
        ),
        (
            "higher",
            DROP,
            "refuted",
            "−21.0 points [−22.0, −20.0] over 5 seeds: lower than the baseline, p < 0.001.",
        ),
        (
            "not_higher",
            NOTHING,
            "supported",
            "0.0 points [−0.2, +0.2] over 5 seeds: any rise is below the margin of 1 point,"
            " p < 0.001.",
        ),
        (
            "not_higher",
            SMALL_RISE,
            "supported",
            "+0.40 points [+0.31, +0.49] over 5 seeds: any rise is below the margin of 1 point,"
            " p < 0.001. In the table it is clearly higher than the baseline (p < 0.001).",
        ),
        (
            "not_higher",
            DROP,
            "supported",
            "−21.0 points [−22.0, −20.0] over 5 seeds: any rise is below the margin of 1 point,"
            " p < 0.001. In the table it is clearly lower than the baseline (p < 0.001). It could"
            " hardly have been refuted: that takes a rise of 2.3 points, and scores leave room for"
            " 2.0.",
        ),
        (
            "not_higher",
            RISE,
            "refuted",
            "+21.0 points [+20.0, +22.0] over 5 seeds: a rise beyond the margin of 1 point,"
            " p < 0.001.",
        ),
        (
            "not_lower",
            SMALL_DROP,
            "supported",
            "−0.40 points [−0.49, −0.31] over 5 seeds: any drop is below the margin of 1 point,"
            " p < 0.001. In the table it is clearly lower than the baseline (p < 0.001).",
        ),
        (
            "not_lower",
            tuple(d - 1.0 for d in MIDDLING_DROP),
            "refuted",
            "−2.0 points [−2.5, −1.5] over 5 seeds: a drop beyond the margin of 1 point,"
            " p = 0.004.",
        ),
        (
            "equivalent",
            NOTHING,
            "supported",
            "0.0 points [−0.2, +0.2] over 5 seeds: within the margin of 1 point either way,"
            " p < 0.001.",
        ),
        (
            "equivalent",
            SMALL_DROP,
            "supported",
            "−0.40 points [−0.49, −0.31] over 5 seeds: within the margin of 1 point either way,"
            " p < 0.001. In the table it is clearly lower than the baseline (p < 0.001).",
        ),
        (
            "equivalent",
            DROP,
            "refuted",
            "−21.0 points [−22.0, −20.0] over 5 seeds: beyond the margin of 1 point, p < 0.001."
            " It could hardly have been supported: that takes a margin of 1.3 points with these"
            " seeds.",
        ),
    ],
)
def test_with_a_margin(expect, differences, verdict, sentence):
    assert told(expect, differences) == (verdict, sentence)


@pytest.mark.parametrize(
    ("expect", "differences", "verdict", "sentence"),
    [
        (
            "lower",
            SMALL_DROP,
            "supported",
            "−0.40 points [−0.49, −0.31] over 5 seeds, p < 0.001.",
        ),
        (
            "lower",
            RISE,
            "refuted",
            "+21.0 points [+20.0, +22.0] over 5 seeds: higher than the baseline, p < 0.001.",
        ),
        (
            "higher",
            DROP,
            "refuted",
            "−21.0 points [−22.0, −20.0] over 5 seeds: lower than the baseline, p < 0.001.",
        ),
    ],
)
def test_without_a_margin(expect, differences, verdict, sentence):
    assert told(expect, differences, margin=None) == (verdict, sentence)


def test_nothing_is_judged_before_the_planned_seeds_have_ended():
    assert told("lower", DROP[:3]) == (
        "undecided",
        "Not judged before its planned seeds have ended: seeds 3 and 4.",
    )


def test_with_lost_runs_p_is_the_largest_that_they_could_have_led_to():
    """A drop of 5 points in four seeds; the fifth could have risen to 100 %."""
    wanted = deit("learned", (90.0, 91.0, 90.5, 90.2, 90.8))
    level = deit("none", (85.1, 86.0, 85.4, 85.3, None), lost=FAILED)
    analysis = analysis_of((wanted, level), claims=(examples.LOSES,))
    assert reason(analysis.claims[0], analysis) == (
        "−5.0 points [−5.1, −4.8] over 4 of 5 seeds: neither the claim nor its opposite is shown"
        " (p = 0.49), nor that the difference is smaller than the margin of 1 point (p > 0.99)."
        " 1 of 5 runs of Position embedding: none failed; p is the largest that they could have"
        " led to."
    )


@pytest.mark.parametrize(
    ("needed", "ending"),
    [
        (34, "; if the true difference is the observed one, 34 seeds would decide as often."),
        (
            None,
            "; if the true difference is the observed one, even 1,000 seeds would seldom decide.",
        ),
        (5, "."),
    ],
)
def test_undecided_says_what_was_detectable_and_what_would_decide(needed, ending):
    wanted = (deit("learned", BASE), deit("none", tuple(98.0 + d for d in VAGUE)))
    analysis = analysis_of(wanted, claims=(examples.LOSES,))
    claim = analysis.claims[0]
    assert claim.verdict is Verdict.UNDECIDED
    told = replace(claim, p_support=0.41, p_refute=0.19, detectable=2.512, seeds_needed=needed)
    assert reason(told, analysis) == (
        "−0.2 points [−2.5, +2.1] over 5 seeds: neither the claim nor its opposite is shown"
        " (p = 0.19), nor that the difference is smaller than the margin of 1 point (p = 0.19)."
        f" Five seeds would detect a true difference of 2.5 points in 80 % of studies{ending}"
    )


def test_a_claim_that_could_hardly_come_out_otherwise_says_so():
    wanted = (
        deit("learned", (98.9, 98.6, 98.9, 98.6, 99.0)),
        deit("none", (98.8, 98.6, 98.7, 98.3, 99.1)),
    )
    gains = Claim(says="gains nothing", contrast="deit_s[pos_embed=none]", expect="not_higher")
    analysis = analysis_of(wanted, claims=(gains,), margin=1.5)
    assert reason(analysis.claims[0], analysis) == (
        "−0.1 points [−0.3, +0.1] over 5 seeds: any rise is below the margin of 1.5 points,"
        " p < 0.001. It could hardly have been refuted: that takes a rise of 1.8 points, and scores"
        " leave room for 1.2."
    )
    notes = next(block.items for block in caveats(analysis) if isinstance(block, Notes))
    assert notes[0] == "Could hardly have come out otherwise: “gains nothing”."


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("higher", "supported: that takes a rise of 0.22 points, and scores leave room for 0.20."),
        ("equivalent", "supported: that takes a margin of 0.2 points with these seeds."),
    ],
)
def test_neither_could_one_that_is_open(expect, told):
    wanted = (
        deit("learned", (99.9, 99.6, 99.9, 99.6, 100.0)),
        deit("none", (99.8, 99.6, 99.7, 99.3, 100.0)),
    )
    claim = Claim(says="…", contrast="deit_s[pos_embed=none]", expect=expect)
    analysis = analysis_of(wanted, claims=(claim,), margin=0.1)
    assert reason(analysis.claims[0], analysis).endswith(f"It could hardly have been {told}")


def test_undecided_without_knowing_what_was_detectable():
    wanted = (deit("learned", BASE), deit("none", tuple(98.0 + d for d in VAGUE)))
    analysis = analysis_of(wanted, claims=(examples.LOSES,))
    told = replace(analysis.claims[0], p_support=0.41, p_refute=0.19, detectable=None)
    assert reason(told, analysis).endswith("smaller than the margin of 1 point (p = 0.19).")


def test_a_single_seed():
    analysis = one_seed()
    assert reason(analysis.claims[0], analysis) == (
        "−20.0 points over 1 seed: one seed has no spread, so nothing can be tested."
    )


def test_the_same_score_in_every_seed_asks_whether_the_factor_is_used():
    analysis = same_scores()
    assert reason(analysis.claims[0], analysis) == (
        "Exactly the baseline's score in all 3 seeds: there is no spread, so nothing can be tested."
        " Is the factor used at all?"
    )


def test_the_same_difference_in_every_seed():
    assert told("lower", (-0.5,) * 5) == (
        "undecided",
        "−0.5 points in every one of 5 seeds: there is no spread, so nothing can be tested.",
    )


def test_nothing_to_compare():
    wanted = [deit(level, (None, None), lost=FAILED) for level in ("learned", "none")]
    analysis = analysis_of(wanted, claims=(examples.LOSES,))
    assert reason(analysis.claims[0], analysis) == (
        "No seed has both the cell and its baseline:"
        " the cell has no score and its baseline has no score."
    )


def test_no_seed_in_common():
    wanted = deit("learned", (98.0, None), lost=FAILED), deit("none", (None, 78.0), lost=FAILED)
    analysis = analysis_of(wanted, claims=(examples.LOSES,))
    assert reason(analysis.claims[0], analysis) == (
        "No seed has both the cell and its baseline:"
        " the cell has 78.0 (1/2) from seed 1"
        " and its baseline has 98.0 (1/2) from seed 0."
    )


def test_other_seeds_are_compared_unpaired():
    wanted = (
        deit("learned", (98.0, 97.5, None, None, None), lost=None),
        deit("none", (None, None, 78.0, 79.0, 78.4), lost=None),
    )
    analysis = analysis_of(wanted, claims=(examples.LOSES,))
    assert reason(analysis.claims[0], analysis) == (
        "−19.3 points [−20.5, −18.0] over 3 seeds against 2 others, unpaired, p < 0.001."
    )


def test_another_unit():
    analysis = examples.losses()
    assert reason(analysis.claims[0], analysis) == (
        "+0.57 nats [+0.52, +0.61] over 3 seeds, p < 0.001."
    )


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("expect", ["lower", "higher", "equivalent", "not_lower", "not_higher"])
@pytest.mark.parametrize("margin", [None, 1.0])
def test_every_combination_says_something(verdict, expect, margin):
    analysis = analysis_of(examples.CELLS, claims=(examples.LOSES,), margin=margin)
    claim = replace(analysis.claims[0], verdict=verdict, expect=expect)
    assert reason(claim, analysis).endswith(".")


NONE = "deit_s[pos_embed=none]"
DEIT = "DeiT-S · baseline above DeiT-S · Position embedding: none by"
SEEN = "−19.9 points [−21.0, −18.9] over 5 seeds"


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (
            {"contrast": NONE, "expect": "lower", "by": ">= 10"},
            f"{SEEN}: more than 10 points lower, p < 0.001.",
        ),
        (
            {"contrast": NONE, "expect": "lower", "by": ">= 30"},
            f"{SEEN}: not 30 points lower, p < 0.001.",
        ),
        (
            {"order": f"deit_s > {NONE}"},
            f"Every step goes down: {DEIT} +19.9 points [+18.9, +21.0] over 5 seeds; p < 0.001.",
        ),
        (
            {"order": f"{NONE} > deit_s"},
            "Not every step goes down: DeiT-S · Position embedding: none above DeiT-S · baseline by"
            " −19.9 points [−21.0, −18.9] over 5 seeds; p < 0.001.",
        ),
        (
            {"order": "cvt_13 > cvt_13[pos_embed=first_stage]"},
            "CvT-13 · baseline above CvT-13 · Position embedding: first stage by +0.1 points [−0.3,"
            " +0.5] over 5 seeds: neither the order (p = 0.48) nor its opposite anywhere (p > 0.99)"
            " is shown.",
        ),
        (
            {"contrast": "cvt_13", "against": NONE, "expect": "lower"},
            "+20.6 points [+18.9, +22.2] over 5 seeds: higher than DeiT-S · Position embedding:"
            " none, p < 0.001.",
        ),
    ],
)
def test_claims_about_more_than_a_contrast_with_the_baseline(claim, words):
    analysis = analysis_of(examples.CELLS, claims=(Claim(says="so", **claim),))
    assert reason(analysis.claims[0], analysis) == words


def test_an_interaction_is_told_as_a_sum():
    levels = {"a": 0, "b": 0}
    wanted = [
        examples.Wanted(model="m", levels=levels | changes, changes=changes, scores=scores)
        for changes, scores in (
            ({}, (90.0, 91.0, 90.5)),
            ({"a": 1}, (80.0, 81.2, 80.4)),
            ({"b": 1}, (85.0, 86.1, 85.3)),
            ({"a": 1, "b": 1}, (84.0, 85.4, 84.5)),
        )
    ]
    claim = Claim(says="so", interaction="m[a=1,b=1]", expect="lower")
    analysis = analysis_of(wanted, claims=(claim,))
    assert reason(analysis.claims[0], analysis) == (
        "+9.1 points [+8.8, +9.5] over 3 seeds: higher than what its changes add up to, p < 0.001."
    )
    gone = replace(wanted[2], scores=(None,) * 3, lost=FAILED)
    lacking = analysis_of([*wanted[:2], gone, wanted[3]], claims=(claim,))
    assert reason(lacking.claims[0], lacking) == (
        "No seed has the cell, its baseline and each of its changes alone."
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "full",
            "Claims are judged by two-sided paired t-tests at 5 %, adjusted for 2 claims (Holm)."
            " The study sets its margin at 1 point: smaller differences do not matter."
            " To show that one is smaller takes two one-sided tests at 5 %.",
        ),
        (
            "losses",
            "Claims are judged by two-sided paired t-tests at 5 %."
            " The study sets its margin at 0.02 nats: smaller differences do not matter."
            " To show that one is smaller takes two one-sided tests at 5 %.",
        ),
    ],
)
def test_how_claims_are_judged(name, words):
    *_, paragraph = verdicts(examples.ALL[name]())
    assert paragraph.text == words
