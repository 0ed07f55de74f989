"""The numbers themselves: `results.csv`, `runs.csv` and `analysis.json`."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from ablate.analysis.model import Analysis, CellResult, RunRow
from ablate.errors import AblateError, StoreError
from ablate.report.clean import line as cleaned
from ablate.store.files import read_json, write_json, write_text
from ablate.study.designs import level_text

Value = str | int | float | None
Line = dict[str, Value]
FORMULA = ("=", "+", "-", "@")
"""What makes a spreadsheet compute, or run, a text that begins so."""


def write_results(analysis: Analysis, path: Path) -> None:
    """Write a row per cell."""
    write_text(path, table([result(cell, analysis) for cell in analysis.cells]))


def write_runs(analysis: Analysis, path: Path) -> None:
    """Write a row per planned trial."""
    write_text(path, table([run(row) for row in analysis.runs]))


def write_analysis(analysis: Analysis, path: Path) -> None:
    """Write all numbers, from which `read_analysis` makes every report again."""
    write_json(path, analysis)


def is_report(path: Path) -> bool:
    """Whether a path means a report: one that has an analysis, or parts and is no study file."""
    if path.suffix == ".json" or (path / "analysis.json").is_file():
        return True
    return len(path.parts) > 1 and not re.search(r"\.ya?ml", path.name)


def read_analysis(path: Path) -> Analysis:
    """The analysis in a file, or in a report's folder. Raises `AblateError`."""
    file = path / "analysis.json" if path.is_dir() else path
    try:
        found = read_json(file, Analysis)
    except StoreError as error:
        raise AblateError(f"{file} is no analysis that `ablate report` wrote") from error
    if found is None:
        raise AblateError(f"there is no {file}; `ablate report` writes one")
    return found


def table(lines: list[Line]) -> str:
    """CSV under a line of names; what is missing is empty."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if lines:
        writer.writerow([safe(name) for name in lines[0]])
    writer.writerows([safe(value) for value in line.values()] for line in lines)
    return file.getvalue()


def safe(value: Value) -> Value:
    """A text of one line, and no formula: those get an apostrophe; numbers have twelve digits."""
    if isinstance(value, str):
        text = cleaned(value)
        return f"'{text}" if text.startswith(FORMULA) else text
    if isinstance(value, float):
        return float(f"{value:.12g}")  # the last digits are the processor's, not the study's
    return value


def result(cell: CellResult, analysis: Analysis) -> Line:
    """A row of the table."""
    return {
        "cell": cell.name,
        "model": cell.model,
        "architecture": cell.architecture,
        "asked_variant": cell.asked_variant,
        "trained_variant": cell.trained_variant,
        **{factor: _level(cell, factor) for factor in analysis.factors},
        "parameters": cell.parameters,
        "macs": cell.macs,
        "images_per_s": cell.images_per_s,
        "metric": analysis.metric.name,
        "unit": analysis.metric.unit,
        "planned": cell.planned,
        "n": cell.estimate.n,
        "mean": cell.estimate.mean,
        "sd": cell.estimate.sd,
        "low": cell.estimate.low,
        "high": cell.estimate.high,
        **_contrast(cell),
        **_step(cell),
        "published": cell.published,
        "train_s": cell.train_s,
    }


def _level(cell: CellResult, factor: str) -> Value:
    return level_text(cell.levels[factor]) if factor in cell.levels else None


def _contrast(cell: CellResult) -> Line:
    d = cell.contrast.difference if cell.contrast else None
    return {
        "pairs": d.n if d else None,
        "difference": d.mean if d else None,
        "difference_sd": d.sd if d else None,
        "difference_low": d.low if d else None,
        "difference_high": d.high if d else None,
        "p": d.p if d else None,
        "p_adjusted": cell.contrast.p_adjusted if cell.contrast else None,
        "p_exact": cell.contrast.p_exact if cell.contrast else None,
        **_over_images(cell),
        "published_difference": cell.contrast.published if cell.contrast else None,
    }


def _over_images(cell: CellResult) -> Line:
    """The other intervals: test images alone, and with the seeds."""
    found = cell.contrast.test_set if cell.contrast else None
    images = (found and found.over_images) or (None, None)
    both = (found and found.over_both) or (None, None)
    names = ("images_low", "images_high", "both_low", "both_high")
    return dict(zip(names, (*images, *both), strict=True))


def _step(cell: CellResult) -> Line:
    """What it does on top of the row before, in a ladder."""
    d = cell.step.difference if cell.step else None
    return {
        "step": d.mean if d else None,
        "step_low": d.low if d else None,
        "step_high": d.high if d else None,
        "step_p_adjusted": cell.step.p_adjusted if cell.step else None,
    }


def run(row: RunRow) -> Line:
    """A planned trial."""
    return {
        "cell": row.cell,
        "seed": row.seed,
        "signature": row.signature,
        "state": row.state,
        "score": row.score,
        "best_epoch": row.best_epoch,
        "train_s": row.train_s,
        "cause": row.cause,
        "stale": "; ".join(row.stale),
    }
