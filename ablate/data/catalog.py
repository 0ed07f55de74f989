"""The data sets, readable without torch: their images, their code, and what a study may change."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StrictInt

from ablate.recipes.schema import StrictModel


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A labeled set of square images in three fixed splits."""

    module: str
    """`package.module:Class` of the LightningDataModule."""
    image_size: int
    in_channels: int
    num_classes: int
    package: str
    """The distribution that ships the files; its version is part of a fingerprint."""


DATA_SETS = {
    "digits": DataSet(
        module="ablate.data.digits:Digits",
        image_size=8,
        in_channels=1,
        num_classes=10,
        package="scikit-learn",
    ),
    "digits_shifted": DataSet(
        module="ablate.data.digits_shifted:DigitsShifted",
        image_size=16,
        in_channels=1,
        num_classes=10,
        package="scikit-learn",
    ),
}


class Images(StrictModel):
    """Changes to the images of a data set that a study may ask for."""

    image_size: Annotated[StrictInt, Field(ge=1)] | None = None
    """Pixels a side to resize images to; by default they keep their size."""
    train_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Fraction of the training images to use: the same ones for all seeds, and a smaller fraction
    is part of a larger one."""


AS_THEY_ARE = Images()
