import gc

import pytest


@pytest.fixture(scope="module", autouse=True)
def _no_garbage_collection():
    """statsmodels 0.15 collects garbage in each `multipletests`, which every example calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", lambda *_: 0)
        yield
