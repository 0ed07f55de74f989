"""Distillation as DeiT writes it: which head learns what from whom, and the teacher left alone."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional
from torchvision.models import VisionTransformer

from ablate.train.classifier import Classifier
from ablate.train.losses import answers, is_two_headed, loss_of
from tests.train.loop import CLASSES, Net, TwoHeads, train, with_fields

HARD = {"distillation": "hard", "distillation_alpha": 0.3}
SOFT = {"distillation": "soft", "distillation_alpha": 0.1, "distillation_tau": 3.0}
LABELS = torch.tensor([0, 1, 2, 1])


@pytest.fixture
def logits():
    torch.manual_seed(0)
    return torch.randn(4, CLASSES), torch.randn(4, CLASSES), torch.randn(4, CLASSES)


def test_without_a_teacher_it_is_the_labels_cross_entropy(logits):
    found = loss_of(logits[:1], LABELS, None, with_fields(label_smoothing=0.1))
    assert torch.equal(found, functional.cross_entropy(logits[0], LABELS, label_smoothing=0.1))


def test_hard_distillation_is_equation_3(logits):
    first, second, taught = logits
    found = loss_of((first, second), LABELS, taught, with_fields(**HARD, label_smoothing=0.1))
    expected = 0.7 * functional.cross_entropy(first, LABELS, label_smoothing=0.1)
    expected = expected + 0.3 * functional.cross_entropy(second, taught.argmax(1))
    torch.testing.assert_close(found, expected)


def test_soft_distillation_is_equation_2(logits):
    first, second, taught = logits
    found = loss_of((first, second), LABELS, taught, with_fields(**SOFT))
    p, q = (taught / 3).softmax(1), (second / 3).softmax(1)
    divergence = (p * (p / q).log()).sum(1).mean()
    expected = 0.9 * functional.cross_entropy(first, LABELS) + 0.1 * 9 * divergence
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("kind", [HARD, SOFT], ids=["hard", "soft"])
def test_a_single_head_learns_from_both(logits, kind):
    one, _, taught = logits
    both = loss_of((one, one), LABELS, taught, with_fields(**kind))
    assert torch.equal(loss_of((one,), LABELS, taught, with_fields(**kind)), both)


def test_a_pupil_that_says_the_same_as_its_teacher_has_nothing_to_learn_from_it(logits):
    one = logits[0].requires_grad_()
    loss = loss_of((one,), LABELS, one.detach(), with_fields(**{**SOFT, "distillation_alpha": 1.0}))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(0, abs=1e-6)
    torch.testing.assert_close(one.grad, torch.zeros(4, CLASSES))


@pytest.mark.parametrize(("part", "still"), [(0.0, "head_dist"), (1.0, "head")])
def test_each_head_learns_from_its_own(part, still):
    recipe = with_fields(distillation="hard", distillation_alpha=part)
    before = TwoHeads().state_dict()
    after = train(recipe, TwoHeads(), Net(seed=5)).model.state_dict()
    moved = {
        name
        for name in ("head", "head_dist")
        if not torch.equal(before[f"{name}.weight"], after[f"{name}.weight"])
    }
    assert moved == {"head", "head_dist"} - {still}


def test_heads_are_trained_apart_only_if_there_is_a_teacher():
    model, images = TwoHeads().eval(), torch.randn(2, 1, 5, 5)
    assert len(answers(model, images, with_fields(**HARD))) == 2
    (mean,) = answers(model, images, with_fields())
    assert torch.equal(mean, model(images))
    assert len(answers(Net(), images, with_fields(**HARD))) == 1


def test_a_layer_called_heads_does_not_make_a_model_two_headed():
    library = VisionTransformer(
        image_size=8, patch_size=4, num_layers=1, num_heads=1, hidden_dim=4, mlp_dim=4
    )
    assert isinstance(library.heads, nn.Module)
    assert not is_two_headed(library)
    assert is_two_headed(TwoHeads())


def test_the_teacher_sees_the_pupils_images_and_is_never_trained():
    teacher, seen = Net(seed=5), []
    teacher.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    run = train(with_fields(**HARD, mixup=0.8, cutmix=1.0), TwoHeads(), teacher)
    assert all(torch.equal(a, b) for a, b in zip(seen, run.model.seen, strict=True))
    assert not teacher.training
    assert all(torch.equal(value, before[name]) for name, value in teacher.state_dict().items())
    assert not any(parameter.requires_grad for parameter in teacher.parameters())


def test_the_teacher_is_no_part_of_what_is_trained_or_saved():
    teacher = Net(seed=5)
    with_teacher = Classifier(Net(), with_fields(**HARD), 0, teacher)
    alone = Classifier(Net(), with_fields(), 0)
    assert with_teacher.state_dict().keys() == alone.state_dict().keys()
    assert teacher not in set(with_teacher.modules())
    assert not {id(p) for p in teacher.parameters()} & {id(p) for p in with_teacher.parameters()}


def test_the_teacher_goes_where_its_pupil_is():
    teacher = Net(seed=5)
    run = Classifier(Net().to("meta"), with_fields(**HARD), 0, teacher).to("meta")
    run.on_fit_start()
    assert {parameter.device.type for parameter in teacher.parameters()} == {"meta"}


@pytest.mark.parametrize(
    ("recipe", "teacher", "message"),
    [
        (HARD, None, "distillation is 'hard', but there is no teacher"),
        ({}, Net(), "distillation is 'none', but there is a teacher"),
    ],
)
def test_a_teacher_and_distillation_need_each_other(recipe, teacher, message):
    with pytest.raises(ValueError, match=message):
        Classifier(Net(), with_fields(**recipe), 0, teacher)
