import gc

import pytest


@pytest.fixture(scope="module")
def no_garbage_collection():
    """statsmodels 0.15 collects garbage in each `multipletests`: 20 ms, thousands of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", lambda: 0)
        yield
