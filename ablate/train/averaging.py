"""An exponential moving average of the weights, by PyTorch's `AveragedModel`."""

from collections.abc import Callable

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

Tensors = tuple[Tensor, ...] | list[Tensor]


def make_average(model: nn.Module, decay: float) -> AveragedModel | None:
    """A copy of `model` that follows it with `decay`, BatchNorm's statistics too; None for 0."""
    if not decay:
        return None
    average = AveragedModel(model, multi_avg_fn=following(decay), use_buffers=True)
    return average.requires_grad_(False)


def following(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """PyTorch's moving average, but whole numbers are copied.

    PyTorch would average them too and cut off the fraction, and an index into a table of relative
    positions, always 12, would become 11.
    """
    follow = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]

    def update(averages: Tensors, currents: Tensors, count: Tensor | int) -> None:
        if averages[0].is_floating_point():
            follow(averages, currents, count)
            return
        for average, current in zip(averages, currents, strict=True):
            average.copy_(current)

    return update
