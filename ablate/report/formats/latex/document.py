"""The two files that are read: `report.tex` for a paper, `preview.tex` for a first look."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ablate.analysis.model import Verdict
from ablate.report.blocks import (
    Block,
    Details,
    Fact,
    Facts,
    Figure,
    Heading,
    Notes,
    Paragraph,
    Report,
    Table,
    Verdicts,
    numbered,
)
from ablate.report.formats.latex.escape import code, escape, prose
from ablate.report.formats.latex.macros import Macro
from ablate.report.formats.latex.tables import table_tex
from ablate.report.labels import join_words
from ablate.report.panels import Panel

MARKS = {Verdict.SUPPORTED: "✓", Verdict.REFUTED: "✗", Verdict.UNDECIDED: "?"}

REPORT = r"""% Tables and figures of {name}, for papers of one column or two.
% In the preamble:
%   \usepackage{booktabs,graphicx,pifont}
% Where they shall stand, with the folder of this file, and \renewcommand for a second report:
%   \newcommand{\AblFolder}{reports/{folder}/}
%   \input{\AblFolder report}
\providecommand{\AblFolder}{}
\input{\AblFolder numbers}
% Bold, numbers included.
\providecommand{\AblStrong}[1]{{\boldmath\textbf{#1}}}
% Several lines within a cell.
\providecommand{\AblLines}[3][t]{\begin{tabular}[#1]{@{}#2@{}}#3\end{tabular}}
% As it is, or smaller where it would be too wide.
\providecommand{\AblFit}[1]{{\sbox0{#1}%
  \ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi}}
% A panel, at most as wide as a column and as high as a share of the page.
\providecommand{\AblPanel}[2][0.8]{{\sbox0{\includegraphics{\AblFolder figures/#2.pdf}}%
  \ifdim\wd0>\columnwidth\sbox0{\resizebox{\columnwidth}{!}{\usebox0}}\fi
  \ifdim\ht0>#1\textheight\sbox0{\resizebox{!}{#1\textheight}{\usebox0}}\fi
  \raisebox{-\height}{\usebox0}}}
% Two panels, side by side where the page has two columns.
\providecommand{\AblPair}[2]{\ifdim\columnwidth<\textwidth\AblPanel{#1}\hfill\AblPanel{#2}%
  \else\AblPanel[0.4]{#1}\par\medskip\AblPanel[0.4]{#2}\fi}
"""

PREVIEW = r"""% All of {name} at a glance: pdflatex preview.tex
\documentclass[a4paper,twocolumn]{article}
\usepackage[margin=18mm,columnsep=7mm]{geometry}
\usepackage{booktabs,graphicx,pifont}
% The same text gives the same bytes.
\ifdefined\pdfsuppressptexinfo\pdfsuppressptexinfo=-1 \pdfinfoomitdate=1 \pdftrailerid{}\fi
\renewcommand{\labelitemi}{\ensuremath{\bullet}}
\setlength{\parindent}{0pt}\setlength{\parskip}{4pt plus 2pt}
\sloppy
"""


def report_tex(report: Report, found: tuple[Macro, ...]) -> str:
    """The floats, in the order of the report."""
    names = {(macro.key, macro.number.name): macro.name for macro in found}
    label = slug(report.name)
    parts = [_filled(REPORT, report)]
    for block, number in numbered(report.blocks):
        match block:
            case Table():
                parts.append(table_tex(block, number, names, label))
            case Figure():
                parts.append(_figure(block, label))
            case _:
                pass
    return "\n".join(parts)


def _filled(text: str, report: Report) -> str:
    """The text with what the report is called; TeX's own braces stay."""
    folder = report.name.replace(" · ", "/")
    return text.replace("{name}", report.name).replace("{folder}", folder)


def slug(name: str) -> str:
    r"""A name that `\label` takes: `pos-embedding-digits`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _figure(figure: Figure, label: str) -> str:
    """A float for each two panels; a single one fits into a column."""
    pairs = [figure.panels[start : start + 2] for start in range(0, len(figure.panels), 2)]
    texts = []
    for position, pair in enumerate(pairs):
        caption = r"\addtocounter{figure}{-1}\caption{(continued)}"
        if position == 0:
            caption = f"\\caption{{{prose(figure.caption)}}}\\label{{fig:{label}-{figure.name}}}"
        texts.append(_panels(pair, caption))
    return "\n".join(texts)


def _panels(panels: tuple[Panel, ...], caption: str) -> str:
    kind, drawn = "figure", "".join(f"\\AblPanel{{{panel.name}}}" for panel in panels)
    if len(panels) == 2:
        kind, drawn = "figure*", f"\\AblPair{{{panels[0].name}}}{{{panels[1].name}}}"
    return f"\\begin{{{kind}}}[tbp]\n\\centering\n{drawn}\n{caption}\n\\end{{{kind}}}\n"


def preview_tex(report: Report) -> str:
    """A document of its own, with the floats where the first of them belongs."""
    parts = [_filled(PREVIEW, report), _title(report), r"\begin{document}", r"\maketitle"]
    if report.question:
        parts.append(rf"{{\large\itshape {prose(report.question)}\par}}")
    floats = [
        f"{block.kind.capitalize()} {number}"
        for block, number in numbered(report.blocks)
        if isinstance(block, Table | Figure)
    ]
    for block in report.blocks:
        if not isinstance(block, Table | Figure):
            parts.append(_text(block))
        elif r"\input{report}" not in parts:
            parts += [r"\input{report}", f"See {join_words(floats)}."]
    return "\n".join([*parts, r"\end{document}", ""])


def _title(report: Report) -> str:
    lines = [prose(report.setting)]
    if report.source:
        lines.append(f"After: {prose(report.source.text)}")
    boxes = [rf"\parbox{{0.8\textwidth}}{{\centering\normalsize {line}}}" for line in lines]
    return "".join([rf"\title{{{prose(report.title)}}}\author{{", r"\\".join(boxes), r"}\date{}"])


def _text(block: Block) -> str:
    match block:
        case Heading():
            return f"\\section*{{{escape(block.text)}}}"
        case Paragraph():
            text = prose(block.text)
            return (
                f"\n{{\\raggedright\\bfseries\\boldmath {text}\\par}}\n"
                if block.lead
                else f"\n{text}\n"
            )
        case Notes():
            return _list("itemize", (f"\\item {prose(item)}" for item in block.items))
        case Verdicts():
            return _verdicts(block)
        case Facts():
            return _list("description", map(_fact, block.items))
        case Details():
            return f"\n{escape(block.summary)}: \\texttt{{{block.file}}}.\n"
        case Table() | Figure():
            return ""


def _verdicts(block: Verdicts) -> str:
    return _list(
        "itemize",
        (
            f"\\item[{escape(MARKS[item.verdict])}] \\textbf{{{item.verdict.capitalize()}:}} "
            f"{prose(item.claim)}\\\\ {{\\small {prose(item.reason)}}}"
            for item in block.items
        ),
    )


def _fact(fact: Fact) -> str:
    values = [code(value) if fact.code else prose(value) for value in fact.values]
    return f"\\item[{escape(fact.name)}] {', '.join(values)}"


def _list(kind: str, items: Iterator[str]) -> str:
    return "\n".join([rf"\begin{{{kind}}}\raggedright", *items, rf"\end{{{kind}}}"])
