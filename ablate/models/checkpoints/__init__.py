"""Official weights in our models: the same numbers under other names.

    model = load("cvt_13", "CvT-13-224x224-IN-1k.pth")

Names, toggles and key names are those of the authors' repositories; each architecture's are in a
file beside this one.
"""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from ablate.errors import UnknownNameError, hint
from ablate.models import build
from ablate.models.catalog import describe
from ablate.models.checkpoints import convmixer, cvt, levit, library, pvt, vit
from ablate.models.checkpoints.family import Family, Toggles, Weights, resized

FAMILIES: tuple[Family, ...] = (
    vit.FAMILY,
    cvt.FAMILY,
    pvt.FAMILY,
    convmixer.FAMILY,
    levit.FAMILY,
    library.TORCHVISION,
    library.TIMM,
)
CHECKPOINTS: dict[str, Family] = {name: family for family in FAMILIES for name in family.variants}

# What checkpoints wrap their weights in: DeiT, LeViT and PVT the first, timm's trainer the second.
WRAPPERS = ("model", "state_dict")


def load(
    name: str,
    weights: Weights | str | Path,
    num_classes: int | None = None,
    image_size: int | None = None,
    toggles: Toggles | None = None,
) -> nn.Module:
    """Our model with copies of official weights, in evaluation mode, every drop rate 0.

    `weights`: a state dict, or the path of a checkpoint, of which nothing but tensors is read.
    `num_classes`, `image_size` (pixels) and toggles that are not given are read off the weights;
    position tables of another size than `image_size` asks for are resized.
    The weights keep their dtype. Raises `UnknownNameError` for the name and ValueError for
    toggles and keys: all must be known, and none may be missing.
    """
    if name not in CHECKPOINTS:
        raise UnknownNameError("official model", name, CHECKPOINTS)
    family = CHECKPOINTS[name]
    tensors = weights if isinstance(weights, Mapping) else read_checkpoint(Path(weights))
    given = {"num_classes": num_classes, "image_size": image_size}
    overrides = {
        **family.read(tensors),
        **{keyword: value for keyword, value in given.items() if value is not None},
        **translated(family, toggles or {}),
    }
    overrides |= family.undropped
    model = build(family.architecture, family.variants[name], overrides, seed=0)
    keywords = describe(family.architecture).defaults(family.variants[name]) | overrides
    model.load_state_dict(fitted(name, family, model.state_dict(), keywords, tensors), assign=True)
    return model.eval()


def read_checkpoint(path: Path) -> Weights:
    """The tensors of a checkpoint file, out of what the official code wraps them in.

    Raises ValueError for a file that holds anything but tensors, numbers and text: it could run
    code when it is read.
    """
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        why = str(error).strip().partition("\n")[0]
        raise ValueError(f"{path.name} cannot be read as plain tensors: {why}") from error
    wrapped = next((loaded[key] for key in WRAPPERS if key in loaded), loaded)
    return {key: value for key, value in wrapped.items() if isinstance(value, Tensor)}


def translated(family: Family, toggles: Toggles) -> dict[str, object]:
    """Official toggles in our keywords and levels."""
    unknown = [hint(toggle, family.toggles) for toggle in toggles if toggle not in family.toggles]
    if unknown:
        raise ValueError(f"unknown official toggle {', '.join(unknown)}")
    return {family.toggles[name]: our_level(family, level) for name, level in toggles.items()}


def our_level(family: Family, level: object) -> object:
    """One level, or one of each stage."""
    if isinstance(level, list | tuple):
        return [our_level(family, one) for one in level]
    return family.levels.get(level, level) if isinstance(level, str) else level


def fitted(
    name: str, family: Family, ours: Weights, overrides: Toggles, theirs: Weights
) -> dict[str, Tensor]:
    """Their tensors under our keys, in the shapes of `ours`; what does not fit is told at once."""
    official = {key: family.official_key(key, overrides) for key in ours}
    missing = sorted(set(official.values()) - set(theirs))
    unknown = sorted(set(theirs) - set(official.values()) - family.computed(theirs))
    if missing or unknown:
        raise ValueError(
            f"not the weights of {name}: missing {', '.join(missing) or 'nothing'}; "
            f"unknown {', '.join(unknown) or 'nothing'}"
        )
    tensors = {key: theirs[source].clone() for key, source in official.items()}
    for key, tensor in tensors.items():
        if key.endswith("pos_embed") and tensor.shape != ours[key].shape and family.resize:
            tensors[key] = resized(tensor, ours[key].shape[1], family.resize)
    wrong = [
        f"{official[key]} is {as_shape(tensor)}, not {as_shape(ours[key])}"
        for key, tensor in tensors.items()
        if tensor.shape != ours[key].shape
    ]
    if wrong:
        raise ValueError(f"not the weights of {name}: {'; '.join(wrong)}")
    return tensors


def as_shape(tensor: Tensor) -> str:
    """The shape as people write it."""
    return " × ".join(map(str, tensor.shape)) or "one number"
