"""A report on many runs takes no more memory than any laptop has; how long, `make bench` tells."""

from __future__ import annotations

import pytest

from tests.bench.size import ask, make_project


@pytest.mark.slow
def test_memory_grows_by_little_for_each_run(tmp_path):
    made = {seeds: make_project(tmp_path / str(seeds), seeds) for seeds in (3, 8)}
    few, more = (ask(tmp_path / str(seeds), "report", "large").memory_gb for seeds in made)
    assert (more - few) / (made[8] - made[3]) < 60e-6  # so that 10,000 runs fit in one
    assert more < 0.6
