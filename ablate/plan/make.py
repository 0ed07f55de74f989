"""From a study to its plan: cells × seeds → trials. Pure; nothing is run and torch stays out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ablate.data.catalog import DATA_SETS, Images
from ablate.errors import Problem, StudyError, hint
from ablate.models.catalog import MODEL_LIBRARIES, describe
from ablate.plan.teachers import teacher_of, with_teacher
from ablate.plan.trial import Trial
from ablate.recipes import completed
from ablate.recipes.schema import Recipe
from ablate.settings import load_setting, overridden
from ablate.settings.schema import Override, Setting
from ablate.study.cells import Cell
from ablate.study.designs import DATA, RECIPE, VARIANT
from ablate.study.schema import Adaptive, Levels, Model, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The trials of a study at a setting: teachers, all cells with the first seed, the next, ….

    Other trials wait for a teacher. It is a trial of no cell, or else one of a cell's own.
    """

    study: Study
    setting: Setting
    seeds: tuple[int, ...]
    margin: float | None
    cells: tuple[Cell, ...]
    trials: tuple[Trial, ...]
    adaptive: Adaptive | None = None
    """The rule by which seeds are added (`extended`); None if all cells have the same."""

    @property
    def setting_name(self) -> str:
        return self.setting.name

    @property
    def name(self) -> str:
        return f"{self.study.name}/{self.setting.name}"

    @property
    def teachers(self) -> tuple[Trial, ...]:
        """The trials that train the teachers of others."""
        taught_by = {trial.teacher for trial in self.trials}
        return tuple(trial for trial in self.trials if trial.signature in taught_by)

    @property
    def extra(self) -> tuple[Trial, ...]:
        """The teachers that are not a cell's own trial."""
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

    Raises `UnknownNameError` for the setting, and `StudyError` if it has no size for a variant or
    makes two cells the same.
    """
    name = setting or study.setting
    override = study.settings.get(name, Override())
    scale = overridden(load_setting(name), override)
    chosen = study.seed_list if seeds is None else seeds
    cells = study.cells
    check_variants(study, scale)
    first = [_trial(study, scale, cell, chosen[0]) for cell in cells]
    _check_distinct(study, first)
    trials = tuple(trial.with_seed(seed) for seed in chosen for trial in first)
    return Plan(
        study=study,
        setting=scale,
        seeds=chosen,
        margin=override.margin or study.margin,
        cells=cells,
        trials=(*_teachers(study, scale, trials), *trials),
        adaptive=study.seeds if seeds is None and isinstance(study.seeds, Adaptive) else None,
    )


def extended(plan: Plan, counts: Mapping[str, int]) -> Plan:
    """The plan with `counts` seeds for each cell, from 0 upward."""
    seeds = tuple(range(max(counts.values())))
    cells = [(cell.name, plan.of_cell(cell)[0]) for cell in plan.cells]
    trials = (
        trial.with_seed(seed) for seed in seeds for name, trial in cells if seed < counts[name]
    )
    return replace(plan, seeds=seeds, trials=(*plan.extra, *trials))


def check_variants(study: Study, setting: Setting) -> None:
    """Refuse variants that the setting has no size for. Raises `StudyError`.

    A library's network is trained as it is, unless the setting replaces it.
    """
    known = {*setting.variants, *setting.variants.values()}
    asked = dict.fromkeys(
        (cell.model, asked_variant(cell, study.models[cell.model])) for cell in study.cells
    )
    missing = [
        study.source.problem(
            ("models", key, "variant"),
            f"setting {setting.name!r} has no size for {hint(variant, setting.variants)}; "
            f"say which to train under settings.{setting.name}.variants",
        )
        for key, variant in asked
        if variant not in known and not _needs_no_size(study.models[key])
    ]
    if missing:
        raise StudyError(missing)


def _needs_no_size(model: Model) -> bool:
    """Whether the network is a library's or a user's, which is trained as it is."""
    return model.architecture in MODEL_LIBRARIES or model.model is not None


def asked_variant(cell: Cell, model: Model) -> str:
    """The variant that the study names for a cell."""
    return str(cell.levels.get(VARIANT, model.variant))


def _check_distinct(study: Study, trials: Iterable[Trial]) -> None:
    """Refuse two cells that ask for the same run: its scores would count twice.

    `trials` has one of each cell. Raises `StudyError`.
    """
    first: dict[str, Cell] = {}
    same: dict[tuple[str | int, ...], Problem] = {}
    for cell, trial in zip(study.cells, trials, strict=True):
        other = first.setdefault(trial.signature, cell)
        if other is not cell:
            again = f"{cell.name} is {other.name} again: the same model with the same recipe"
            # One level of a factorial may make many such cells; the level is the mistake.
            problem = study.source.problem(cell.place, f"{again}; leave one of them out")
            same.setdefault(cell.place, problem)
    if same:
        raise StudyError(same.values())


def trial_of(plan: Plan, cell: Cell, seed: int) -> Trial:
    """The trial of a cell, which need not be one of the plan's. Raises `AblateError`."""
    return _trial(plan.study, plan.setting, cell, seed)


def _trial(study: Study, setting: Setting, cell: Cell, seed: int) -> Trial:
    model = study.models[cell.model]
    asked = asked_variant(cell, model)
    variant = setting.variants.get(asked, asked)
    toggles, recipe, images = _split(cell.levels, setting)
    teacher = teacher_of(study, setting, recipe, images)
    return Trial(
        study=study.name,
        setting=setting.name,
        cell=cell.name,
        seed=seed,
        architecture=model.architecture,
        variant=variant,
        toggles=_without_defaults(toggles, describe(model.architecture).defaults(variant)),
        recipe=recipe,
        data=setting.data,
        images=images,
        metric=study.metric,
        teacher=teacher.signature if teacher else "",
    )


def _teachers(study: Study, setting: Setting, trials: Sequence[Trial]) -> list[Trial]:
    """The teachers that trials wait for, each once, except those among the trials."""
    found = (teacher_of(study, setting, one.recipe, one.images) for one in trials)
    needed = {teacher.signature: teacher for teacher in found if teacher}
    own = {trial.signature for trial in trials}
    return [teacher for signature, teacher in needed.items() if signature not in own]


def _split(levels: Levels, setting: Setting) -> tuple[Levels, Recipe, Images]:
    """The levels of the model, the cell's recipe, and what is done to its images."""
    recipe = {k.removeprefix(RECIPE): v for k, v in levels.items() if k.startswith(RECIPE)}
    data = {k.removeprefix(DATA): v for k, v in levels.items() if k.startswith(DATA)}
    if data.get("image_size") == DATA_SETS[setting.data].image_size:
        del data["image_size"]
    toggles = {k: v for k, v in levels.items() if not k.startswith((RECIPE, DATA)) and k != VARIANT}
    changed = completed(recipe, setting.recipe).without_idle()
    return toggles, with_teacher(changed, setting), Images.model_validate(data)


def _without_defaults(toggles: Levels, defaults: Mapping[str, object]) -> Levels:
    """The toggles, sorted, that are not at their default: 4 is 4.0, but True is not 1."""
    return {
        name: level
        for name, level in sorted(toggles.items())
        if name not in defaults
        or isinstance(level, bool) is not isinstance(defaults[name], bool)
        or level != defaults[name]
    }
