"""What `import ablate.stats` brings along: nothing heavy, and exactly the public names."""

import subprocess
import sys

import pytest

import ablate.stats

HEAVY = ("numpy", "scipy", "statsmodels", "pandas", "torch")


def modules_after(code):
    report = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_import_is_light():
    assert modules_after("import ablate.stats").isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("call", "module"), [("estimate([1, 2])", "scipy"), ("sign_flip([1, 2, 3, 4, 5, 6])", "numpy")]
)
def test_the_check_can_fail(call, module):
    assert module in modules_after(f"import ablate.stats; ablate.stats.{call}")


def test_too_few_seeds_need_no_scipy():
    code = "import ablate.stats as s; s.estimate([1]); s.paired_difference([2, 3], [1, 2])"
    assert modules_after(code).isdisjoint(HEAVY)


def test_the_public_names():
    assert ablate.stats.__all__ == sorted(ablate.stats.__all__)
    for name in ablate.stats.__all__:
        assert getattr(ablate.stats, name).__module__.startswith("ablate.stats.")
