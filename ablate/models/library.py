"""Networks of torchvision and timm, by the names that they have there.

The library is the `architecture` of a study's model, the name there its `variant`: torchvision's
resnet50, timm's resnetv2_50x1_bit. Code and initial values are the libraries'; nothing can be
toggled but whether training begins with their pretrained weights. Gray images are repeated to three
channels. Left out: the auxiliary heads of torchvision's GoogLeNet and Inception v3, so that every
network has one answer.

Parameters at 1000 classes: torchvision's resnet50 25,557,032, resnext50_32x4d 25,028,904; timm's
resnetv2_50x1_bit 25,549,352, resnetv2_50x3_bit 217,319,080, resnetv2_152x4_bit 936,533,224.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, final

import torch
from torch import Tensor, nn

from ablate.errors import AblateError
from ablate.models.initialize import stream
from ablate.models.layers import check_keywords
from ablate.models.outline import Part

Library = Literal["torchvision", "timm"]

# What torchvision's transformers call the tokens and tables that its own recipes leave undecayed.
UNDECAYED = frozenset({"class_token", "pos_embedding", "relative_position_bias_table"})


@final
class LibraryModel(nn.Module):
    """A library's classifier; a study calls `library` its architecture, `network` its variant.

    `pretrained`: whether to begin with the weights that the library recommends, which it
    downloads once. They know 1000 classes; for another number the classifier is a fresh one. On
    the meta device there is nothing to fill, and nothing is downloaded.
    """

    def __init__(
        self,
        *,
        library: Library,
        network: str,
        image_size: int = 224,
        in_channels: int = 3,
        num_classes: int = 1000,
        pretrained: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_keywords(self, locals())
        if in_channels not in (1, 3):
            raise ValueError(f"in_channels is {in_channels}; allowed: 1, repeated to 3, and 3")
        make = torchvision_network if library == "torchvision" else timm_network
        pretrained = pretrained and torch.get_default_device().type != "meta"
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(stream(seed, f"{library}:{network}").initial_seed())
            self.network = make(network, image_size, num_classes, pretrained)
        self.no_weight_decay = undecayed(self.network) if library == "timm" else UNDECAYED
        self.name, self.num_classes = f"{library}'s {network}", num_classes

    def forward(self, images: Tensor) -> Tensor:
        """batch × channels × height × width → logits, batch × classes.

        Raises ValueError for the few networks of timm that encode images without judging them.
        """
        logits: Tensor = self.network(images.expand(-1, 3, -1, -1))  # gray becomes three equal
        if logits.shape[1:] != (self.num_classes,):
            shape = " × ".join(map(str, logits.shape[1:]))
            raise ValueError(f"{self.name} is not a classifier: its output is batch × {shape}")
        return logits

    def outline(self) -> tuple[Part, ...]:
        """The network's own parts; both libraries put the classifier last, or two of them."""
        parts = [name for name, _ in self.network.named_parameters(recurse=False)]
        children = self.network.named_children()
        parts += [name for name, child in children if any(True for _ in child.parameters())]
        head = parts[-1].removesuffix("_dist")
        rows = (Part(name=one, holds=(f"network.{one}",)) for one in parts if head not in one)
        held = tuple(f"network.{one}" for one in parts if head in one)
        return (*rows, Part(name="head", holds=held))


def torchvision_network(
    network: str, image_size: int, num_classes: int, pretrained: bool
) -> nn.Module:
    """One of torchvision's classifiers, which know the image size only if they must."""
    from torchvision import models

    special: dict[str, Any] = {}
    device = torch.get_default_device()
    if network in ("googlenet", "inception_v3"):
        # Their weights were made for images standardized in another way, which they then undo.
        special = {"aux_logits": False, "init_weights": True, "transform_input": pretrained}
    elif network.startswith("vit_"):
        special = {"image_size": image_size}
    elif network.startswith("maxvit_"):
        special = {"input_size": (image_size, image_size)}
    # RegNets compute their widths with tensors, which must have values.
    with torch.device("cpu" if network.startswith("regnet_") else device):
        model: nn.Module = models.get_model(network, num_classes=num_classes, **special).to(device)
    if pretrained:
        try:
            trained = models.get_model(network, weights="DEFAULT", progress=False)
        except Exception as error:
            raise unobtainable("torchvision", network, error) from error
        if misfit := transplant(trained, model):
            raise ValueError(
                f"torchvision's pretrained {network} is made for another image size than "
                f"{image_size}: its {misfit} does not fit"
            )
    return model


def timm_network(network: str, image_size: int, num_classes: int, pretrained: bool) -> nn.Module:
    """One of timm's classifiers; which of them know the image size, timm's own tables say."""
    import timm

    found = timm.models.get_pretrained_cfg(network)
    special: dict[str, Any] = {}
    if found and found.fixed_input_size:
        special = {"img_size": image_size}
    try:
        model: nn.Module = timm.create_model(
            network, pretrained=pretrained, num_classes=num_classes, **special
        )
    except Exception as error:
        if pretrained:
            raise unobtainable("timm", network, error) from error
        raise
    return model


def normalization(library: str, network: str) -> tuple[Sequence[float], Sequence[float]] | None:
    """Mean and deviation of each channel for the recommended weights; None if there are none."""
    if library == "timm":
        import timm

        config = timm.models.get_pretrained_cfg(network)
        return (config.mean, config.std) if config else None
    from torchvision import models

    weights = getattr(models.get_model_weights(network), "DEFAULT", None)
    made_for = weights and weights.transforms()
    return (made_for.mean, made_for.std) if made_for else None


def transplant(trained: nn.Module, fresh: nn.Module) -> str | None:
    """Give `fresh` the trained values; a classifier of other classes keeps its own.

    Returns the name of a value that fits no number of classes, or None.
    """
    theirs, ours = trained.state_dict(), fresh.state_dict()
    kept = {key: theirs[key] for key in ours if theirs[key].shape == ours[key].shape}
    fresh.load_state_dict({**ours, **kept})
    return next((key for key in ours if theirs[key].shape[1:] != ours[key].shape[1:]), None)


def unobtainable(library: str, network: str, error: Exception) -> AblateError:
    """Why a pretrained network cannot be had, and what to do without it."""
    said = " ".join(str(error).split()).rstrip(".")
    return AblateError(
        f"the pretrained weights of {library}'s {network} cannot be had: {library} was asked for "
        f"its default ones and said {type(error).__name__}: {said}. Ask once where they can be "
        f"downloaded, and they stay in {library}'s cache; name a network that has weights; or "
        "leave `pretrained` false, and it trains from its initial values"
    )


def undecayed(network: nn.Module) -> frozenset[str]:
    """The last parts of the names that a timm network wants undecayed.

    Where it names whole layers by their `weight`, those decay: the last part would say all.
    """
    names: Iterable[str] = getattr(network, "no_weight_decay", tuple)()
    return frozenset(name.rpartition(".")[2] for name in names) - {"weight", "bias"}
