"""Networks of torchvision and timm: all names, known without torch; honest about weights."""

from __future__ import annotations

import urllib.error
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ablate.data.catalog import DATA_SETS
from ablate.errors import AblateError, StudyError, UnknownNameError
from ablate.models import build
from ablate.models.catalog import ARCHITECTURES, MODEL_LIBRARIES, code_of, describe, network_names
from ablate.models.checkpoints import load
from ablate.models.library import LibraryModel
from ablate.plan.fingerprint import fingerprint
from ablate.plan.make import make_plan
from ablate.study.load import load_study
from tests.models.test_catalog import modules_after
from tests.models.test_parity import images, values

STUDY = """\
title: A study with rows of other libraries
models:
  deit_s: {architecture: vit, variant: deit-s, ablate: {pos_embed: [none]}}
  resnet: {architecture: torchvision, variant: resnet18}
  bit: {architecture: timm, variant: resnet10t}
  small: {architecture: timm, variant: resnetv2_50x1_bit}
settings: {digits: {recipe: {epochs: 1}, variants: {resnetv2_50x1_bit: resnetv2_18}}}
"""


def network(library: str, name: str, **overrides: Any) -> LibraryModel:
    model = build(library, name, overrides, seed=0)
    assert isinstance(model, LibraryModel)
    return model


def sketch(library: str, name: str, **overrides: Any) -> LibraryModel:
    """The network without its numbers."""
    with torch.device("meta"):
        return network(library, name, **overrides)


def count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def digits(count: int = 4, channels: int = 1, side: int = 32) -> Tensor:
    return torch.randn(count, channels, side, side, generator=torch.Generator().manual_seed(0))


# Names


def test_names_of_torchvision_are_its_classifiers() -> None:
    from torchvision import models

    assert set(describe("torchvision").variants) == set(models.list_models(module=models))


def test_names_of_timm_are_its_models() -> None:
    import timm

    names = set(describe("timm").variants)
    assert {name for name in names if "." not in name} == set(timm.list_models())
    tagged = {name for name in names if "." in name}
    pretrained = set(timm.list_models(pretrained=True))
    assert len(tagged & pretrained) > 0.9 * len(pretrained)
    assert {"regnety_160.deit_in1k", "resnetv2_50x1_bit.goog_in21k"} <= tagged
    assert all(timm.is_model(name) for name in tagged)


def test_a_tag_names_weights_and_not_another_network() -> None:
    with torch.device("meta"):
        plain, tagged = (
            build("timm", name, {}, seed=0) for name in ("resnet10t", "resnet10t.c3_in1k")
        )
    assert plain.state_dict().keys() == tagged.state_dict().keys()


@pytest.mark.parametrize("library", MODEL_LIBRARIES)
def test_names_are_found_without_an_import(library: str) -> None:
    assert "resnet50" in network_names(library)
    code = f"from ablate.models.catalog import describe; describe({library!r}).variants['resnet50']"
    assert not modules_after(code) & {"torch", "torchvision", "timm", "numpy", "pydantic"}


def test_a_library_that_is_not_installed_has_no_networks() -> None:
    assert network_names("no_such_library") == ()


@pytest.mark.parametrize(
    ("library", "name", "message"),
    [
        (
            "torchvision",
            "resnet5O",
            "unknown variant of torchvision 'resnet5O'; did you mean 'resnet50'? (allowed: ",
        ),
        (
            "timm",
            "resnetv2_50x1_bits",
            "unknown variant of timm 'resnetv2_50x1_bits'; did you mean 'resnetv2_50x1_bit'? ",
        ),
    ],
)
def test_an_unknown_network_names_the_nearest(library: str, name: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        network(library, name)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 250


def test_nothing_but_the_start_can_be_toggled() -> None:
    for library in MODEL_LIBRARIES:
        described = describe(library)
        assert set(described.toggles) == {"pretrained"}
        assert described.defaults("resnet50")["network"] == "resnet50"
        with pytest.raises(ValueError, match=rf"^unknown keyword of {library} 'network'"):
            network(library, "resnet18", network="resnet50")
    assert set(ARCHITECTURES).isdisjoint(MODEL_LIBRARIES)


# Networks


@pytest.mark.parametrize(
    ("library", "name", "overrides", "parameters"),
    [
        ("torchvision", "resnet50", {}, 25_557_032),
        ("torchvision", "resnet50", {"num_classes": 10}, 23_528_522),
        ("torchvision", "resnext50_32x4d", {}, 25_028_904),
        ("torchvision", "vit_b_16", {}, 86_567_656),
        ("torchvision", "vit_b_16", {"image_size": 384}, 86_859_496),
        ("timm", "resnetv2_50x1_bit", {}, 25_549_352),
        ("timm", "resnetv2_50x3_bit", {}, 217_319_080),
        ("timm", "resnetv2_50x3_bit", {"num_classes": 10}, 211_235_530),
        ("timm", "resnetv2_152x4_bit", {"image_size": 480}, 936_533_224),
        ("timm", "deit_base_distilled_patch16_224", {}, 87_338_192),
        ("timm", "vit_base_patch16_224", {"image_size": 384}, 86_859_496),
    ],
)
def test_parameters(library: str, name: str, overrides: dict[str, Any], parameters: int) -> None:
    assert count(sketch(library, name, **overrides)) == parameters


@pytest.mark.parametrize(
    ("library", "name", "side"),
    [
        ("torchvision", "resnet18", 32),
        ("torchvision", "googlenet", 32),
        ("torchvision", "inception_v3", 75),
        ("torchvision", "regnet_x_400mf", 32),
        ("torchvision", "vit_b_16", 32),
        ("torchvision", "swin_t", 32),
        ("torchvision", "maxvit_t", 224),
        ("timm", "resnet10t", 32),
        ("timm", "vit_tiny_patch16_224", 48),
        ("timm", "deit_tiny_distilled_patch16_224", 32),
        ("timm", "levit_128s", 224),
        ("timm", "volo_d1_224", 224),
    ],
)
def test_the_answer_is_logits_in_training_and_evaluation(
    library: str, name: str, side: int
) -> None:
    model = sketch(library, name, image_size=side, in_channels=1, num_classes=10)
    for training in (True, False):
        logits = model.train(training)(torch.empty(2, 1, side, side, device="meta"))
        assert logits.shape == (2, 10)


@pytest.mark.parametrize("library", MODEL_LIBRARIES)
def test_gray_images_are_three_equal_channels(library: str) -> None:
    gray = network(library, "resnet18", in_channels=1, num_classes=10).eval()
    color = network(library, "resnet18", num_classes=10).eval()
    with torch.no_grad():
        torch.testing.assert_close(gray(digits()), color(digits().expand(-1, 3, -1, -1)))


def test_other_numbers_of_channels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^in_channels is 2; allowed: 1, repeated to 3, and 3$"):
        network("timm", "resnet18", in_channels=2)


@pytest.mark.parametrize("library", MODEL_LIBRARIES)
def test_values_come_from_the_seed_and_the_global_stream_stays(library: str) -> None:
    before = torch.random.get_rng_state()
    states = [
        LibraryModel(
            library=library,  # type: ignore[arg-type]
            network="resnet18",
            num_classes=10,
            seed=seed,
        ).state_dict()
        for seed in (0, 0, 1)
    ]
    assert torch.equal(torch.random.get_rng_state(), before)
    first, again, other = states
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["network.conv1.weight"], other["network.conv1.weight"])


def test_an_encoder_says_that_it_does_not_judge() -> None:
    model = sketch("timm", "qwen3_vit_88m_enc", image_size=224)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 the whole message is compared
        model(torch.empty(2, 3, 224, 224, device="meta"))
    assert str(caught.value) == (
        "timm's qwen3_vit_88m_enc is not a classifier: its output is batch × 49 × 1024"
    )


@pytest.mark.parametrize(
    ("library", "name", "names"),
    [
        ("torchvision", "vit_b_16", {"class_token", "pos_embedding"}),
        ("torchvision", "swin_t", {"relative_position_bias_table"}),
        ("timm", "deit_tiny_distilled_patch16_224", {"cls_token", "dist_token", "pos_embed"}),
        ("timm", "swinv2_tiny_window8_256", {"logit_scale"}),
    ],
)
def test_tokens_and_tables_are_left_undecayed_and_no_matrix_is(
    library: str, name: str, names: set[str]
) -> None:
    undecayed = sketch(library, name, image_size=256 if "256" in name else 224).no_weight_decay
    assert names <= undecayed
    assert not undecayed & {"weight", "bias"}


@pytest.mark.parametrize(
    ("library", "name", "head"),
    [
        ("torchvision", "resnet18", ("network.fc",)),
        ("torchvision", "vit_b_16", ("network.heads",)),
        ("timm", "deit_tiny_distilled_patch16_224", ("network.head", "network.head_dist")),
    ],
)
def test_every_parameter_belongs_to_one_row(library: str, name: str, head: tuple[str, ...]) -> None:
    model = sketch(library, name)
    rows = model.outline()
    assert (rows[-1].name, rows[-1].holds) == ("head", head)
    held = [held for row in rows for held in row.holds]
    for path, _ in model.named_parameters():
        assert sum(path == one or path.startswith(f"{one}.") for one in held) == 1, path


# Pretrained weights; no test downloads any


def offline(*_: object, **__: object) -> Any:
    raise urllib.error.URLError("Name or service not known")


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", offline)
    monkeypatch.setattr("timm.models._builder.load_state_dict_from_hf", offline)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("library", MODEL_LIBRARIES)
def test_weights_out_of_reach_are_told_in_a_paragraph(library: str) -> None:
    with pytest.raises(AblateError) as caught:
        network(library, "resnet18", pretrained=True)
    assert str(caught.value) == (
        f"the pretrained weights of {library}'s resnet18 cannot be had: {library} was asked for "
        "its default ones and said URLError: <urlopen error Name or service not known>. Ask once "
        f"where they can be downloaded, and they stay in {library}'s cache; name a network that "
        "has weights; or leave `pretrained` false, and it trains from its initial values"
    )


def test_a_network_without_weights_is_told() -> None:
    with pytest.raises(AblateError) as caught:
        network("timm", "resnetv2_50d", pretrained=True)
    assert "RuntimeError: No pretrained weights exist for resnetv2_50d" in str(caught.value)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("library", MODEL_LIBRARIES)
def test_nothing_is_downloaded_where_there_is_nothing_to_fill(library: str) -> None:
    assert count(sketch(library, "resnet18", pretrained=True)) == 11_689_512


def downloaded(library: str, name: str, **overrides: Any) -> dict[str, Tensor]:
    """What a download would bring: a library's weights for 1000 classes."""
    state = network(library, name, **overrides).network.state_dict()
    return {key: torch.full_like(value, 2) for key, value in state.items()}


@pytest.mark.parametrize("library", MODEL_LIBRARIES)
@pytest.mark.parametrize("num_classes", [1000, 10])
def test_pretrained_weights_fill_all_but_a_classifier_of_other_classes(
    monkeypatch: pytest.MonkeyPatch, library: str, num_classes: int
) -> None:
    weights = downloaded(library, "resnet18")
    for place in (
        "torchvision.models._api.load_state_dict_from_url",
        "timm.models._builder.load_state_dict_from_hf",
    ):
        monkeypatch.setattr(place, lambda *_, **__: dict(weights))
    model = network(library, "resnet18", pretrained=True, num_classes=num_classes)
    fresh = network(library, "resnet18", num_classes=num_classes).network.state_dict()
    for key, value in model.network.state_dict().items():
        kept = num_classes == 10 and key.startswith("fc.")
        if kept and library == "torchvision":
            assert torch.equal(value, fresh[key])
        assert bool((value == 2).all()) is not kept, key


def test_pretrained_tables_of_another_image_size_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Small(nn.Module):
        """A network whose table is as long as it was asked to be."""

        def __init__(self, image_size: int = 224) -> None:
            super().__init__()
            self.pos_embedding = nn.Parameter(torch.zeros(1, image_size, 2))

    def get_model(name: str, **keywords: Any) -> nn.Module:
        return Small(keywords.get("image_size", 224))

    monkeypatch.setattr("torchvision.models.get_model", get_model)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 the whole message is compared
        network("torchvision", "vit_b_16", pretrained=True, image_size=160)
    assert str(caught.value) == (
        "torchvision's pretrained vit_b_16 is made for another image size than 160: its "
        "pos_embedding does not fit"
    )


# Studies


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def test_a_study_compares_with_networks_as_they_are(study_file: Path) -> None:
    plan = make_plan(load_study(study_file), seeds=(0,))
    trained = [(trial.architecture, trial.variant, trial.toggles) for trial in plan.trials]
    assert trained == [
        ("vit", "deit-8px", {}),
        ("vit", "deit-8px", {"pos_embed": "none"}),
        ("torchvision", "resnet18", {}),
        ("timm", "resnet10t", {}),
        ("timm", "resnetv2_18", {}),
    ]


def test_a_misspelled_network_is_found_in_the_file(study_file: Path) -> None:
    study_file.write_text(STUDY.replace("variant: resnet18", "variant: resnet1B"), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(study_file)
    (problem,) = caught.value.problems
    assert problem.line == 4
    assert problem.message.startswith(
        "models.resnet.variant: unknown variant 'resnet1B'; did you mean 'resnet18'? (allowed: "
    )


def test_a_misspelled_library_is_found_in_the_file(study_file: Path) -> None:
    study_file.write_text(STUDY.replace("torchvision,", "torchvison,"), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(study_file)
    assert str(caught.value.problems[0].message).startswith(
        "models.resnet.architecture: unknown architecture 'torchvison'; did you mean 'torchvision'?"
    )


def test_the_fingerprint_has_the_code_and_the_library(study_file: Path) -> None:
    plan = make_plan(load_study(study_file), seeds=(0,))
    _, _, resnet, bit, _ = (set(fingerprint(trial)) for trial in plan.trials)
    assert "models/library.py" in resnet & bit
    assert "timm" in bit - resnet
    assert "torchvision" in resnet
    assert not {"models/vit.py", "models/catalog.py"} & (resnet | bit)
    assert code_of("timm") == ("ablate.models.library", "LibraryModel")


def test_planning_imports_neither_library(study_file: Path) -> None:
    code = (
        "from ablate.plan.make import make_plan; from ablate.study.load import load_study; "
        f"make_plan(load_study({str(study_file)!r}))"
    )
    assert not modules_after(code) & {"torch", "torchvision", "timm", "numpy"}


# Official weights


@pytest.mark.parametrize(
    ("name", "library", "parameters"),
    [("resnet50", "torchvision", 23_528_522), ("resnetv2_50x1_bit", "timm", 23_520_842)],
)
def test_official_weights_by_their_own_keys(name: str, library: str, parameters: int) -> None:
    reference = sketch(library, name, num_classes=10).network
    weights = {
        key: values(key, list(value.shape))
        if value.is_floating_point()
        else torch.zeros((), dtype=torch.int64)
        for key, value in reference.state_dict().items()
    }
    model = load(name, weights, 10, 64)
    assert count(model) == parameters
    assert not model.training
    with torch.no_grad():
        logits = model(images(64))
    assert logits.dtype == torch.float64
    assert isinstance(model, LibraryModel)
    assert all(torch.equal(v, weights[k]) for k, v in model.network.state_dict().items())

    weights["extra"] = weights.pop(next(key for key in weights if key.endswith(".weight")))
    with pytest.raises(ValueError, match=rf"^not the weights of {name}: missing .*; unknown extra"):
        load(name, weights, 10, 64)


def test_the_data_sets_are_as_the_networks_take_them() -> None:
    assert {data.in_channels for data in DATA_SETS.values()} <= {1, 3}
