"""All rounding, case by case."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ablate.report import formatting as f
from ablate.stats import estimate, paired_difference
from ablate.study.metrics import METRICS

TOP1, LOSS = METRICS["top1"], METRICS["loss"]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (21.44, 1, "21.4"),
        (-21.46, 1, "−21.5"),
        (0.0, 1, "0.0"),
        (-0.0, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-0.04, 2, "−0.04"),
        (1234.5, 0, "1234"),
    ],
)
def test_fixed(value, decimals, text):
    assert f.fixed(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.44, "+0.4"), (-0.46, "−0.5"), (0.04, "0.0"), (-0.04, "0.0"), (0, "0.0")]
)
def test_signed(value, text):
    assert f.signed(value, 1) == text


def test_count():
    texts = [f.count(1, "seed"), f.count(5, "seed"), f.count(1797, "image"), f.count(0, "run")]
    assert texts == ["1 seed", "5 seeds", "1,797 images", "0 runs"]


@pytest.mark.parametrize(("fraction", "text"), [(0.95, "95 %"), (0.9, "90 %"), (0.999, "99.9 %")])
def test_share(fraction, text):
    assert f.share(fraction) == text


@pytest.mark.parametrize(
    ("uncertainty", "decimals"),
    [
        (None, 1),
        (0.0, 1),
        (0.0096, 3),
        (0.03, 2),
        (0.094, 2),
        (0.096, 1),
        (0.31, 1),
        (2.6, 1),
        (9.9, 1),
        (9.96, 0),
        (42.0, 0),
        (1e-12, 6),
    ],
)
def test_decimals_of_per_cent(uncertainty, decimals):
    assert f.decimals(uncertainty, 97.9, TOP1) == decimals


@pytest.mark.parametrize(
    ("uncertainty", "value", "decimals"),
    [
        (0.0123, 1.0, 3),
        (0.031, 1.0, 3),
        (0.036, 1.0, 2),
        (0.5, 1.0, 1),
        (2.0, 10.0, 1),
        (4.0, 10.0, 0),
        (7.0, 10.0, 0),
        (700.0, 9000.0, 0),
        (None, 0.1234, 3),
        (None, 2.5, 2),
        (None, 250.0, 0),
        (None, 0.0, 0),
        (0.0, 0.1234, 3),
    ],
)
def test_decimals_of_other_units(uncertainty, value, decimals):
    assert f.decimals(uncertainty, value, LOSS) == decimals


@given(st.floats(1e-5, 1e3))
def test_digits_shown_are_one_or_two_of_the_uncertainty(uncertainty):
    for metric in (TOP1, LOSS):
        shown = uncertainty * 10 ** f.decimals(uncertainty, 1.0, metric)
        assert shown > 0.94
        assert shown < 100 or f.decimals(uncertainty, 1.0, metric) == 0


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (100.0, 1, "100.0"),
        (100.0 - 1e-12, 1, "100.0"),
        (99.97, 1, "99.9"),
        (99.94, 1, "99.9"),
        (99.7, 0, "99"),
        (99.996, 2, "99.99"),
        (100.02, 1, "100.1"),
        (0.0, 1, "0.0"),
        (0.02, 1, "0.1"),
        (97.88, 1, "97.9"),
    ],
)
def test_0_and_100_per_cent_are_shown_only_where_they_are_exact(value, decimals, text):
    assert f.score(value, decimals, TOP1) == text


def test_other_units_round_freely():
    assert f.score(99.97, 1, LOSS) == "100.0"
    assert f.score(0.02, 1, LOSS) == "0.0"


@pytest.mark.parametrize(
    ("values", "planned", "text"),
    [
        ([97.5, 97.8, 98.1], 3, "97.8 ± 0.3 (3)"),
        ([97.5, 97.8, 98.1], 5, "97.8 ± 0.3 (3/5)"),
        ([98.3], 1, "98.3 (1)"),
        ([98.3], 5, "98.3 (1/5)"),
        ([98.3, 98.3], 2, "98.3 ± 0 (2)"),
        ([100.0, 100.0], 2, "100.0 ± 0 (2)"),
        ([99.9, 100.0, 100.0], 3, "99.97 ± 0.06 (3)"),
        ([60.0, 90.0], 2, "75 ± 21 (2)"),
        ([], 5, "–"),
    ],
)
def test_score_of_cell(values, planned, text):
    assert f.score_of_cell(estimate(values), planned, TOP1) == text


def test_score_of_cell_in_another_unit():
    assert f.score_of_cell(estimate([0.112, 0.120, 0.119]), 3, LOSS) == "0.117 ± 0.004 (3)"


@pytest.mark.parametrize(
    ("treatment", "baseline", "text"),
    [
        ([78, 77, 79], [98, 98, 97], "−19.7 points [−23.5, −15.9]"),
        ([98.2, 97.9, 98.1], [98, 98, 98], "+0.1 points [−0.3, +0.4]"),
        ([78], [98], "−20.0 points"),
        ([98, 97], [98, 97], "0.0 points"),
        ([60, 90], [80, 80], "−5 points [−196, +186]"),
        ([], [], "–"),
    ],
)
def test_difference(treatment, baseline, text):
    assert f.difference(paired_difference(treatment, baseline), TOP1, "points") == text


def test_mean_difference():
    d = paired_difference([0.5, 0.6, 0.55], [0.1, 0.1, 0.1])
    assert f.mean_difference(d, LOSS) == "+0.45 nats"
    assert f.mean_difference(paired_difference([], []), LOSS) == "–"


@pytest.mark.parametrize(
    ("value", "metric", "text"),
    [
        (1.0, TOP1, "1 point"),
        (0.5, TOP1, "0.5 points"),
        (2, TOP1, "2 points"),
        (0.02, LOSS, "0.02 nats"),
        (1.0, LOSS, "1 nats"),
    ],
)
def test_amount(value, metric, text):
    assert f.amount(value, metric) == text


@pytest.mark.parametrize(
    ("value", "sign", "text"),
    [
        (79.8, False, "79.8"),
        (78.0, False, "78.0"),
        (79.85, False, "79.85"),
        (None, False, "–"),
        (78.0 - 79.8, True, "−1.8"),
        (81.6 - 81.6, True, "0.0"),
        (82.0 - 81.0, True, "+1.0"),
    ],
)
def test_published(value, sign, text):
    assert f.published(value, TOP1, sign) == text


@pytest.mark.parametrize(("value", "text"), [(2.0, "2"), (0.35, "0.35"), (1e-5, "0.00001")])
def test_published_in_another_unit(value, text):
    assert f.published(value, LOSS) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "p < 0.001"),
        (0.00099, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0123, "p = 0.012"),
        (0.0496, "p = 0.0496"),
        (0.05, "p = 0.050"),
        (0.0500001, "p = 0.050000"),
        (0.0504, "p = 0.0504"),
        (0.099, "p = 0.099"),
        (0.312, "p = 0.31"),
        (0.3, "p = 0.30"),
        (0.99, "p = 0.99"),
        (0.996, "p > 0.99"),
        (1.0, "p > 0.99"),
        (None, "–"),
    ],
)
def test_p_value(p, text):
    assert f.p_value(p) == text


@given(st.floats(0, 1))
def test_no_p_value_is_rounded_to_0_or_1(p):
    number = float(f.p_text(p).strip("<> "))
    assert 0 < number < 1


@given(st.floats(0, 1))
def test_no_p_value_seems_to_be_on_the_other_side_of_5_per_cent(p):
    number = float(f.p_text(p).strip("<> "))
    assert number == pytest.approx(0.05, abs=2e-6) or (number < 0.05) == (p < 0.05)


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (None, "–"),
        (512, "512"),
        (1000, "1.00 k"),
        (86_400, "86.4 k"),
        (99_960, "100 k"),
        (202_186, "202 k"),
        (201_098, "201 k"),
        (999_600, "1.00 M"),
        (5_717_416, "5.72 M"),
        (9_996_000, "10.0 M"),
        (22_050_664, "22.1 M"),
        (277_196_392, "277 M"),
        (1_234_000_000, "1,234 M"),
    ],
)
def test_parameters(n, text):
    assert f.parameters(n) == text


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (None, "–"),
        (2_720_000, "2.72 M"),
        (999_400_000, "999 M"),
        (999_600_000, "1.00 G"),
        (4_570_000_000, "4.57 G"),
        (1_234_000_000_000, "1,234 G"),
    ],
)
def test_macs(n, text):
    assert f.macs(n) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (estimate((0.1234,)), "0.12 (1)"),
        (estimate((45.64, 45.64)), "45.6 ± 0.00 (2)"),
        (estimate((1_200.0, 1_234.5, 1_269.0)), "1,230 ± 34.5 (3)"),
        (estimate(()), "–"),
    ],
)
def test_throughput(value, text):
    assert f.throughput(value) == text


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([5.0, 900.0], (1.0, "")),
        ([5.0, 9_000.0], (1e3, "k")),
        ([2e5, 2e6], (1e6, "M")),
        ([4.6e9], (1e9, "G")),
        ([0.2], (1.0, "")),
    ],
)
def test_scale(values, unit):
    assert f.scale(values) == unit


def test_the_mean_has_the_digits_of_the_mean_with_its_spread():
    assert f.mean_score(estimate([97.9, 98.3, 97.5]), TOP1) == "97.9"
    assert f.mean_score(estimate([]), TOP1) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.04, "0.0 s"),
        (8.21, "8.2 s"),
        (9.96, "10 s"),
        (74.4, "74 s"),
        (119.6, "2.0 min"),
        (204, "3.4 min"),
        (7_190, "2.0 h"),
        (40_000, "11.1 h"),
    ],
)
def test_seconds(value, text):
    assert f.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "step", "sign", "text"),
    [
        (-20.0, 5.0, True, "−20"),
        (0.0, 5.0, True, "0"),
        (1.0, 0.5, True, "+1.0"),
        (98.25, 0.25, False, "98.2"),
        (98.2, 0.2, False, "98.2"),
        (1.0, 1.0, False, "1"),
    ],
)
def test_tick(value, step, sign, text):
    assert f.tick(value, step, sign) == text


def test_half_width():
    assert math.isclose(f.half_width(1.0, 2.0), 0.5)
    assert f.half_width(None, 2.0) is None
