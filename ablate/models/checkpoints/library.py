"""Networks of torchvision and timm: their keys are ours, one level down."""

from ablate.models.checkpoints.family import Family, Weights, classes

CLASSIFIERS = ("fc.weight", "head.fc.weight")
RENAMES = ((r"^network\.", ""),)


def read(weights: Weights) -> dict[str, object]:
    head = next((key for key in CLASSIFIERS if key in weights), "")
    return {"num_classes": classes(weights, head)}


TORCHVISION = Family(
    architecture="torchvision",
    variants={"resnet50": "resnet50"},
    renames=RENAMES,
    read=read,
    undropped={},
)
TIMM = Family(
    architecture="timm",
    variants={"resnetv2_50x1_bit": "resnetv2_50x1_bit"},
    renames=RENAMES,
    read=read,
    undropped={},
)
