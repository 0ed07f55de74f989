"""The settings that come with Ablate: complete, and of sizes that fit their data."""

from __future__ import annotations

import pytest

from ablate.data.catalog import DATA_SETS
from ablate.models.catalog import ARCHITECTURES, describe
from ablate.settings import load_setting, setting_names

SMALL = ("digits", "digits_shifted")
PAPERS = {
    variant: architecture
    for architecture in ARCHITECTURES
    for variant in describe(architecture).variants
    if "px" not in variant  # those are ours, made for these settings
}


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_names_data_that_exist(name):
    assert load_setting(name).data in DATA_SETS


@pytest.mark.parametrize("name", SMALL)
def test_every_variant_of_the_papers_has_a_size_and_nothing_else_has(name):
    assert load_setting(name).variants.keys() == PAPERS.keys()


@pytest.mark.parametrize("variant", PAPERS)
@pytest.mark.parametrize("name", SMALL)
def test_the_size_exists_and_fits_the_images(name, variant):
    setting = load_setting(name)
    data = DATA_SETS[setting.data]
    assert setting.variants[variant].split("-")[1] == f"{data.image_size}px"
    made = describe(PAPERS[variant]).defaults(setting.variants[variant])
    assert made["image_size"] == data.image_size
    assert made["in_channels"] == data.in_channels
    assert made["num_classes"] == data.num_classes
