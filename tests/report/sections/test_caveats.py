from dataclasses import replace

from ablate.report.clean import clean
from ablate.report.sections.caveats import LISTED, caveats
from tests.report import examples
from tests.report.examples import analysis_of, cvt, deit, images


def notes(analysis):
    """The caveats, if there are any."""
    return tuple(note for block in caveats(analysis) for note in getattr(block, "items", ()))


def test_a_complete_study_at_full_size_needs_none():
    assert notes(examples.plain()) == ()


def test_stand_ins_are_named_with_what_they_stand_for():
    assert notes(examples.full())[1:] == (
        "Trained at this scale: deit-8px in place of deit-s and cvt-8px in place of cvt-13."
        " Conclusions may not carry over to full size."
        " The paper's values serve to compare differences, not scores.",
    )
    assert notes(examples.single()) == (
        "Trained at this scale: deit-8px in place of deit-s."
        " Conclusions may not carry over to full size.",
    )


def test_everything_that_can_be_wrong():
    found = notes(clean(examples.holes()))
    assert found[:6] == (
        "Missing: deit_s[pos_embed=none], seeds 1 and 3: diverged (the loss is NaN in epoch 3).",
        "Missing: cvt_13[pos_embed=every_stage], seeds 1–4: failed"
        " (FileNotFoundError: no such file: '…/digits.npz').",
        "Missing: cvt_13[pos_embed=first_stage], seeds 0–4: not run.",
        "Missing: cvt_13[pos_embed=last_stage], seed 4: killed (signal 9).",
        "Completed: 3 of 5 runs of DeiT-S · Position embedding: none, 5 of 5 of its baseline;"
        " not told from chance (Fisher's exact test, p = 0.89 after Holm over 4 comparisons).",
        "Completed: 1 of 5 runs of CvT-13 · Position embedding: every stage, 5 of 5 of its"
        " baseline; not told from chance (Fisher's exact test, p = 0.14 after Holm over 4"
        " comparisons).",
    )
    assert found[6] == (
        "Stale: deit_s, seed 1. Changed since they were made: models/vit.py and torch."
    )
    assert found[8:] == (
        "Not all runs were made alike: 2 commits, 2 devices and several versions of torch.",
        "Some runs were made from a working tree with uncommitted changes.",
    )


def test_seeds_that_are_missing_for_different_reasons_are_told_apart():
    analysis = analysis_of((deit("learned", images(None, None, 352)),))
    first, second = analysis.cells[0].missing
    ends = (replace(first, state="timed_out"), replace(second, state="running"))
    cell = replace(analysis.cells[0], missing=ends)
    assert notes(replace(analysis, cells=(cell,)))[:2] == (
        "Missing: deit_s, seed 1: running.",
        "Missing: deit_s, seed 0: timed out.",
    )


def test_many_missing_cells_are_cut_short():
    none = images(None)
    wanted = [cvt("none", none), *(cvt(f"level_{n}", none) for n in range(LISTED + 2))]
    found = notes(analysis_of(wanted))
    assert found[LISTED - 1].startswith("Missing: cvt_13[pos_embed=level_6]")
    assert found[LISTED] == "Missing: 3 more, see the list of runs."


def test_what_the_study_wants_a_reader_to_know_is_a_caveat():
    said = "The learning rate was halved after a first run."
    analysis = replace(examples.full(), notes=(said,))
    assert said in notes(analysis)


def test_runs_with_other_threads_than_most_are_named():
    whole = examples.full()
    runs = [replace(run, threads=2 if run.seed > 2 else 1) for run in whole.runs]
    told = "Not made with 1 thread, on which scores depend: "
    (line,) = (note for note in notes(replace(whole, runs=tuple(runs))) if told in note)
    assert line.startswith(
        f"{told}cvt_13, seeds 3 and 4 (2 threads); cvt_13[pos_embed=every_stage]"
    )
    alike = [replace(run, threads=4) for run in runs]
    assert not any("thread" in note for note in notes(replace(whole, runs=tuple(alike))))
