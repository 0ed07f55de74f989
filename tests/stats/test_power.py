import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import TTestPower

from ablate.stats import detectable, seeds_needed

pure = settings(deadline=None, max_examples=50)
seed_counts = st.integers(3, 200)
alphas = st.floats(0.001, 0.2)
powers = st.floats(0.5, 0.99)
sides = st.sampled_from([1, 2])


# --- against textbooks and other implementations ---


def test_what_three_and_five_seeds_can_show():
    # The two numbers that `ablate plan` prints.
    assert detectable(3) == pytest.approx(3.26, abs=0.005)
    assert detectable(5) == pytest.approx(1.68, abs=0.005)


@pytest.mark.parametrize(
    ("effect", "sides", "seeds"),
    [(0.2, 2, 199), (0.5, 2, 34), (0.8, 2, 15), (0.2, 1, 156), (0.5, 1, 27), (0.8, 1, 12)],
)
def test_cohens_small_medium_and_large_effects(effect, sides, seeds):
    # As G*Power and R's power.t.test(type = "paired") give them, at 80 % power and 5 %.
    assert seeds_needed(effect, 1.0, sides=sides) == seeds


@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("n", [2, 3, 5, 10, 50])
def test_statsmodels_finds_that_power_at_the_detectable_difference(n, alpha, power):
    effect = detectable(n, alpha=alpha, power=power, sides=1)
    assert TTestPower().power(effect, n, alpha, alternative="larger") == pytest.approx(power)


@pytest.mark.parametrize("n", [3, 5, 10, 50])
def test_rejections_in_the_wrong_direction_are_next_to_none(n):
    # statsmodels counts them. They are so few that it answers NaN for some larger effects.
    both = TTestPower().power(detectable(n), n, 0.05, alternative="two-sided")
    assert both == pytest.approx(0.8, abs=1e-6)


# --- properties ---


@pure
@given(seed_counts, alphas, powers, sides)
def test_more_seeds_detect_less(n, alpha, power, sides):
    question = {"alpha": alpha, "power": power, "sides": sides}
    assert detectable(n + 1, **question) < detectable(n, **question)


@pure
@given(seed_counts, st.floats(1e-3, 1e3))
def test_the_detectable_difference_has_the_unit_of_sd(n, sd):
    assert detectable(n, sd=sd) == pytest.approx(sd * detectable(n))


@pure
@given(seed_counts, st.floats(0.002, 0.2), powers)
def test_two_sided_is_one_sided_at_half_the_alpha(n, alpha, power):
    two_sided = detectable(n, alpha=alpha, power=power, sides=2)
    assert two_sided == pytest.approx(detectable(n, alpha=alpha / 2, power=power, sides=1))


@pure
@given(seed_counts, st.floats(0.5, 0.8), st.floats(0.81, 0.99))
def test_more_power_needs_a_larger_difference(n, some, more):
    assert detectable(n, power=some) < detectable(n, power=more)


@pure
@given(seed_counts, st.floats(0.1, 10), alphas, powers, sides)
def test_seeds_needed_inverts_detectable(n, sd, alpha, power, sides):
    question = {"sd": sd, "alpha": alpha, "power": power, "sides": sides}
    limit = detectable(n, **question)
    assert seeds_needed(limit * (1 + 1e-6), **question) == n
    assert seeds_needed(limit * (1 - 1e-6), **question) == n + 1
    assert seeds_needed(-limit * (1 + 1e-6), **question) == n


@pure
@given(st.integers(2, 1000), st.floats(1e-6, 0.5), st.floats(0.51, 1 - 1e-12), sides)
def test_there_is_an_answer_within_reach(n, alpha, power, sides):
    effect = detectable(n, alpha=alpha, power=power, sides=sides)
    assert effect > 0 if n > 2 or alpha > 1e-4 else effect is None or effect > 1000


# --- questions without an answer ---


@pytest.mark.parametrize("n", [-1, 0, 1])
def test_below_two_seeds_nothing_is_detectable(n):
    assert detectable(n) is None


def test_without_spread_there_is_no_test():
    assert detectable(5, sd=0.0) is None
    assert seeds_needed(1.0, 0.0) is None


def test_no_number_of_seeds_detects_no_difference():
    assert seeds_needed(0.0, 1.0) is None


@pytest.mark.parametrize(
    ("at_most", "seeds"), [(27, 27), (26, None), (2, None), (1, None), (0, None)]
)
def test_too_many_seeds_is_no_answer(at_most, seeds):
    assert seeds_needed(0.5, 1.0, at_most=at_most) == seeds


@pytest.mark.parametrize(("difference", "sd"), [(1e15, 1.0), (1e300, 1e-300)])
def test_a_huge_difference_needs_two_seeds(difference, sd):
    assert seeds_needed(difference, sd) == 2


@pytest.mark.parametrize(("difference", "sd"), [(1e-15, 1.0), (1e-300, 1e300)])
def test_a_tiny_difference_needs_too_many(difference, sd):
    assert seeds_needed(difference, sd) is None


def test_two_seeds_at_a_tiny_alpha_are_out_of_reach():
    assert detectable(2, alpha=1e-3) > 500
    assert detectable(2, alpha=1e-7) is None
    assert seeds_needed(1e9, 1.0, alpha=1e-7) == 3


# --- bad input ---


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"sd": -1.0}, "sd is -1.0, expected 0 or more"),
        ({"sd": math.nan}, "sd is nan, expected a finite number"),
        ({"alpha": 0.0}, "alpha is 0.0, expected a number between 0 and 1"),
        ({"alpha": 0.6}, "alpha is 0.6, expected at most 0.5"),
        ({"power": 80}, "power is 80, expected a number between 0 and 1"),
        ({"alpha": 0.3, "power": 0.2}, "power is 0.2, expected more than alpha, which is 0.3"),
        ({"sides": 3}, "sides is 3, expected 1 or 2"),
    ],
)
def test_a_question_must_make_sense(question, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        detectable(5, **question)
    assert str(error.value) == message
    with pytest.raises(ValueError) as error:  # noqa: PT011
        seeds_needed(1.0, **{"sd": 1.0} | question)
    assert str(error.value) == message


def test_the_difference_must_be_a_number():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        seeds_needed(math.inf, 1.0)
    assert str(error.value) == "difference is inf, expected a finite number"
