"""What a trial is trained on: pretrained weights bring their own normalization."""

from dataclasses import replace

import pytest
import torch

from ablate.check.amounts import normalization
from ablate.data.memory import MemoryData
from ablate.plan.trial import Trial
from ablate.train.build import make_data
from tests.train.test_fit import trial

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
HALVES = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)


def data_of(asked: Trial) -> MemoryData:
    data = make_data(asked)
    assert isinstance(data, MemoryData)
    return data


def of_library(library: str, network: str, **toggles: bool) -> Trial:
    return replace(trial("deit_s"), architecture=library, variant=network, toggles={**toggles})


@pytest.mark.parametrize(
    ("library", "network", "theirs"),
    [("torchvision", "resnet18", IMAGENET), ("timm", "resnetv2_50x1_bit", HALVES)],
)
def test_images_are_standardized_as_pretrained_weights_were_made_for(library, network, theirs):
    plain = data_of(of_library(library, network))
    asked = of_library(library, network, pretrained=True)
    brought = data_of(asked)
    gray = plain.validation[0] * plain.standard.std + plain.standard.mean  # B·1·H·W in [0, 1]
    mean, std = (torch.tensor(part)[:, None, None] for part in theirs)
    torch.testing.assert_close(brought.validation[0], (gray - mean) / std)
    images, labels = next(iter(brought.train_dataloader()))
    assert images.shape[1:] == (3, *gray.shape[2:])
    assert len(images) == len(labels)
    assert normalization(asked).startswith(f"mean {theirs[0][0]}, {theirs[0][1]}, ")
    assert normalization(of_library(library, network)) == "the training images'"
