"""What `ablate list`, `plan` and `status` say, as text. Nothing heavy is imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ablate.plan.make import Plan
from ablate.plan.trial import Trial
from ablate.recipes import load_recipe, recipe_names
from ablate.settings import load_setting, setting_names
from ablate.store.store import Run, Store
from ablate.study.designs import level_text
from ablate.study.schema import Level


def studies_text() -> str:
    """The studies in ./studies with what is wrong in them, then the settings and the recipes."""
    from ablate.errors import StudyError
    from ablate.study.load import STUDIES, find_study, load_study, study_names

    rows = []
    for name in study_names():
        try:
            study = load_study(find_study(name))
        except StudyError as error:
            rows.append((name, f"! {len(error.problems)} mistakes: {error.problems[0]}"))
        else:
            source = f" ({study.paper.table})" if study.paper and study.paper.table else ""
            rows.append((name, f"{study.title}{source}"))
    settings = [(name, load_setting(name).title) for name in setting_names()]
    recipes = [(name, load_recipe(name).title) for name in recipe_names()]
    nothing = [(f"(none in ./{STUDIES})", "")]
    parts = {"studies": rows or nothing, "settings": settings, "recipes": recipes}
    return "\n\n".join("\n".join([part, *table(names)]) for part, names in parts.items())


def plan_text(plan: Plan, store: Store) -> str:
    """Cells with what is trained for them, then what is finished of it."""
    runs = store.runs(plan)
    rows = [("cell", "model", "differs from the variant in", *(f"s{s}" for s in plan.seeds))]
    rows += [_cell_row(plan.of_cell(cell), runs) for cell in plan.cells]
    rows += [_teacher_row(teacher, plan, runs) for teacher in plan.extra]
    recipe = plan.setting.recipe.model_dump(exclude_defaults=True)
    done = sum(run.finished for run in runs.values())
    return "\n".join(
        [
            f"{plan.name}: {plan.study.title}",
            f"setting  {plan.setting.title}",
            f"recipe   {', '.join(f'{name} {chosen(value)}' for name, value in recipe.items())}",
            "",
            *table(rows),
            "",
            f"{_sum(plan)}, {done} finished",
            f"a trial, such as {plan.trials[-1].name}, shows its signature; ✓ finished, ~ stale",
        ]
    )


def chosen(value: Level) -> str:
    """A part of a recipe as somebody chose it: `20`, `0.002`, `cosine`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:g}" if is_number else level_text(value)


def _sum(plan: Plan) -> str:
    teachers = f" + {len(plan.extra)} teacher" if plan.extra else ""
    teachers += "s" if len(plan.extra) > 1 else ""
    return (
        f"{len(plan.cells)} cells × {len(plan.seeds)} seeds{teachers} = {len(plan.trials)} trials"
    )


def _teacher_row(teacher: Trial, plan: Plan, runs: dict[str, Run]) -> tuple[str, ...]:
    row = _cell_row((teacher,), runs)
    return (*row, *("" for _ in plan.seeds[1:]))


def _cell_row(trials: Sequence[Trial], runs: dict[str, Run]) -> tuple[str, ...]:
    first = trials[0]
    changes = ", ".join(f"{name}={level_text(level)}" for name, level in first.toggles.items())
    marks = (_mark(runs.get(trial.signature)) + trial.signature[:10] for trial in trials)
    return (first.cell, f"{first.architecture} {first.variant}", changes or "–", *marks)


def _mark(run: Run | None) -> str:
    if run is None or not run.finished:
        return " "
    return "~" if run.stale else "✓"


def status_text(plan: Plan, store: Store) -> tuple[str, bool]:
    """The state of every trial, and whether all are finished."""
    runs = store.runs(plan)
    states = {
        trial.name: state_of(trial, runs.get(trial.signature), store) for trial in plan.trials
    }
    counts = Counter(state for state, _ in states.values())
    summary = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    rows = [(name, state, detail) for name, (state, detail) in states.items()]
    complete = counts["finished"] + counts["finished, stale"] == len(plan.trials)
    return "\n".join([f"{plan.name}: {summary}", "", *table(rows)]), complete


def state_of(trial: Trial, run: Run | None, store: Store) -> tuple[str, str]:
    """The state of a trial, as people call it, and what there is to say of it."""
    if run and run.finished:
        score = f"{trial.metric} {run.record.scores[trial.metric]:.2f}"
        attempt = f", attempt {run.folder.attempt}" if run.folder.attempt > 1 else ""
        changed = f"; changed since: {', '.join(run.stale)}" if run.stale else ""
        return ("finished, stale" if run.stale else "finished"), score + attempt + changed
    if store.is_running(trial):
        epochs = len(store.attempts(trial)[-1].history()) if store.attempts(trial) else 0
        return "running", f"epoch {epochs} of {trial.recipe.epochs}"
    if run is None:
        return ("interrupted", "will begin again") if store.attempts(trial) else ("not run", "")
    return run.state.replace("_", " "), f"{run.cause} ({run.folder.path})"


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines with the columns aligned, indented by two."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
