"""Initial values depend on seed and name alone."""

import torch
from torch import nn

from ablate.models import build
from ablate.models.initialize import initialize, stream


def test_a_stream_is_the_same_on_every_machine() -> None:
    assert stream(0, "head.weight").initial_seed() == 9085721122274230816
    first, again = (torch.rand(3, generator=stream(0, "head.weight")) for _ in range(2))
    assert torch.equal(first, again)


def test_streams_differ_by_seed_and_by_name() -> None:
    seeds = {stream(seed, name).initial_seed() for seed in range(20) for name in ("a", "b", "1/a")}
    assert len(seeds) == 60


def test_the_rule_of_deit_and_cvt() -> None:
    model = build("cvt", "cvt-8px", {"pos_embed": "learned", "init_std": 0.02}, seed=0)
    for name, module in model.named_modules():
        match module:
            case nn.Linear():
                assert 0.018 < module.weight.std() < 0.022, name
                assert not module.bias.any(), name
            case nn.LayerNorm() | nn.BatchNorm2d():
                assert (module.weight == 1).all(), name
                assert not module.bias.any(), name
            case nn.Conv2d():
                bound = module.weight[0].numel() ** -0.5
                assert 0.9 * bound < module.weight.abs().max() <= bound, name
    tables = [p for name, p in model.named_parameters() if name.endswith(("pos_embed", "token"))]
    assert len(tables) == 3
    assert all(0.015 < table.std() < 0.025 for table in tables)


def test_initializing_again_gives_the_same_model() -> None:
    model = build("vit", "deit-8px", {}, seed=5)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    initialize(model, seed=5)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_the_meta_device_has_no_values_to_fill() -> None:
    with torch.device("meta"):
        model = build("vit", "deit-8px", {"pos_embed": "sincos_2d"}, seed=0)
    assert all(parameter.is_meta for parameter in model.parameters())
