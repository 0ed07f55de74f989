"""Student's t distribution; the only module that calls SciPy for it.

`scipy.special` answers a single number many times faster than `scipy.stats`, and imports sooner.
"""


def t_quantile(p: float, df: float) -> float:
    """The quantile of Student's t distribution at p."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def t_below(t: float, df: float) -> float:
    """The cumulative probability of t."""
    from scipy.special import stdtr

    return float(stdtr(df, t))


def shifted_t_above(t: float, df: int, shift: float) -> float:
    """The probability above t of the noncentral distribution with noncentrality `shift`."""
    from scipy.stats import nct

    return float(nct.sf(t, df, shift))
