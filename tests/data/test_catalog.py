"""The list of data sets tells what the data are."""

from __future__ import annotations

import importlib

import pytest

from ablate.data.catalog import DATA_SETS
from tests.data.noise import RECIPE


@pytest.mark.parametrize("name", DATA_SETS)
def test_the_catalog_tells_what_the_batches_are_like(name):
    listed = DATA_SETS[name]
    module, _, kind = listed.module.partition(":")
    data = getattr(importlib.import_module(module), kind)(recipe=RECIPE, seed=0)
    size = (listed.in_channels, listed.image_size, listed.image_size)
    for loader in (data.train_dataloader(), data.val_dataloader(), data.test_dataloader()):
        images, labels = next(iter(loader))
        assert images.shape[1:] == size
        assert len(images) == len(labels)
    assert set(data.test[1].tolist()) == set(range(listed.num_classes))
