"""Attention that is recorded, against attention computed here in another way."""

import itertools
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from ablate.interpret.attention import (
    Layer,
    mean_distance,
    placed,
    record,
    rollout,
    uniform_distance,
)
from ablate.interpret.token_grid import distances, pixels
from ablate.models import build

SMALL = [
    ("vit", "deit-8px", {}),
    ("vit", "deit-8px", {"use_cls_token": False, "pool": "avg"}),
    ("vit", "deit-8px", {"use_distillation_token": True, "pos_embed": "learned_2d"}),
    ("vit", "deit-8px", {"pos_embed": "relative"}),
    ("vit", "deit-8px", {"pos_embed": "sincos_2d", "stem": "conv"}),
    ("vit", "deit-16px", {"stem": "resnet"}),
    ("vit", "deit-16px", {"stem": "resnet", "resnet_root": "7x7", "resnet_depths": (1,)}),
    ("cvt", "cvt-8px", {"pos_embed": "learned"}),
    ("cvt", "cvt-8px", {"projection": "avg", "kv_stride": (2, 1), "use_cls_token": False}),
    ("pvt", "pvt-8px", {}),
    ("pvt", "pvt-16px", {"use_pyramid": False}),
    ("levit", "levit-16px", {}),
    ("levit", "levit-16px", {"use_pyramid": False, "pos_embed": "learned"}),
    ("graft", "graft-8px", {}),
    ("graft", "graft-16px", {"stages": 1, "resnet_root": "7x7"}),
    ("convmixer", "convmixer-8px", {}),
]


def images(variant, count=2):
    side = 16 if "16px" in variant else 8
    return torch.randn(count, 1, side, side, generator=torch.Generator().manual_seed(0))


def layer(weights, side, pitch=2.0):
    """A layer of one image and one head on a grid of tokens without class token."""
    grid = pixels(side * int(pitch)).under(side, int(pitch), int(pitch), 0)
    return Layer(weights=torch.as_tensor(weights).double()[None, None], queries=grid, keys=grid)


@pytest.mark.parametrize(("architecture", "variant", "toggles"), SMALL)
def test_looking_on_changes_nothing_and_every_query_gives_one(architecture, variant, toggles):
    model = build(architecture, variant, toggles, seed=1).eval()
    with torch.no_grad():
        expected = model(images(variant))
    logits, layers = record(model, images(variant))
    assert torch.equal(logits, expected)
    assert bool(layers) is (architecture != "convmixer")
    for one in layers:
        assert one.weights.shape[0] == 2
        assert torch.allclose(one.weights.sum(3), torch.ones(()).double(), atol=1e-6)
        assert torch.allclose(placed(one).sum(3), torch.ones(()).double(), atol=1e-6)
        extra = one.weights.shape[2] - one.queries.side**2
        assert one.weights.shape[3] - one.keys.side**2 == extra


def test_weights_and_values_give_what_the_layer_gives():
    """Also with relative keys, which come as a mask."""
    model: Any = build("vit", "deit-8px", {"pos_embed": "relative"}, seed=1).eval()
    attention, seen = model.blocks[1].attn, dict[str, Any]()
    attention.register_forward_hook(lambda _, given, made: seen.update(x=given[0], y=made))
    _, layers = record(model, images("deit-8px"))
    v = attention.qkv(seen["x"]).unflatten(2, (3, *attention.head_shape))[:, :, 2].transpose(1, 2)
    again = attention.proj((layers[1].weights.float() @ v).transpose(1, 2).flatten(2))
    assert torch.allclose(again, seen["y"], atol=1e-5)


def test_the_scale_of_a_layer_counts():
    """CvT scales by its whole width."""
    model: Any = build("cvt", "cvt-8px", {}, seed=1).eval()
    attention, seen = model.stages[1].blocks[0].attn, dict[str, Any]()
    attention.register_forward_pre_hook(lambda _, given: seen.update(x=given[0]))
    _, layers = record(model, images("cvt-8px"))
    cls_token, grid = seen["x"][:, :1], seen["x"][:, 1:].transpose(1, 2).unflatten(2, (4, 4))
    q, k = (
        part(cls_token, grid).unflatten(2, attention.head_shape).transpose(1, 2)
        for part in (attention.q, attention.k)
    )
    expected = (q @ k.mT * 64**-0.5).softmax(3)
    assert torch.allclose(layers[1].weights.float(), expected, atol=1e-5)


def test_an_attention_that_this_does_not_know_is_refused():
    class Causal(nn.Module):
        def forward(self, grid):
            tokens = grid.flatten(2).transpose(1, 2)[:, None]
            return scaled_dot_product_attention(tokens, tokens, tokens, is_causal=True)

    with pytest.raises(TypeError, match="is_causal"):
        record(Causal(), torch.randn(1, 4, 2, 2))


class TestPlaces:
    """Where tokens lie, against a count of the pixels that reach them."""

    CASES: tuple[Any, ...] = (
        ("vit", "deit-8px", {}, [((4, 1.0, 2.0), (4, 1.0, 2.0))] * 4),
        ("cvt", "cvt-8px", {}, [((8, 0.5, 1.0), (4, 0.5, 2.0)), ((4, 0.5, 2.0), (2, 0.5, 4.0))]),
        ("pvt", "pvt-8px", {}, [((8, 0.5, 1.0), (4, 1.0, 2.0)), ((4, 1.0, 2.0), (4, 1.0, 2.0))]),
    )

    @pytest.mark.parametrize(("architecture", "variant", "toggles", "expected"), CASES)
    def test_by_hand(self, architecture, variant, toggles, expected):
        _, layers = record(build(architecture, variant, toggles, seed=0), images(variant))
        found = [
            tuple((grid.side, grid.first, grid.pitch) for grid in (one.queries, one.keys))
            for one in layers
        ]
        assert found[: len(expected)] == expected

    def test_queries_of_a_shrinking_attention_are_tokens_that_were_left(self):
        _, layers = record(build("levit", "levit-16px", {}, seed=0), images("levit-16px"))
        (shrink,) = [one for one in layers if one.queries.side < one.keys.side][:1]
        assert shrink.queries.first == shrink.keys.first
        assert shrink.queries.pitch == 2 * shrink.keys.pitch

    @pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 2, 1), (2, 2, 0), (7, 4, 2)])
    def test_a_place_is_the_middle_of_the_pixels_that_reach_it(self, kernel, stride, padding):
        conv = nn.Conv2d(1, 1, kernel, stride, padding, bias=False)
        nn.init.ones_(conv.weight)
        image = torch.zeros(1, 1, 16, 16, requires_grad=True)
        made = conv(image)
        middle = made.shape[-1] // 2
        made[0, 0, middle, middle].backward()
        rows = image.grad[0, 0].sum(1).nonzero().flatten() + 0.5
        grid = pixels(16).under(made.shape[-1], kernel, stride, padding)
        assert grid.first + middle * grid.pitch == rows.mean()


class TestMeanDistance:
    def test_who_looks_at_itself_looks_no_distance(self):
        assert mean_distance(layer(torch.eye(9), 3)).tolist() == [[0.0]]

    @given(side=st.integers(1, 6), pitch=st.integers(1, 4))
    def test_an_even_gaze_goes_as_far_as_two_places_are_apart_on_average(self, side, pitch):
        count = side**2
        places = list(itertools.product(range(side), repeat=2))
        pairs = [math.dist(a, b) * pitch for a in places for b in places]
        even = layer(torch.full((count, count), 1 / count), side, float(pitch))
        assert float(mean_distance(even)) == pytest.approx(sum(pairs) / len(pairs))
        assert uniform_distance(even) == pytest.approx(sum(pairs) / len(pairs))

    def test_a_neighbor_is_one_patch_away(self):
        swap = torch.eye(4)[[1, 0, 3, 2]]  # each looks at the other of its row
        assert float(mean_distance(layer(swap, 2, 8.0))) == 8.0

    def test_tokens_without_a_place_do_not_count(self):
        """The class token takes half of what each patch gives; the rest stays in proportion."""
        patches = torch.rand(4, 4).softmax(1)
        with_token = torch.zeros(5, 5)
        with_token[0, 0], with_token[1:, 0], with_token[1:, 1:] = 1.0, 0.5, patches / 2
        assert torch.allclose(
            mean_distance(layer(with_token, 2)), mean_distance(layer(patches, 2)), atol=1e-6
        )

    @given(seed=st.integers(0, 99), side=st.integers(2, 5))
    def test_it_is_a_mean_of_distances(self, seed, side):
        draw = torch.Generator().manual_seed(seed)
        one = layer(torch.rand(side**2, side**2, generator=draw).softmax(1), side)
        apart = distances(one.queries, one.keys)
        assert 0 <= float(mean_distance(one)) <= float(apart.max())
        expected = sum(
            float(one.weights[0, 0, q, k] * apart[q, k])
            for q, k in itertools.product(range(side**2), repeat=2)
        )
        assert float(mean_distance(one)) == pytest.approx(expected / side**2)


class TestRollout:
    def test_of_the_identity_it_is_the_identity(self):
        assert torch.equal(rollout([layer(torch.eye(4), 2)] * 3)[0], torch.eye(4).double())

    def test_of_one_layer_it_is_half_the_identity(self):
        weights = torch.rand(4, 4).softmax(1).double()
        assert torch.allclose(rollout([layer(weights, 2)])[0], (weights + torch.eye(4)) / 2)

    def test_later_layers_multiply_from_the_left(self):
        first, second = torch.rand(4, 4).softmax(1), torch.rand(4, 4).softmax(1)
        mixed = [(one.double() + torch.eye(4)) / 2 for one in (first, second)]
        expected = mixed[1] @ mixed[0]
        assert torch.allclose(rollout([layer(first, 2), layer(second, 2)])[0], expected)

    def test_what_reaches_a_token_adds_up_to_one(self):
        _, layers = record(build("vit", "deit-8px", {}, seed=1), images("deit-8px"))
        assert torch.allclose(rollout(layers).sum(2), torch.ones(()).double())

    def test_where_the_grid_changes_there_is_none(self):
        _, layers = record(build("cvt", "cvt-8px", {}, seed=1), images("cvt-8px"))
        assert rollout(layers) is None
        assert rollout([]) is None
