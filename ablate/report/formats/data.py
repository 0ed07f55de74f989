"""The numbers themselves: `results.csv`, `runs.csv` and `analysis.json`."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from ablate.analysis.model import FORMAT, Analysis, CellResult, RunRow
from ablate.errors import AblateError, StoreError
from ablate.report.clean import line as cleaned
from ablate.store.files import read_json, write_json, write_text
from ablate.study.levels import level_text

Value = str | int | float | None
Line = dict[str, Value]
FORMULA = ("=", "+", "-", "@")
"""Beginnings of a text that a spreadsheet takes for a formula."""


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
    if found.format != FORMAT:
        raise AblateError(
            f"{file} has format {found.format}, and this Ablate reads {FORMAT};"
            " `ablate report STUDY` writes it anew from the runs"
        )
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


CELL = ("model", "architecture", "asked_variant", "trained_variant")
COSTS = {
    "parameters": "parameters",
    "macs": "macs",
    "images_per_s": "speed.mean",
    "images_per_s_sd": "speed.sd",
}
MEASURED = {
    "planned": "planned",
    "n": "estimate.n",
    "mean": "estimate.mean",
    "sd": "estimate.sd",
    "low": "estimate.low",
    "high": "estimate.high",
    "pairs": "contrast.difference.n",
    "difference": "contrast.difference.mean",
    "difference_sd": "contrast.difference.sd",
    "difference_low": "contrast.difference.low",
    "difference_high": "contrast.difference.high",
    "p": "contrast.difference.p",
    "p_adjusted": "contrast.p_adjusted",
    "p_exact": "contrast.p_exact",
    "images_low": "contrast.test_set.over_images.0",
    "images_high": "contrast.test_set.over_images.1",
    "both_low": "contrast.test_set.over_both.0",
    "both_high": "contrast.test_set.over_both.1",
    "published_difference": "contrast.published",
    "step": "step.difference.mean",
    "step_low": "step.difference.low",
    "step_high": "step.difference.high",
    "step_p_adjusted": "step.p_adjusted",
    "published": "published",
    "train_s": "train_s",
}
"""Column → where its value stands in a cell's result."""
RUN = ("cell", "seed", "signature", "state", "score", "best_epoch", "train_s", "cause")


def result(cell: CellResult, analysis: Analysis) -> Line:
    """A row of the table."""
    levels = {name: level_text(level) for name, level in cell.levels.items()}
    return {
        "cell": cell.name,
        **{column: at(cell, column) for column in CELL},
        **{factor: levels.get(factor) for factor in analysis.factors},
        **{column: at(cell, path) for column, path in COSTS.items()},
        "metric": analysis.metric.name,
        "unit": analysis.metric.unit,
        **{column: at(cell, path) for column, path in MEASURED.items()},
    }


def run(row: RunRow) -> Line:
    """A planned trial."""
    return {**{column: at(row, column) for column in RUN}, "stale": "; ".join(row.stale)}


def at(value: Any, path: str) -> Value:
    """The value at a path of attributes and positions; None where any of them is missing."""
    for part in path.split("."):
        if value is None:
            return None
        value = value[int(part)] if part.isdecimal() else getattr(value, part)
    found: Value = value
    return found
