"""The data sets, readable without torch: what their images are like, and where their code is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A labelled set of square images in three fixed splits."""

    title: str
    module: str
    """`package.module:Class` of the LightningDataModule."""
    image_size: int
    in_channels: int
    num_classes: int
    package: str
    """The distribution that ships the files; its version is part of a fingerprint."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one image: channels × height × width."""
        return self.in_channels, self.image_size, self.image_size


DATA_SETS = {
    "digits": DataSet(
        title="scikit-learn's handwritten digits",
        module="ablate.data.digits:Digits",
        image_size=8,
        in_channels=1,
        num_classes=10,
        package="scikit-learn",
    ),
    "digits_shifted": DataSet(
        title="scikit-learn's handwritten digits, shifted on a 16×16 canvas",
        module="ablate.data.digits_shifted:DigitsShifted",
        image_size=16,
        in_channels=1,
        num_classes=10,
        package="scikit-learn",
    ),
}
