"""Main effects and interactions of a factorial study, and whether its changes add up."""

from collections.abc import Iterator

from ablate.analysis.findings import Effect
from ablate.analysis.model import Analysis
from ablate.report.blocks import Block, Paragraph
from ablate.report.formatting import count, difference, p_value, share, units
from ablate.report.labels import levels_label, model_label
from ablate.report.numbers import difference_cell, p_cell
from ablate.report.sections._families import adjusted, intervals
from ablate.report.table import Field, build_table, number_column, text_column
from ablate.study.references import cell_name
from ablate.study.schema import Levels


def effects(analysis: Analysis) -> Iterator[Block]:
    """A row per effect, and a sentence per model; nothing where the study is not factorial."""
    if not analysis.effects:
        return
    fields: list[Field[Effect]] = [
        text_column("Effect", lambda effect: _label(effect.changes, analysis), factor=True),
        number_column(
            f"Difference [{share(analysis.confidence)}]",
            lambda one: difference_cell(one.difference, analysis.metric, clear=one.clear),
        ),
        number_column("p", lambda effect: p_cell(effect.p_adjusted)),
        text_column("Over", _over, essential=False),
    ]
    if any(effect.aliases for effect in analysis.effects):
        fields.append(text_column("Aliased with", lambda effect: _aliases(effect, analysis)))
    yield build_table(
        analysis.effects,
        fields,
        name="effects",
        caption=_caption(analysis),
        group=lambda effect: effect.model,
        heading=lambda effects: model_label(effects[0].model, analysis),
        key=lambda effect: f"effect {cell_name(effect.model, effect.changes)}",
    )
    yield from (Paragraph(text=_sum(effect, analysis)) for effect in analysis.sums)


def _over(effect: Effect) -> str:
    """`4 settings × 5 seeds`; with fewer settings than planned `3 of 4 settings × 5 seeds`."""
    settings, planned = effect.settings, effect.planned_settings or effect.settings
    of = count(settings, "setting") if settings == planned else f"{settings} of {planned} settings"
    return f"{of} × {count(effect.difference.n, 'seed')}"


def _aliases(effect: Effect, analysis: Analysis) -> str:
    return "; ".join(_label(alias, analysis) for alias in effect.aliases)


def _label(changes: Levels, analysis: Analysis) -> str:
    """`Token embedding: patch × Position embedding: none`."""
    return levels_label(changes, analysis, between=" × ")


def _caption(analysis: Analysis) -> str:
    family = adjusted(len(analysis.effects), "effects", analysis)
    family = f" and {family}" if family else ""
    gaps = any(effect.settings < effect.planned_settings for effect in analysis.effects)
    left_out = " Settings in which runs are missing are left out." if gaps else ""
    return (
        "A main effect is what a level changes on average over the settings of the other factors; "
        "an interaction (×) is how much more one changes with the other than without it. In "
        f"{units(analysis.metric)}, paired by seed, with {intervals(analysis)}; "
        f"p is two-sided{family}, and bold marks p ≤ 0.05.{left_out}"
    )


def _sum(effect: Effect, analysis: Analysis) -> str:
    """Whether the changes of a model add up."""
    model, seeds = model_label(effect.model, analysis), count(effect.difference.n, "seed")
    size = difference(effect.difference, analysis.metric, units(analysis.metric))
    finding = f"That the changes of {model} do not add up is not shown"
    if effect.clear:
        finding = f"The changes of {model} do not add up"
    told = f"all at once differ by {size} over {seeds} from the sum of their separate effects"
    return f"{finding}: {told} ({p_value(effect.p_adjusted)})."
