"""An analysis that fits no page: many rows, many factors, long labels, much to remark."""

from dataclasses import replace

from tests.report.examples import Wanted, analysis_of, images

LONG = "a level whose label goes on and on, for sixty characters or so"
WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamter"


def awkward(factors=6, rows=40, label=LONG, word="word"):
    """Three models with as many rows between them."""
    wanted = [
        cell(model, factors, number, label)
        for model in range(3)
        for number in range(rows // 3 + (model < rows % 3))
    ]
    labels = {f"factor_{n}": f"The factor number {n} {word}" for n in range(factors)}
    return replace(analysis_of(wanted, labels=labels), title=f"{label} {word}")


def cell(model, factors, number, label):
    levels = {f"factor_{n}": f"{label} {n}" for n in range(factors)}
    changes = {f"factor_{number % factors}": f"{label}, {number}"} if number else {}
    lost = ("failed", f"{label} {number}") if number % 2 else ("diverged", label)
    return Wanted(
        model=f"model_{model}",
        label=f"Model {model}: {label}",
        levels=levels | changes,
        changes=changes,
        scores=images(340 - number, 330, *([None] * (number % 5)), 300),
        lost=lost,
        published=70.0 + number,
        trained=f"the variant of {label}",
    )
