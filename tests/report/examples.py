"""Synthetic analyses for the tests of the report, from a full study down to the hard cases.

The arithmetic is that of `ablate.stats` and `ablate.analysis.claims`, so that examples cannot
contradict themselves; only the scores are made up, in steps of one image of 360.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

from ablate.analysis.claims import judge
from ablate.analysis.contrasts import with_contrasts
from ablate.analysis.effects import effects, together
from ablate.analysis.findings import CellInterpretation, LayerAttention, NotInterpreted
from ablate.analysis.grids import grids
from ablate.analysis.ladder import with_steps
from ablate.analysis.lost import with_lost
from ablate.analysis.model import (
    Analysis,
    CellResult,
    CurvePoint,
    Missing,
    Provenance,
    RunRow,
    SeedScore,
)
from ablate.analysis.tradeoffs import tradeoffs
from ablate.check.model import Confound
from ablate.interpret.model import Filters, Positions, RolloutImage
from ablate.report.blocks import Report
from ablate.report.build import build_report
from ablate.stats import band, estimate
from ablate.study.metrics import METRICS
from ablate.study.references import cell_name
from ablate.study.schema import Claim, Paper

EPOCHS = 20
IMAGES = 360
PAPER = Paper(
    title="CvT: Introducing Convolutions to Vision Transformers",
    arxiv="2103.15808",
    table="Table 5",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A cell as a test describes it: `None` among the scores is a run without one."""

    model: str
    levels: dict
    changes: dict
    scores: tuple[float | None, ...]
    label: str = ""
    asked: str = "deit-s"
    trained: str = "deit-8px"
    parameters: int | None = 203_530
    macs: int | None = None
    images_per_s: float | None = None
    published: float | None = None
    lost: tuple[str, str | None] | None = ("not run", None)
    """The state and cause of runs without a score; None if they were never planned."""
    train_s: float | None = 13.4
    start: float = 20.0
    confounds: tuple[Confound, ...] = ()


def images(*right: float | None) -> tuple[float | None, ...]:
    """Images right of 360, in per cent."""
    return tuple(None if n is None else 100 * n / IMAGES for n in right)


def analysis_of(wanted, *, claims=(), margin=1.0, metric="top1", design="one_factor", **changes):
    """An analysis of those cells."""
    metric = METRICS[metric]
    cells = with_lost([cell_of(one, metric) for one in wanted], metric)
    cells = with_steps(with_contrasts(cells), design)
    names = tuple(dict.fromkeys(name for one in wanted for name in one.levels))
    facts = {
        "study": "pos_embedding",
        "title": "Position embeddings in DeiT and CvT",
        "question": "Does a vision transformer with convolutions still need position embeddings?",
        "paper": PAPER,
        "setting": "digits",
        "setting_title": "8×8 handwritten digits of scikit-learn, 1,077 / 360 / 360 images",
        "metric": metric,
        "margin": margin,
        "confidence": 0.95,
        "seeds": tuple(range(max((len(one.scores) for one in wanted), default=0))),
        "factors": names,
        "labels": {"pos_embed": "Position embedding"},
        "cells": cells,
        "claims": judge(claims, cells, margin, metric=metric),
        "effects": effects(cells, design, names),
        "sums": together(cells, design),
        "grids": grids(cells, design, names, 0.95),
        "tradeoffs": tuple(tradeoffs(cells, metric)),
        "runs": tuple(run for one in wanted for run in runs_of(one)),
        "provenance": PROVENANCE,
    }
    return Analysis(**facts | changes)


AVERAGE = {"projection": {"[avg,avg,avg]": "average, average, average"}}
PROVENANCE = Provenance(
    command="ablate run pos_embedding --setting digits",
    commits=("4f2a91c",),
    packages=("torch 2.11.0", "torchvision 0.26.0", "lightning 2.6.1", "scikit-learn 1.9.0"),
    pythons=("3.11.7",),
    platforms=("Linux x86_64",),
    devices=("CPU",),
    threads=(1,),
    recipe={
        "epochs": 20,
        "batch_size": 64,
        "lr": 2e-3,
        "warmup_epochs": 2,
        "weight_decay": 0.05,
        "label_smoothing": 0.1,
        "shift": 1,
    },
)


def cell_of(one, metric):
    own = scored(one)
    return CellResult(
        name=cell_name(one.model, one.changes),
        model=one.model,
        model_label=one.label or one.model,
        architecture="vit",
        is_baseline=not one.changes,
        levels=one.levels,
        changes=one.changes,
        confounds=one.confounds,
        asked_variant=one.asked,
        trained_variant=one.trained,
        parameters=one.parameters,
        macs=one.macs,
        speed=timed(one.images_per_s) if one.images_per_s else None,
        estimate=estimate([pair.score for pair in own]),
        scores=own,
        missing=tuple(
            Missing(seed=seed, state=one.lost[0], cause=one.lost[1])
            for seed, score in enumerate(one.scores)
            if score is None and one.lost
        ),
        contrast=None,
        published=one.published,
        train_s=one.train_s if own else None,
        curve=curve_of(one, metric),
    )


def timed(images_per_s):
    """Three timings of a network."""
    return estimate([share * images_per_s for share in (0.99, 1.0, 1.01)])


def scored(one):
    return tuple(
        SeedScore(seed=seed, score=score)
        for seed, score in enumerate(one.scores)
        if score is not None
    )


def curve_of(one, metric):
    """Made-up learning curves that end near the scores; the seeds differ most at the start."""
    if not any(score is not None for score in one.scores) or metric.unit != "%":
        return ()
    lines = [
        [
            score
            - (score - one.start) * math.exp(-epoch / (3 + 0.3 * seed))
            + 0.4 * math.sin(2.3 * epoch + seed)
            for epoch in range(EPOCHS)
        ]
        for seed, score in enumerate(one.scores)
        if score is not None
    ]
    return tuple(
        CurvePoint(epoch=epoch, estimate=values) for epoch, values in enumerate(band(lines), 1)
    )


def runs_of(one):
    for seed, score in enumerate(one.scores):
        done = score is not None
        state, cause = ("finished", None) if done or not one.lost else one.lost
        name = cell_name(one.model, one.changes)
        yield RunRow(
            cell=name,
            seed=seed,
            signature=f"v1-{abs(hash_of(name, seed)):016x}",
            state=state,
            score=score,
            best_epoch=EPOCHS - seed if done else None,
            train_s=None if one.train_s is None or not done else one.train_s + seed / 10,
            cause=cause,
            stale=(),
        )


def hash_of(name, seed):
    """The same in every process, unlike `hash`."""
    value = seed + 1
    for character in name:
        value = (value * 1_000_003 + ord(character)) % 2**64
    return value


def deit(level, scores, **changes):
    facts = {
        "model": "deit_s",
        "label": "DeiT-S",
        "levels": {"pos_embed": level},
        "changes": {} if level == "learned" else {"pos_embed": level},
        "scores": scores,
        "start": 24.0 if level == "learned" else 18.0,
    }
    return Wanted(**facts | changes)


def cvt(level, scores, **changes):
    facts = {
        "model": "cvt_13",
        "label": "CvT-13",
        "levels": {"pos_embed": level},
        "changes": {} if level == "none" else {"pos_embed": level},
        "scores": scores,
        "asked": "cvt-13",
        "trained": "cvt-8px",
        "parameters": 187_402,
        "train_s": 17.2,
        "start": {"none": 38.0, "every_stage": 33.0, "first_stage": 35.0}.get(level, 40.0),
    }
    return Wanted(**facts | changes)


CELLS = (
    deit("learned", images(352, 354, 351, 353, 352), published=79.8),
    deit("none", images(280, 286, 275, 283, 279), published=78.0, parameters=202_442),
    cvt("none", images(355, 354, 356, 355, 353), published=81.6),
    cvt("every_stage", images(355, 355, 355, 356, 354), published=81.5, parameters=190_474),
    cvt("first_stage", images(354, 355, 354, 355, 353), published=81.4, parameters=189_450),
    cvt("last_stage", images(356, 353, 356, 355, 354), published=81.4, parameters=188_426),
)
LOSES = Claim(
    says="DeiT-S loses accuracy without its position embedding",
    contrast="deit_s[pos_embed=none]",
    expect="lower",
)
GAINS = Claim(
    says="CvT-13 gains nothing from a position embedding in every stage",
    contrast="cvt_13[pos_embed=every_stage]",
    expect="not_higher",
)


@cache
def full():
    """CvT's Table 5 on digits: all there, both claims supported."""
    return analysis_of(CELLS, claims=(LOSES, GAINS))


@cache
def holes():
    """Runs that diverged, failed, are stale or never ran; two environments."""
    nan = ("diverged", "the loss is NaN in epoch 3")
    gone = ("failed", "FileNotFoundError: no such file: '/home/someone/data/digits.npz'")
    wanted = (
        CELLS[0],
        deit("none", images(280, None, 275, None, 279), lost=nan, published=78.0),
        CELLS[2],
        cvt("every_stage", images(355, None, None, None, None), lost=gone, published=81.5),
        cvt("first_stage", images(None, None, None, None, None)),
        cvt("last_stage", images(356, 353, 356, 355, None), lost=("killed", "signal 9")),
    )
    found = analysis_of(wanted, claims=(LOSES, GAINS))
    runs = (
        found.runs[0],
        replace(found.runs[1], stale=("models/vit.py", "torch")),
        *found.runs[2:],
    )
    where = replace(
        PROVENANCE,
        commits=("4f2a91c", "9be0d11+changes"),
        packages=("torch 2.11.0", "torch 2.12.0", "lightning 2.6.1"),
        devices=("CPU", "NVIDIA H200"),
    )
    return replace(found, runs=runs, provenance=where)


@cache
def empty():
    """Nothing has run."""
    none = images(None, None, None)
    wanted = (deit("learned", none), deit("none", none))
    return analysis_of(wanted, claims=(LOSES,))


@cache
def one_seed():
    wanted = (deit("learned", images(352)), deit("none", images(280)))
    return analysis_of(wanted, claims=(LOSES,))


@cache
def same_scores():
    """The switch switches nothing: every difference is 0."""
    scores = images(352, 350, 351)
    return analysis_of((deit("learned", scores), deit("none", scores)), claims=(LOSES,))


@cache
def undecided():
    wanted = (deit("learned", images(352, 350, 351)), deit("none", images(351, 352, 346)))
    found = analysis_of(wanted, claims=(LOSES,))
    return replace(found, claims=(replace(found.claims[0], detectable=2.2, seeds_needed=17),))


@cache
def plain():
    """A single model at the size that was asked for, no claims, no paper, no margin."""
    size = {"asked": "deit-s", "trained": "deit-s", "parameters": 22_050_664, "train_s": 40_000.0}
    wanted = (
        deit("learned", (79.7, 79.9, 79.8), **size),
        deit("none", (78.0, 77.9, 78.3), **size),
        deit("sincos_2d", (79.8, 79.6, 79.9), **size),
    )
    return analysis_of(
        wanted, margin=None, paper=None, question=None, labels={"pos_embed": "Position embedding"}
    )


@cache
def single():
    """One cell, nothing to compare."""
    return analysis_of((deit("learned", images(352, 350, 351)),), margin=None, paper=None)


@cache
def factors():
    """Several factors in two models that do not share them all, with levels of every kind."""

    def cell(model, levels, changes, *scores, **more):
        levels = levels | changes
        return Wanted(model=model, levels=levels, changes=changes, scores=scores, **more)

    heads = Confound(what="tokens", before="17, 17", after="16, 16")
    narrow = (
        Confound(what="parameters", before=203_530, after=137_000),
        Confound(what="macs", before=3_500_000, after=3_501_000),
        Confound(what="zeros", before=12, after=0),
        Confound(what="distinct_images", before=1.0, after=0.5),
        Confound(what="initial_values", before=40, after=3, names=("head.weight",)),
    )
    vit = {"pos_embed": "learned", "use_cls_token": True, "mlp_ratio": 4.0, "recipe.lr": 1e-3}
    cvt = {"pos_embed": "none", "projection": ("conv", "conv", "linear")}
    wanted = (
        cell("vit", vit, {}, 97.2, 97.5, 97.8, label="ViT"),
        cell("vit", vit, {"pos_embed": "none"}, 80.0, 78.2, 76.9, label="ViT"),
        cell(
            "vit", vit, {"use_cls_token": False}, 97.5, 97.2, 98.1, label="ViT", confounds=(heads,)
        ),
        cell(
            "vit",
            vit,
            {"mlp_ratio": 2.0, "recipe.lr": 5e-4},
            96.1,
            96.4,
            96.1,
            label="ViT",
            confounds=narrow,
        ),
        cell("cvt", cvt, {}, 98.3, 98.6, 98.3, label="CvT", asked="cvt-13", trained="cvt-8px"),
        cell(
            "cvt",
            cvt,
            {"projection": ("avg", "avg", "avg")},
            97.5,
            98.1,
            97.2,
            label="CvT",
            asked="cvt-13",
            trained="cvt-8px",
        ),
    )
    return analysis_of(wanted, labels={}, level_labels=AVERAGE, title="Four factors at once")


@cache
def losses():
    """A metric that is no percentage and is better when lower."""
    wanted = (
        deit("learned", (0.1123, 0.1201, 0.1187)),
        deit("none", (0.6812, 0.7011, 0.6657)),
    )
    claim = LOSES.model_copy(update={"says": "Without it the loss rises", "expect": "higher"})
    return analysis_of(wanted, claims=(claim,), margin=0.02, metric="loss")


def tile(side, value):
    """A small picture of some function of row and column."""
    return tuple(tuple(value(row, column) for column in range(side)) for row in range(side))


def inside(cell, *, deepest, positions=(), rollouts=(), filters=None):
    """A cell whose heads look farther the deeper they are."""
    spread = (-0.5, 0.0, 0.5)
    layers = tuple(
        LayerAttention(distances=tuple(mean + d for d in spread), mean=mean, uniform=4.0)
        for mean in (2.0 + depth / 2 for depth in range(deepest))
    )
    return CellInterpretation(
        cell=cell,
        seeds=(0, 1, 2),
        images=128,
        image_size=8,
        layers=layers,
        positions=positions,
        rollouts=rollouts,
        filters=filters,
    )


@cache
def seen():
    """Networks that were looked into: a table on a coarse grid and one on a fine grid, filters."""
    like = lambda at: lambda row, column: math.cos(row - at // 2) * math.cos(column - at % 2)  # noqa: E731
    coarse = Positions(part="patches", side=2, tiles=tuple(tile(2, like(at)) for at in range(4)))
    fine = Positions(part="stage 1", side=8, tiles=tuple(tile(8, like(at)) for at in range(16)))
    last = Positions(part="stage 2", side=2, tiles=coarse.tiles)
    look = RolloutImage(
        image=tile(8, lambda row, column: row * column / 49),
        rollout=tile(2, lambda row, column: (1 + row + column) / 8),
    )
    edge = tile(2, lambda row, column: column - 0.5)
    few = Filters(tiles=(edge, edge), count=2, share=None)
    many = Filters(tiles=(edge,) * 4, count=64, share=0.963)
    return replace(
        full(),
        interpretations=(
            inside("deit_s", deepest=4, positions=(coarse,), rollouts=(look,) * 4, filters=many),
            inside("deit_s[pos_embed=none]", deepest=4, rollouts=(look,) * 4, filters=many),
            inside("cvt_13", deepest=3, filters=few),
            inside("cvt_13[pos_embed=every_stage]", deepest=3, positions=(fine, last), filters=few),
        ),
        not_interpreted=(NotInterpreted(cause="the checkpoint cannot be read", count=2),),
    )


@cache
def ladder():
    """From a plain transformer to a better one, step by step, as papers show their roadmap."""
    base = {"stem": "patch", "pos_embed": "learned", "use_cls_token": True, "norm": "post_layer"}
    steps: tuple[Any, ...] = (
        ({}, (334, 331, 337, 330, 335), 79.8),
        ({"stem": "conv"}, (345, 343, 347, 342, 345), 81.0),
        ({"norm": "pre_layer"}, (344, 344, 345, 341, 347), 81.1),
        ({"use_cls_token": False}, (340, 341, None, 338, 342), None),
        ({"pos_embed": "none"}, (352, 351, 353, 352, 350), 81.9),
    )
    wanted, changes = [], dict[str, Any]()
    for step, scores, published in steps:
        changes = changes | step
        wanted.append(
            Wanted(
                model="vit",
                label="ViT",
                levels=base | changes,
                changes=changes,
                scores=images(*scores),
                published=published,
                lost=("diverged", None),
            )
        )
    return analysis_of(wanted, design="cumulative", title="A better transformer, step by step")


def crossing(model, label, levels, asked, trained, *, clash, factors, shift=0):
    """Every combination of two levels per factor; the first two factors clash."""
    for chosen in product(*levels.values()):
        own = dict(zip(levels, chosen, strict=True))
        changes = {name: level for name, level in own.items() if level != levels[name][0]}
        right = 350 + shift - sum(factors[name] for name in changes)
        right += clash * (len(set(list(levels)[:2]) & set(changes)) == 2)
        number = hash_of(cell_name(model, changes), 0)
        luck = (number % 5 - 2, number // 5 % 4, number // 20 % 3 - 1, number // 60 % 6 - 3)
        yield Wanted(
            model=model,
            label=label,
            levels=own,
            changes=changes,
            scores=images(*(right + one for one in luck)),
            asked=asked,
            trained=trained,
        )


@cache
def factorial():
    """Two factors of two and three levels in two models; in one they replace each other."""
    levels = {"token_embed": ("conv", "patch"), "pos_embed": ("none", "every_stage")}
    drops = {"token_embed": 20, "pos_embed": 0}
    wanted = (
        *crossing("cvt_13", "CvT-13", levels, "cvt-13", "cvt-8px", clash=14, factors=drops),
        *crossing("deit_s", "DeiT-S", levels, "deit-s", "deit-8px", clash=0, factors=drops),
    )
    labels = {"token_embed": "Token embedding", "pos_embed": "Position embedding"}
    return analysis_of(wanted, design="full_factorial", labels=labels, title="Two factors")


@cache
def factorial_of_three():
    """Three toggles, of which two clash."""
    levels = {"use_stem": (True, False), "pos_embed": ("learned", "none"), "mixup": (0.2, 0.0)}
    drops = {"use_stem": 30, "pos_embed": 12, "mixup": 2}
    wanted = crossing("vit", "ViT", levels, "deit-s", "deit-8px", clash=16, factors=drops)
    return analysis_of(
        tuple(wanted),
        design="full_factorial",
        labels={"use_stem": "Stem", "pos_embed": "Positions"},
        title="Three toggles at once",
    )


@cache
def costs():
    """Two models whose cells differ in all that they cost."""

    def priced(cell, m, macs, speed, time):
        return replace(cell, parameters=m, macs=macs, images_per_s=speed, train_s=time)

    wanted = (
        priced(CELLS[0], 203_530, 3_480_000, 5_410.0, 13.4),
        priced(CELLS[1], 202_442, 3_470_000, 5_530.0, 13.1),
        priced(CELLS[2], 187_402, 4_570_000, 3_120.0, 17.2),
        priced(CELLS[3], 190_474, 4_590_000, 3_050.0, 17.9),
        priced(CELLS[4], 389_450, 9_120_000, 1_690.0, 33.4),
        priced(CELLS[5], 88_426, 2_260_000, 6_020.0, 9.6),
    )
    return analysis_of(wanted, claims=(LOSES, GAINS))


@cache
def large():
    """The same at a paper's size: gigas and hours, more cells than have names."""
    wanted = tuple(
        Wanted(
            model="pvt",
            label="PVT",
            levels={"depth": depth},
            changes={"depth": depth} if depth != 12 else {},
            scores=(70 + 0.9 * depth - 0.02 * depth**2, 70.4 + 0.9 * depth - 0.021 * depth**2),
            asked="pvt-small",
            trained="pvt-small",
            parameters=2_100_000 * depth,
            macs=310_000_000 * depth,
            images_per_s=9_000.0 / depth,
            train_s=4_100.0 * depth,
        )
        for depth in range(12, 40, 2)
    )
    return analysis_of(wanted, margin=None, title="Depth")


NASTY = "<script>alert(1)</script>|*a*_b_`c`[d](javascript:x)$e^2$ & \"q\" 'r' \x1b[31m\u202e\n# h"


@cache
def hostile():
    """Text that would break every format, wherever a study may put text."""
    wanted = (
        deit("learned", images(352, 354, None), label=NASTY, lost=("failed", NASTY)),
        deit(NASTY, images(280, 286, 275), label=NASTY, trained=NASTY),
    )
    claim = Claim(says=NASTY, contrast=cell_name("deit_s", {"pos_embed": NASTY}), expect="lower")
    found = analysis_of(wanted)
    cells = found.cells
    return replace(
        found,
        title="=1+1 " + NASTY,
        question=NASTY,
        paper=Paper(title=NASTY, arxiv='"><script>', table=NASTY),
        setting_title=NASTY,
        labels={"pos_embed": "=cmd|' /C calc'!A0" + NASTY},
        level_labels={"pos_embed": {"learned": NASTY}},
        claims=judge((claim,), cells, 1.0, metric=found.metric),
        provenance=replace(PROVENANCE, command=NASTY, commits=(NASTY,), recipe={NASTY: 1.0}),
    )


ALL = {
    make.__name__: make
    for make in (
        full,
        holes,
        empty,
        one_seed,
        same_scores,
        undecided,
        plain,
        single,
        factors,
        losses,
        seen,
        ladder,
        factorial,
        factorial_of_three,
        costs,
        large,
        hostile,
    )
}


@cache
def report(name: str) -> Report:
    """The report on an example, whose figures are drawn once for all tests of formats."""
    return build_report(ALL[name]())
