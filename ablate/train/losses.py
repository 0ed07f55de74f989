"""The loss: cross-entropy on labels, mixed or not, and the distance to a teacher's answer."""

from typing import Protocol, TypeGuard, runtime_checkable

from torch import Tensor, nn
from torch.nn import functional

from ablate.recipes.schema import Recipe


@runtime_checkable
class TwoHeaded(Protocol):
    """A model with one head for the labels and another for the teacher (DeiT, section 4)."""

    def heads(self, images: Tensor) -> tuple[Tensor, ...]:
        """Images B·C·H·W → the logits of each head, B·classes: first labels, then teacher."""
        ...


def is_two_headed(model: nn.Module) -> TypeGuard[TwoHeaded]:
    """Whether the class has such a method; torchvision's layers called `heads` do not count."""
    return issubclass(type(model), TwoHeaded)


def answers(model: nn.Module, images: Tensor, recipe: Recipe) -> tuple[Tensor, ...]:
    """The logits that are trained, B·classes: those of each head if there is a teacher.

    Without a teacher the heads are trained as they are used, by their mean.
    """
    if recipe.distillation != "none" and is_two_headed(model):
        return model.heads(images)
    return (model(images),)


def loss_of(
    logits: tuple[Tensor, ...], targets: Tensor, taught: Tensor | None, recipe: Recipe
) -> Tensor:
    """The loss of a batch, from the logits of the heads and of the teacher, B·classes each.

    `targets` are labels B or, of mixed images, probabilities B·classes. Of two heads the first
    learns from them and the second from the teacher; a single one learns from both.
    """
    loss = functional.cross_entropy(logits[0], targets, label_smoothing=recipe.label_smoothing)
    if taught is None:
        return loss
    part = recipe.distillation_alpha
    return (1 - part) * loss + part * distance(logits[-1], taught, recipe)


def distance(logits: Tensor, taught: Tensor, recipe: Recipe) -> Tensor:
    """The distance of a head's answer from the teacher's (DeiT, equations 2 and 3)."""
    if recipe.distillation == "hard":
        return functional.cross_entropy(logits, taught.argmax(1))
    tau = recipe.distillation_tau
    ours, theirs = (functional.log_softmax(part / tau, 1) for part in (logits, taught))
    return tau**2 * functional.kl_div(ours, theirs, reduction="batchmean", log_target=True)


def probabilities(labels: Tensor, shares: Tensor, classes: int) -> Tensor:
    """Labels B of the images and their shares in each mixed image, B·B → targets B·classes."""
    return shares @ functional.one_hot(labels, classes).to(shares.dtype)
