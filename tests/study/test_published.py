"""Published values that are in no unit of their metric: exact text, exact line."""

from pathlib import Path

import pytest

from ablate.errors import StudyError
from ablate.study.load import load_study
from tests.study.test_mistakes import GOOD


def mistakes(folder: Path, text: str) -> list[str]:
    """The messages about a study, without its path."""
    path = folder / "s.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(path)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


FEWSHOT = "paper: {title: P, metric: {name: fewshot5, label: 5-shot}}\n"
ALLOWED = "allowed is 0 to 100"


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        (
            "{top1: 0.922}",
            [f"0.922 looks like a share, not like Top-1 in %; {ALLOWED}: write 92.2"],
        ),
        ("{top1: 9120}", [f"9120 is no Top-1 in %; {ALLOWED}"]),
        ("{top1: -1.5}", [f"-1.5 is no Top-1 in %; {ALLOWED}"]),
        ("{top1: .nan}", [f"nan is no Top-1 in %; {ALLOWED}"]),
        ("{loss: 79.8}", ["79.8 is no Cross-entropy in nats; allowed is 0 to 20"]),
        ("{loss: -0.1}", ["-0.1 is no Cross-entropy in nats; allowed is 0 to 20"]),
        (
            "{fewshot5: 0.642}",
            [f"0.642 looks like a share, not like 5-shot in %; {ALLOWED}: write 64.2"],
        ),
        (
            "{fewshot: 64.2}",
            ["unknown metric 'fewshot'; did you mean 'fewshot5'? (allowed: top1, loss, fewshot5)"],
        ),
    ],
)
def test_published_values_that_are_in_no_unit_of_their_metric(tmp_path, values, messages):
    said = FEWSHOT + GOOD.replace("{top1: 79.8}", values)
    name = values.strip("{").partition(":")[0]
    assert mistakes(tmp_path, said) == [f":15: published.m.{name}: {one}" for one in messages]


SCALES = "  m: {top1: 79.8}\n  m[pos_embed=none]: {top1: %s}\n"


@pytest.mark.parametrize("value", ["0.78", "0.25", "0.2"])
def test_a_share_beside_per_cent_is_told(tmp_path, value):
    (said,) = mistakes(tmp_path, GOOD.replace("  m: {top1: 79.8}\n", SCALES % value))
    assert said.startswith(f":15: published.m[pos_embed=none].top1: {value} looks like a share")


@pytest.mark.parametrize("value", ["0.1", "0", "4.3", "100"])
def test_the_score_of_a_network_that_did_not_train_is_no_share(tmp_path, value):
    path = tmp_path / "s.yaml"
    path.write_text(GOOD.replace("  m: {top1: 79.8}\n", SCALES % value), encoding="utf-8")
    assert load_study(path).published["m[pos_embed=none]"] == {"top1": float(value)}


def test_mistakes_in_the_papers_metric_are_told_by_its_own_keys(tmp_path):
    said = "paper: {title: P, metric: {name: fewshot5, lable: 5-shot}}\n" + GOOD
    assert mistakes(tmp_path, said) == [
        ":1: paper.metric.label: is missing",
        ":1: paper.metric.lable: unknown key 'lable'; did you mean 'label'? (allowed: name, label, "
        "unit, better)",
    ]
