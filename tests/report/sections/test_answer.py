from dataclasses import replace

import pytest

from ablate.analysis.model import Verdict
from ablate.report.sections.answer import opening, trust
from tests.report import examples
from tests.report.examples import GAINS, LOSES, analysis_of, deit, images


def with_verdicts(*verdicts):
    """The full study with as many claims, judged like that."""
    analysis = examples.full()
    claims = [
        replace(analysis.claims[0], says=f"Claim {number}.", verdict=verdict)
        for number, verdict in enumerate(verdicts, start=1)
    ]
    return replace(analysis, claims=tuple(claims))


YES, NO, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.UNDECIDED
SMALL = Verdict.NEGLIGIBLE


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ((YES,), "The claim is supported: Claim 1 (−19.9 points)."),
        ((NO,), "The claim is refuted: “Claim 1” (−19.9 points)."),
        ((OPEN,), "The claim is undecided: “Claim 1” (−19.9 points)."),
        (
            (YES, YES),
            "Both claims are supported: Claim 1 (−19.9 points), and Claim 2 (−19.9 points).",
        ),
        (
            (NO, YES),
            "Supported: Claim 2 (−19.9 points). Refuted: “Claim 1” (−19.9 points).",
        ),
        ((YES,) * 5, "All 5 claims are supported."),
        ((SMALL,), "The difference is negligible: “Claim 1” (−19.9 points)."),
        ((SMALL,) * 5, "All 5 differences are negligible."),
        ((YES, YES, NO, OPEN), "Of 4 claims, 2 are supported, 1 is refuted and 1 is undecided."),
    ],
)
def test_the_answer_comes_in_the_words_of_the_claims(verdicts, sentence):
    assert opening(with_verdicts(*verdicts)) == sentence


def test_a_direction_below_the_margin_is_told_as_small():
    analysis = with_verdicts(YES)
    small = replace(analysis.claims[0], within_margin=True)
    assert opening(replace(analysis, claims=(small,))) == (
        "The claim is supported: Claim 1 (−19.9 points, smaller than the margin)."
    )


def test_a_claim_about_nothing_has_no_number():
    analysis = analysis_of(
        (deit("learned", images(352, None)), deit("none", images(None, 280))), claims=(LOSES,)
    )
    assert opening(analysis) == (
        "The claim is undecided: “DeiT-S loses accuracy without its position embedding”."
        " 2 of 4 runs are awaited, so no verdict is final."
    )


def test_the_answer_tells_of_runs_that_a_cell_lost():
    """Two survivors and a clear difference; but what failed might have been otherwise."""
    base, lost = deit("learned", images(300, 302, 301, 303, 301)), ("failed", "it broke")
    level = deit("none", images(350, None, 352, 351, None), lost=lost)
    claim = LOSES.model_copy(update={"says": "It is better", "expect": "higher"})
    analysis = analysis_of((base, level), claims=(claim,))
    assert opening(analysis) == (
        "The claim is undecided: “It is better” (+13.8 points)."
        " 2 of 5 runs of Position embedding: none failed."
    )
    states = replace(analysis.cells[1].missing[0], state="timed_out")
    several = replace(analysis.cells[1], missing=(states, analysis.cells[1].missing[1]))
    assert opening(replace(analysis, cells=(analysis.cells[0], several))).endswith(
        " 2 of 5 runs of Position embedding: none were lost (1 timed out and 1 failed)."
    )
    assert opening(analysis_of((base, level))) == (
        "The one change has no clear effect on Top-1: Position embedding: none (+13.8 points)."
        " 2 of 5 runs of Position embedding: none failed."
    )


def test_without_runs_there_is_no_answer():
    assert opening(examples.empty()) == "No run has finished yet, so there is no answer."


def test_without_claims_the_changes_speak():
    assert opening(examples.plain()) == (
        "Of 2 changes, one affects Top-1: Position embedding: none (−1.7 points)."
    )
    assert opening(replace(examples.full(), claims=())) == (
        "Of 4 changes, one affects Top-1: DeiT-S · Position embedding: none (−19.9 points)."
    )


@pytest.mark.parametrize(
    ("right", "sentence"),
    [
        ((280, 286, 275), "The one change affects Top-1: Position embedding: none (−19.6 points)."),
        (
            (351, 352, 346),
            "The one change has no clear effect on Top-1: Position embedding: none (−0.4 points).",
        ),
    ],
)
def test_one_change(right, sentence):
    wanted = (deit("learned", images(352, 350, 351)), deit("none", images(*right)))
    assert opening(analysis_of(wanted)) == sentence


def test_several_changes_of_which_none_is_seen():
    analysis = examples.full()
    cvt = replace(analysis, claims=(), cells=analysis.cells[2:])
    assert opening(cvt) == "Of 3 changes, none has a clear effect on Top-1."


def test_only_the_first_changes_are_named():
    start = deit("learned", (97.0, 97.1, 97.2))
    others = [deit(f"level_{n}", (87.0 - n, 87.2 - n, 87.1 - n)) for n in range(5)]
    sentence = opening(analysis_of((start, *others)))
    assert sentence.startswith(
        "Of 5 changes, five affect Top-1: Position embedding: level 0 (−10.0"
    )
    assert sentence.endswith("level 2 (−12.0 points); and 2 more.")


def test_nothing_to_compare():
    assert opening(examples.single()) == (
        "There is nothing to compare. Top-1 in %: baseline 97.5 ± 0.3 (3)."
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "full",
            "Every cell has the same 5 seeds; differences are paired by seed, with 95 % intervals."
            " The models are small stand-ins, not the paper's. All 30 runs finished.",
        ),
        (
            "holes",
            "Every cell was to have the same 5 seeds; differences are paired by seed, with"
            " 95 % intervals. The models are small stand-ins, not the paper's."
            " 12 of 30 runs have no score.",
        ),
        (
            "empty",
            "Every cell was to have the same 3 seeds. The models are small stand-ins, not the"
            " paper's. None of 6 runs has a score.",
        ),
        (
            "one_seed",
            "Every cell has one seed, so no difference can be told from chance."
            " The models are small stand-ins, not the paper's. Both runs finished.",
        ),
        (
            "plain",
            "Every cell has the same 3 seeds; differences are paired by seed, with 95 % intervals."
            " The models are those that the study names. All 9 runs finished.",
        ),
        (
            "single",
            "Every cell has the same 3 seeds."
            " The models are small stand-ins, not those that the study names."
            " All 3 runs finished.",
        ),
    ],
)
def test_trust(name, words):
    assert trust(examples.ALL[name]()) == words


def test_the_full_study_answers_both_claims():
    analysis = analysis_of(examples.CELLS, claims=(LOSES, GAINS))
    assert opening(analysis).startswith("Both claims are supported: DeiT-S loses accuracy")
