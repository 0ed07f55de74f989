"""The origin of the numbers: the setting, the machines, and every planned run."""

from collections.abc import Iterator

from ablate.analysis.model import Analysis, RunRow
from ablate.report.blocks import Block, Details, Fact, Facts, Heading, Table
from ablate.report.formatting import MISSING, score_of_run, seconds
from ablate.report.labels import join_words, state_words
from ablate.report.table import build_table, number_column, text_column
from ablate.study.labels import level_words


def provenance(analysis: Analysis) -> Iterator[Block]:
    """The section."""
    yield Heading(text="Provenance")
    yield Facts(items=tuple(fact for fact in _facts(analysis) if any(fact.values)))
    summary = f"Every run ({len(analysis.runs):,})"
    yield Details(summary=summary, table=_runs(analysis), file="runs.csv")


def _facts(analysis: Analysis) -> Iterator[Fact]:
    where = analysis.provenance
    recipe = ", ".join(
        f"{name.replace('_', ' ')} {level_words(value)}" for name, value in where.recipe.items()
    )
    pythons = (f"Python {version}" for version in where.pythons)
    yield Fact(name="Setting", values=(analysis.setting_title,))
    yield Fact(name="Recipe", values=(recipe,))
    yield Fact(name="Seeds", values=(", ".join(map(str, analysis.seeds)),))
    yield Fact(name="Command", values=(where.command,), code=True)
    yield Fact(name="Commit", values=where.commits, code=True)
    yield Fact(name="Packages", values=(", ".join((*pythons, *where.packages)),))
    yield Fact(name="Device", values=where.devices)
    yield Fact(name="Threads per run", values=tuple(map(str, where.threads)))
    yield Fact(name="Platform", values=where.platforms)


def _runs(analysis: Analysis) -> Table:
    """One row per trial."""
    metric = analysis.metric
    return build_table(
        analysis.runs,
        [
            text_column("Cell", lambda run: run.cell, code=True),
            number_column("Seed", lambda run: str(run.seed)),
            text_column("State", lambda run: state_words(run.state)),
            number_column(
                f"{metric.label} ({metric.unit})",
                lambda run: score_of_run(run.score, metric),
            ),
            number_column("Best epoch", lambda run: str(run.best_epoch or MISSING)),
            number_column("Time", lambda run: seconds(run.train_s)),
            text_column("Signature", lambda run: run.signature, code=True),
            text_column("Remark", _remark),
        ],
        name="runs",
        caption="Every planned run and how it ended.",
    )


def _remark(run: RunRow) -> str:
    parts = [run.cause] if run.cause else []
    parts += [f"stale: {join_words(run.stale)} changed"] if run.stale else []
    return "; ".join(parts)
