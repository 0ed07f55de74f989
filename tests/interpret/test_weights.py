import itertools
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from ablate.interpret.weights import first_filters, position_tables, similarity, spread
from ablate.models import build


def tables(architecture, variant, **toggles):
    return position_tables(build(architecture, variant, toggles, seed=0))


class TestPositionTables:
    @pytest.mark.parametrize(
        ("architecture", "variant", "toggles", "expected"),
        [
            ("vit", "deit-8px", {"pos_embed": "learned"}, {"pos_embed": 17}),
            ("vit", "deit-8px", {"pos_embed": "learned_2d"}, {"pos_embed": 17}),
            ("vit", "deit-8px", {"pos_embed": "sincos_2d"}, {"pos_embed": 17}),
            ("vit", "deit-8px", {"pos_injection": "every_layer"}, {"pos_embed": 17}),
            ("vit", "deit-8px", {"use_distillation_token": True}, {"pos_embed": 18}),
            ("vit", "deit-8px", {"pos_embed": "relative"}, {}),
            ("vit", "deit-8px", {"pos_embed": "none"}, {}),
            (
                "cvt",
                "cvt-8px",
                {"pos_embed": "learned", "pos_embed_stages": "first"},
                {"stages.0.pos_embed": 64},
            ),
            ("pvt", "pvt-8px", {}, {"stages.0.pos_embed": 64, "stages.1.pos_embed": 17}),
            ("levit", "levit-16px", {"pos_embed": "attention_bias"}, {}),
            ("graft", "graft-8px", {}, {"deit.pos_embed": 17}),
            ("convmixer", "convmixer-8px", {}, {}),
        ],
    )
    def test_tables_as_they_are_added(self, architecture, variant, toggles, expected):
        found = tables(architecture, variant, **toggles)
        assert {name: len(table) for name, table in found.items()} == expected


class TestSimilarity:
    def test_against_one_cosine_at_a_time(self):
        table = tables("vit", "deit-8px")["pos_embed"].detach()
        found = similarity(table)
        assert found.shape == (16, 4, 4)
        for tile in range(16):
            for other in range(16):
                a, b = table[1 + tile].double(), table[1 + other].double()
                cosine = float(a @ b / (a.norm() * b.norm()))
                assert float(found[tile, other // 4, other % 4]) == pytest.approx(cosine)

    def test_two_axes_make_rows_and_columns_alike(self):
        """Each place shares half of its embedding with its row, half with its column."""
        places = torch.cat(
            [torch.eye(3).repeat(3, 1), torch.eye(3).repeat_interleave(3, dim=0)], dim=1
        )
        expected = torch.tensor([[0, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 0]]).double()
        assert torch.allclose(similarity(places)[4], expected)

    def test_of_a_fine_grid_some_places_stand_for_all(self):
        table = torch.randn(1 + 64, 5)
        found = similarity(table)
        assert found.shape == (16, 8, 8)
        own = [(1 + 2 * row, 1 + 2 * column) for row in range(4) for column in range(4)]
        assert all(float(found[tile][place]) == pytest.approx(1) for tile, place in enumerate(own))

    @given(side=st.integers(1, 60), most=st.integers(1, 8))
    def test_spread_is_even_and_within(self, side, most):
        found = spread(side, most)
        assert len(found) == min(side, most) == len(set(found))
        assert found[0] >= 0
        assert found[-1] < side
        gaps = {after - before for before, after in itertools.pairwise(found)}
        assert len(gaps) <= 2
        assert abs(found[0] - (side - 1 - found[-1])) <= 1


def tensor(found: Any) -> torch.Tensor:
    return torch.tensor(found.tiles, dtype=torch.float64)


class TestFilters:
    def test_few_are_shown_as_they_are(self):
        convolution = nn.Conv2d(3, 8, 3)
        found = first_filters(nn.Sequential(convolution, nn.ReLU()))
        assert (found.count, found.share) == (8, None)
        assert torch.allclose(tensor(found), convolution.weight.double().mean(1))

    def test_many_are_shown_by_their_components(self):
        """64 filters that are multiples of two patterns around a mean."""
        patterns = torch.zeros(2, 3, 3)
        patterns[0, 1], patterns[1, :, 1] = 1.0, torch.tensor([1.0, -1.0, 0.0])
        model = nn.Conv2d(1, 64, 3)
        draw = torch.Generator().manual_seed(0)
        sizes = torch.randn(64, 2, generator=draw) * torch.tensor([5.0, 1.0])
        with torch.no_grad():
            model.weight.copy_((0.3 + torch.tensordot(sizes, patterns, 1))[:, None])
        found = first_filters(model)
        assert found.share == pytest.approx(1)
        shown = tensor(found)
        assert shown.shape == (9, 3, 3)
        first = shown[0] / shown[0].norm()
        assert float((first * patterns[0].double() / math.sqrt(3)).sum()) > 0.99

    def test_components_are_orthogonal_and_their_sign_is_fixed(self):
        model: Any = build("vit", "deit-8px", {}, seed=3)
        found = first_filters(model)
        flat = tensor(found).flatten(1)
        assert torch.allclose(flat @ flat.T, torch.eye(4).double(), atol=1e-6)
        assert all(float(tile[tile.abs().argmax()]) > 0 for tile in flat)
        with torch.no_grad():
            model.patch_embed.weight.neg_()
        assert torch.allclose(tensor(first_filters(model)), tensor(found), atol=1e-6)

    def test_large_ones_are_fewer(self):
        found = first_filters(nn.Conv2d(3, 64, 16))
        assert tensor(found).shape == (16, 16, 16)
        assert 0 < found.share < 1

    @pytest.mark.parametrize("first", [nn.Linear(4, 4), nn.Conv2d(1, 8, 1)])
    def test_what_comes_first_decides(self, first):
        conv = nn.Conv2d(8, 8, 3)
        assert first_filters(nn.Sequential(first, conv)) is None
        assert first_filters(nn.Sequential(nn.ReLU(), conv)) is not None
