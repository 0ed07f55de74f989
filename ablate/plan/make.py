"""From a study to its plan: cells × seeds → trials. Pure; nothing is run and torch stays out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ablate.data.catalog import DATA_SETS
from ablate.errors import Mistake, PlanError, hint
from ablate.models.catalog import COMPARISONS, describe
from ablate.plan.idle import without_idle
from ablate.plan.teachers import settled, teacher_of
from ablate.plan.trial import Trial, make_trial
from ablate.settings import load_setting, overridden
from ablate.study.cells import Cell, all_cells, cells_of, scheme_of
from ablate.study.defaults import DATA, RECIPE, VARIANT
from ablate.study.schema import Adaptive, Images, Levels, Model, Override, Recipe, Setting, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The trials of a study at a setting: teachers, all cells with the first seed, the next, ….

    Other trials wait for a teacher. It is a trial of no cell, or else one of a cell's own.
    """

    study: Study
    setting_name: str
    setting: Setting
    seeds: tuple[int, ...]
    margin: float | None
    cells: tuple[Cell, ...]
    trials: tuple[Trial, ...]
    adaptive: Adaptive | None = None
    """With which rule seeds are added (`extended`); None where all cells have the same."""

    @property
    def name(self) -> str:
        return f"{self.study.name}/{self.setting_name}"

    @property
    def teachers(self) -> tuple[Trial, ...]:
        """The trials that train what others learn from."""
        taught_by = {trial.teacher for trial in self.trials}
        return tuple(trial for trial in self.trials if trial.signature in taught_by)

    @property
    def extra(self) -> tuple[Trial, ...]:
        """Those of the teachers that are of no cell."""
        cells = {cell.name for cell in self.cells}
        return tuple(trial for trial in self.trials if trial.cell not in cells)

    def of_cell(self, cell: Cell) -> tuple[Trial, ...]:
        """The trials of one cell, in the order of the seeds."""
        name = cell.name
        return tuple(trial for trial in self.trials if trial.cell == name)


def make_plan(
    study: Study, setting: str | None = None, seeds: tuple[int, ...] | None = None
) -> Plan:
    """Plan `study` at `setting` (its own when None) with `seeds` (its own when None).

    With adaptive seeds the plan begins with the fewest; `extended` adds to it.

    Raises `UnknownNameError` for the setting, and `PlanError` if it has no size for a variant or
    makes two cells the same.
    """
    name = setting or study.setting
    override = study.settings.get(name, Override())
    scale = overridden(load_setting(name), override)
    chosen = study.seed_list if seeds is None else seeds
    cells = all_cells(study)
    check_variants(study, name, scale)
    trials = tuple(_trials(study, name, scale, cells, chosen))
    _check_distinct(cells, trials)
    return Plan(
        study=study,
        setting_name=name,
        setting=scale,
        seeds=chosen,
        margin=override.margin or study.margin,
        cells=cells,
        trials=(*_teachers(study, name, scale, trials), *trials),
        adaptive=study.seeds if seeds is None and isinstance(study.seeds, Adaptive) else None,
    )


def extended(plan: Plan, counts: Mapping[str, int]) -> Plan:
    """The plan with so many seeds, from 0 upward, for each cell."""
    seeds = tuple(range(max(counts.values())))
    trials = (
        trial_of(plan, cell, seed)
        for seed in seeds
        for cell in plan.cells
        if seed < counts[cell.name]
    )
    return replace(plan, seeds=seeds, trials=(*plan.extra, *trials))


def check_variants(study: Study, name: str, setting: Setting) -> None:
    """Refuse variants that the setting has no size for. Raises `PlanError`.

    A library's network is trained as it is, unless the setting names another.
    """
    known = {*setting.variants, *setting.variants.values()}
    missing: list[Mistake] = [
        (
            ("models", key, "variant"),
            f"setting {name!r} has no size for {hint(variant, setting.variants)}; "
            f"say which to train under settings.{name}.variants",
        )
        for key, model in study.models.items()
        if model.architecture not in COMPARISONS and model.model is None
        for variant in dict.fromkeys(
            asked_variant(cell, model) for cell in cells_of(key, model, scheme_of(study))
        )
        if variant not in known
    ]
    if missing:
        raise PlanError(f"study {study.name!r} cannot be run at {name!r}:", missing)


def asked_variant(cell: Cell, model: Model) -> str:
    """The variant that the study names for a cell."""
    return str(cell.levels.get(VARIANT, model.variant))


def _check_distinct(cells: tuple[Cell, ...], trials: tuple[Trial, ...]) -> None:
    """Two cells that ask for the same run would count its scores twice. Raises `PlanError`."""
    first: dict[str, Cell] = {}
    same: dict[tuple[str | int, ...], Mistake] = {}
    for cell, trial in zip(cells, trials, strict=False):  # those of the first seed
        other = first.setdefault(trial.signature, cell)
        if other is not cell:
            again = f"{cell.name} is {other.name} again: the same model with the same recipe"
            # One level of a factorial may make many; what is to be put right is the level.
            same.setdefault(cell.place, (cell.place, f"{again}; leave one of them out"))
    if same:
        head = f"study {trials[0].study!r} has cells twice at {trials[0].setting!r}:"
        raise PlanError(head, list(same.values()))


def trial_of(plan: Plan, cell: Cell, seed: int) -> Trial:
    """The trial of a cell that need not be one of the plan's. Raises `AblateError`."""
    return _trial(plan.study, plan.setting_name, plan.setting, cell, seed)


def _trials(
    study: Study, name: str, setting: Setting, cells: tuple[Cell, ...], seeds: tuple[int, ...]
) -> Iterator[Trial]:
    for seed in seeds:
        for cell in cells:
            yield _trial(study, name, setting, cell, seed)


def _trial(study: Study, name: str, setting: Setting, cell: Cell, seed: int) -> Trial:
    model = study.models[cell.model]
    asked = asked_variant(cell, model)
    variant = setting.variants.get(asked, asked)
    defaults = describe(model.architecture).defaults(variant)
    toggles, recipe, images = _split(cell.levels, setting)
    recipe = settled(without_idle(recipe), setting)
    teacher = teacher_of(study, name, setting, recipe, images)
    return make_trial(
        study=study.name,
        setting=name,
        cell=cell.name,
        seed=seed,
        architecture=model.architecture,
        variant=variant,
        toggles={
            k: v
            for k, v in sorted(toggles.items())
            if k not in defaults or not _equal(v, defaults[k])
        },
        recipe=recipe,
        data=setting.data,
        images=images,
        metric=study.metric,
        teacher=teacher.signature if teacher else "",
    )


def _teachers(study: Study, name: str, setting: Setting, trials: Iterable[Trial]) -> list[Trial]:
    """Each teacher that some of the trials wait for, once, if it is none of them."""
    trials = tuple(trials)
    found = (teacher_of(study, name, setting, one.recipe, one.images) for one in trials)
    needed = {teacher.signature: teacher for teacher in found if teacher}
    own = {trial.signature for trial in trials}
    return [teacher for signature, teacher in needed.items() if signature not in own]


def _split(levels: Levels, setting: Setting) -> tuple[Levels, Recipe, Images]:
    """The levels of the model; the recipe and the images with the levels that were theirs."""
    recipe = {k.removeprefix(RECIPE): v for k, v in levels.items() if k.startswith(RECIPE)}
    data = {k.removeprefix(DATA): v for k, v in levels.items() if k.startswith(DATA)}
    if data.get("image_size") == DATA_SETS[setting.data].image_size:
        del data["image_size"]
    toggles = {k: v for k, v in levels.items() if not k.startswith((RECIPE, DATA)) and k != VARIANT}
    changed = Recipe.model_validate({**setting.recipe.model_dump(), **recipe})
    return toggles, changed, Images.model_validate(data)


def _equal(level: object, default: object) -> bool:
    """Equal as toggles: 4 is 4.0, but True is not 1 as it is in Python."""
    return isinstance(level, bool) is isinstance(default, bool) and level == default
