"""Fingerprints: what can change a result is in them, what cannot is not."""

from __future__ import annotations

import subprocess
import sys

from ablate.plan.fingerprint import _fingerprint, changed, fingerprint, hash_of_source
from tests.plan.test_plan import make_plan, study

CODE = '''
def f(x):
    """Say something."""
    return x + 1  # one more
'''


def test_comments_docstrings_and_layout_do_not_count():
    other = "# Two\n\ndef f( x ):\n    '''Other words.'''\n\n    return (x +\n        1)\n"
    assert hash_of_source(other) == hash_of_source(CODE)


def test_any_other_change_does():
    assert hash_of_source(CODE.replace("+ 1", "+ 2")) != hash_of_source(CODE)


def test_the_code_that_makes_a_result_is_found_by_its_imports():
    names = set(fingerprint(make_plan(study()).trials[0]))
    assert {"models/vit.py", "models/initialize.py", "data/digits.py", "train/fit.py"} <= names
    assert {"train/classifier.py", "train/callbacks.py", "torch", "scikit-learn"} <= names


def test_a_small_size_of_ours_counts_where_it_is_trained(monkeypatch):
    trial = make_plan(study()).trials[0]
    then = fingerprint(trial)
    assert f"size of {trial.variant}" in then
    sizes = {trial.variant: {"dim": 1}}
    monkeypatch.setattr("ablate.plan.fingerprint.small_variants", lambda _: sizes)
    uncached = _fingerprint.__wrapped__
    monkeypatch.setattr("ablate.plan.fingerprint._fingerprint", uncached)
    assert changed(then, fingerprint(trial)) == (f"size of {trial.variant}",)


def test_other_architectures_trackers_and_reports_do_not_count():
    names = set(fingerprint(make_plan(study()).trials[0]))
    assert not {"models/cvt.py", "train/tracking.py", "scheduler.py", "worker.py"} & names
    assert not any(name.startswith(("report", "analysis", "store", "study")) for name in names)


def test_what_changed_is_named():
    then, now = {"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"}
    assert changed(then, now) == ("b", "c", "d")
    assert changed(now, now) == ()


def test_planning_and_fingerprints_import_nothing_heavy():
    code = (
        "import sys\n"
        "from tests.plan.test_fingerprint import fingerprint, make_plan, study\n"
        "fingerprint(make_plan(study()).trials[0])\n"
        "heavy = {'torch', 'pytorch_lightning', 'wandb', 'matplotlib', 'numpy', 'rich'}\n"
        "print(heavy & set(sys.modules))"
    )
    # pytest itself may import some of these, so this is asked in a process of its own.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
