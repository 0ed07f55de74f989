"""What `ablate model` prints, and what it says to a wrong request."""

from __future__ import annotations

import pytest

from ablate.cli.main import main
from ablate.cli.model import (
    WIDTH,
    amount,
    difference,
    find_variant,
    fold,
    millions,
    model_text,
    parse_change,
)
from ablate.errors import AblateError
from ablate.measure.macs import Measured
from ablate.models.catalog import ARCHITECTURES, describe
from tests.models.expected import EXPECTED
from tests.report.golden import check

GOLDEN = {
    "model-cvt-13.txt": ("cvt-13", None, []),
    "model-cvt-13-changed.txt": ("cvt-13", 384, ["token_embed=patch", "kv_stride=[2, 1, 1]"]),
    "model-deit-8px.txt": ("deit-8px", None, ["use_distillation_token=true"]),
    "model-cvt.txt": ("cvt", None, []),
    "model-levit-128s.txt": ("levit-128s", None, ["use_distillation_head=false"]),
}


@pytest.mark.parametrize("file", GOLDEN)
def test_what_is_printed(file: str) -> None:
    check(model_text(*GOLDEN[file]) + "\n", file)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_variant_is_shown_with_all_its_parts_and_toggles(name: str) -> None:
    variant = EXPECTED[name].SMALL
    text = model_text(variant, None, [])
    assert max(map(len, text.splitlines())) <= WIDTH
    parts, toggles = (block.splitlines() for block in text.split("\n\n")[1:3])
    assert parts[-1].split()[:2] == ["total", f"{EXPECTED[name].COUNTS[variant]:,}"]
    ends = {len(line) for line in parts}
    assert len(ends) == 1  # the numbers of the last column stand below each other
    shown = [line.split()[0] for line in toggles[1:] if not line.startswith(" " * 4)]
    assert shown == list(describe(name).toggles)


def test_a_comparison_is_shown_too() -> None:
    text = model_text("torchvision:resnet50", None, [])
    assert text.startswith("resnet50: 25,557,032 parameters, 4.089 G MACs")
    assert "library" not in text.partition("toggle")[2].partition("\n\n")[0]


def test_of_a_library_the_names_are_listed() -> None:
    text = model_text("torchvision", None, [])
    assert " resnet50," in text
    assert max(map(len, text.splitlines())) <= WIDTH


@pytest.mark.parametrize("name", ["cvt-13", "cvt:cvt-13"])
def test_a_variant_may_be_named_with_its_architecture(name: str) -> None:
    described, variant = find_variant(name)
    assert (described.name, variant) == ("cvt", "cvt-13")


@pytest.mark.parametrize(
    ("change", "parsed"),
    [
        ("kv_stride=1", ("kv_stride", 1)),
        ("kv_stride = [2, 1, 1]", ("kv_stride", [2, 1, 1])),
        ("pos_embed=none", ("pos_embed", "none")),
        ("use_cls_token=false", ("use_cls_token", False)),
        ("drop_path=1e-1", ("drop_path", 0.1)),
    ],
)
def test_levels_are_spelled_as_in_a_study(change: str, parsed: tuple[str, object]) -> None:
    assert parse_change(change) == parsed


@pytest.mark.parametrize(
    ("name", "image_size", "changes", "message"),
    [
        (
            "cvt13",
            None,
            [],
            "unknown model 'cvt13'; did you mean 'cvt-13'? (allowed: vit, vit-b16,",
        ),
        ("cvtt:cvt-13", None, [], "unknown architecture 'cvtt'; did you mean 'cvt'? (allowed: "),
        ("cvt:deit-s", None, [], "unknown variant of cvt 'deit-s' (allowed: cvt-13, cvt-21,"),
        (
            "torchvision:resnet5",
            None,
            [],
            "unknown variant of torchvision 'resnet5'; did you mean 'resnet50'? (allowed: ",
        ),
        ("cvt", 96, [], "cvt is an architecture; name a variant of it, such as cvt-13"),
        ("vit", None, ["depth=1"], "vit is an architecture; name a variant of it, such as vit-b16"),
        (
            "cvt-13",
            None,
            ["patch"],
            "'patch' sets nothing; write toggle=level, such as drop_path=0.1",
        ),
        ("cvt-13", None, ["dims=[1"], "dims: '[1' is not YAML"),
        ("cvt-13", None, ["pos_embed=!all x"], "pos_embed: '!all x': tag !all is not allowed; "),
        (
            "cvt-13",
            None,
            ["token_embed=path", "pos_embd=none"],
            "'path' is not a level of token_embed; did you mean 'patch'? allowed: conv, patch\n"
            "unknown keyword of cvt 'pos_embd'; did you mean 'pos_embed'? (allowed: dims, ",
        ),
        (
            "cvt-13",
            30,
            ["token_embed=patch"],
            "patches of 4 × 4 do not fill a grid of 30 × 30",
        ),
    ],
)
def test_a_wrong_request_is_told_what_is_allowed(
    name: str, image_size: int | None, changes: list[str], message: str
) -> None:
    with pytest.raises(AblateError) as error:
        model_text(name, image_size, changes)
    assert str(error.value).startswith(message)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["model", "cvt-8px", "--image-size", "16", "--set", "kv_stride=1", "depths=[1, 1]"])
    assert done.value.code == 0
    first, second, third, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("cvt-8px with kv_stride=1, depths=[1,1]: ")
    assert second == "1 × 16 × 16, 10 classes"
    assert third.startswith("against cvt-8px at 16 × 16: −")
    with pytest.raises(SystemExit) as wrong:
        main(["model", "cvt8px"])
    assert wrong.value.code == 2
    assert capsys.readouterr().err.startswith(
        "error: unknown model 'cvt8px'; did you mean 'cvt-8px'?"
    )


@pytest.mark.parametrize(
    ("macs", "places", "text"),
    [
        (4_566_089_216, 1, "4,566.1"),
        (384_000, 1, "0.4"),
        (3_840, 1, "<0.1"),
        (50_000, 1, "0.1"),
        (640, 3, "0.001"),
        (3, 3, "<0.001"),
        (0, 1, "0.0"),
    ],
)
def test_zero_is_shown_only_where_it_is_zero(macs: int, places: int, text: str) -> None:
    assert millions(macs, places) == text


@pytest.mark.parametrize(
    ("macs", "text"),
    [(4_566_089_216, "4.566 G"), (304_660_832, "304.661 M"), (999_999, "999,999"), (0, "0")],
)
def test_amounts_of_macs(macs: int, text: str) -> None:
    assert amount(macs) == text


@pytest.mark.parametrize(
    ("parameters", "macs", "text"),
    [
        (-436_416, 2_077_000_000, "−436,416 parameters, +2.077 G MACs"),
        (64, -640, "+64 parameters, −640 MACs"),
        (0, 0, "as many parameters, as many MACs"),
    ],
)
def test_differences_have_a_sign(parameters: int, macs: int, text: str) -> None:
    plain = Measured(parameters=10**9, macs=10**10)
    changed = Measured(parameters=10**9 + parameters, macs=10**10 + macs)
    assert difference(plain, changed) == text


def test_a_long_cell_goes_on_below_itself() -> None:
    assert fold(("dims", "a list, each a number", "Table 2"), 1, 12) == [
        ("dims", "a list, each", "Table 2"),
        ("", "a number", ""),
    ]
