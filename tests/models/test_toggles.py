"""Every level of every toggle, of every architecture, trains and does something.

The catalog lists what there is; the tables in `expected` say what it must change. A toggle or level
without an entry fails, so nothing joins a model untested.
"""

import re
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ablate.models import build
from ablate.models.catalog import ARCHITECTURES, describe
from tests.models.expected import EXPECTED

Overrides = dict[str, Any]

LEVELS = [
    (name, toggle.name, level)
    for name in ARCHITECTURES
    for toggle in describe(name).toggles.values()
    for level in toggle.levels
]
OPEN = [
    (name, toggle.name)
    for name in ARCHITECTURES
    for toggle in describe(name).toggles.values()
    if not toggle.levels
]


def small(name: str, overrides: Overrides, seed: int = 0) -> nn.Module:
    """The small variant; norms that start at zero, and hide what is before them, start at one."""
    model = build(name, EXPECTED[name].SMALL, overrides, seed=seed)
    for path, parameter in model.named_parameters():
        if path.endswith(".weight") and not parameter.any():
            nn.init.ones_(parameter)
    return model


def digits(count: int = 4) -> Tensor:
    return torch.randn(count, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def trained_logits(model: nn.Module) -> Tensor:
    """Logits in training mode, the same random drops each time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        logits: Tensor = model.train()(digits())
    return logits


def count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize(("name", "toggle", "level"), LEVELS)
def test_level_trains_and_changes_the_network(name: str, toggle: str, level: object) -> None:
    context = EXPECTED[name].CONTEXT.get(toggle, {})
    baseline, model = small(name, context), small(name, context | {toggle: level})
    assert count(model) - count(baseline) == EXPECTED[name].MORE[toggle, level]

    logits = trained_logits(model)
    assert logits.shape == (4, 10)
    torch.autograd.backward(cross_entropy(logits, torch.arange(4)))
    for path, parameter in model.named_parameters():
        assert parameter.grad is not None, path
        assert parameter.grad.isfinite().all(), path
        reached = bool(parameter.grad.any())
        assert reached or re.search(EXPECTED[name].UNREACHED, path), path

    # A bias starts at zero, so it shows in the keys before it shows in the logits.
    same_keys = model.state_dict().keys() == baseline.state_dict().keys()
    same_logits = torch.equal(trained_logits(baseline), logits)
    is_baseline = describe(name).defaults(EXPECTED[name].SMALL)[toggle] == level
    assert (same_keys and same_logits) is is_baseline


@pytest.mark.parametrize(("name", "toggle"), sorted({(name, toggle) for name, toggle, _ in LEVELS}))
def test_a_wrong_level_builds_nothing(name: str, toggle: str) -> None:
    with pytest.raises(ValueError, match="is not a level of") as error:
        small(name, {toggle: "no such level"})
    assert str(error.value) == describe(name).toggles[toggle].problem("no such level")


@pytest.mark.parametrize(("name", "toggle"), OPEN)
def test_open_toggle_changes_the_network(name: str, toggle: str) -> None:
    context = EXPECTED[name].CONTEXT.get(toggle, {})
    logits = trained_logits(small(name, context | {toggle: EXPECTED[name].OTHER[toggle]}))
    assert logits.shape == (4, 10)
    assert not torch.equal(trained_logits(small(name, context)), logits)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_tables_have_no_entry_for_nothing(name: str) -> None:
    assert {(name, *key) for key in EXPECTED[name].MORE} == {
        one for one in LEVELS if one[0] == name
    }
    assert {(name, key) for key in EXPECTED[name].OTHER} == {one for one in OPEN if one[0] == name}


@pytest.mark.parametrize(("name", "toggle", "level"), LEVELS)
def test_shared_weights_start_out_equal(name: str, toggle: str, level: object) -> None:
    context = EXPECTED[name].CONTEXT.get(toggle, {})
    models = small(name, context, seed=3), small(name, context | {toggle: level}, seed=3)
    baseline, cell = (dict(model.named_parameters()) for model in models)
    before, after = ([(row.name, row.dim) for row in model.outline()] for model in models)  # type: ignore[operator]
    shared = [
        path for path in cell.keys() & baseline.keys() if cell[path].shape == baseline[path].shape
    ]
    drawn = [path for path, parameter in baseline.items() if parameter.dim() > 1]
    if before == after:  # other stages or widths share less
        assert len({*shared} & {*drawn}) > 0.6 * len(drawn)
    for path in shared:
        scale = EXPECTED[name].SCALED.get((toggle, level, path), 1.0)
        torch.testing.assert_close(cell[path], baseline[path] * scale, rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_seeds_differ_in_every_random_weight(name: str) -> None:
    first, second = (dict(small(name, {}, seed).named_parameters()) for seed in (0, 1))
    for path, parameter in first.items():
        drawn = parameter.dim() > 1 and parameter.any()  # tables of attention bias start at zero
        assert not drawn or not torch.equal(parameter, second[path]), path


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_building_leaves_the_global_random_stream_alone(name: str) -> None:
    before = torch.random.get_rng_state()
    small(name, {})
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize(("name", "toggle", "level"), LEVELS)
def test_an_image_is_judged_alone_in_evaluation(name: str, toggle: str, level: object) -> None:
    drops = {"drop_path": 0.5} if "drop_path" in describe(name).toggles else {}
    cell = EXPECTED[name].CONTEXT.get(toggle, {}) | {toggle: level}
    model = small(name, cell | drops).eval()
    with torch.no_grad():
        together = model(digits())
        alone = torch.cat([model(image[None]) for image in digits()])
    assert alone.shape == (4, 10)
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_training_batch_of_one(name: str) -> None:
    assert small(name, {}).train()(digits(1)).shape == (1, 10)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_undecayed_names_exist(name: str) -> None:
    cells = [{}, *({toggle: level} for one, toggle, level in LEVELS if one == name)]
    contexts = [EXPECTED[name].CONTEXT.get(toggle, {}) for cell in cells for toggle in cell]
    models = [
        small(name, context | cell) for context, cell in zip([{}, *contexts], cells, strict=True)
    ]
    leaves = {path.rpartition(".")[2] for model in models for path, _ in model.named_parameters()}
    undecayed = models[0].no_weight_decay
    assert isinstance(undecayed, frozenset)
    assert undecayed <= leaves
