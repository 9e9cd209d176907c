"""A table of scores, and how it is written in Markdown and in LaTeX. What stands in it is decided in `tables`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from itt.analysis.outputs import VANILLA
from itt.settings import METHODS

TEX_SIZES = {3: r"\footnotesize", 4: r"\scriptsize"}
"""Type size by number of score columns, so that the table fits an article's page; \\tiny for more."""

TEX_SPECIAL = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
}


HTML_STYLE = """\
body { font: 15px sans-serif; max-width: 60em; margin: 2em; }
table { border-collapse: collapse; }
th, td { padding: 0.2em 0.8em; text-align: right; white-space: nowrap; }
th:nth-child(-n + 2), td:nth-child(-n + 2) { text-align: left; }
thead tr, tr.ours { border-top: 1px solid #bbb; }
"""
"""Nothing from elsewhere: the page is opened from disk and from inside reports."""


@dataclass(frozen=True)
class Entry:
    """One cell: mean and standard deviation over `n` seeds; place 1 is set in bold and 2 underlined."""

    mean: float
    std: float
    n: int
    place: int | None = None


@dataclass(frozen=True)
class Line:
    """One line of a table; `source` is `ours` or `paper`."""

    env: str
    source: str
    entries: tuple[Entry | None, ...]


@dataclass(frozen=True)
class Table:
    """One reading of the score in the layout of Table 6."""

    title: str
    caption: str
    columns: tuple[tuple[str, str], ...]
    """(method, variant)"""
    lines: tuple[Line, ...]
    n: int
    """The number of seeds that the caption names; an entry with another one has to say so."""


def label(method: str, variant: str) -> str:
    """How a column or a curve is called: `ITT`, `ITT (srp)`."""
    name = METHODS[method].label if method in METHODS else method
    return name if variant == VANILLA else f"{name} ({variant})"


def number(value: float) -> str:
    """Two decimals as in Table 6; one significant digit where two decimals would turn a small value into zero."""
    return f"{value:.1g}" if 0 < abs(value) < 0.005 else f"{value:.2f}"


def markdown(tables: Sequence[Table]) -> str:
    """All tables below each other, with headings."""
    return "\n".join(["# Scores", "", *(line for table in tables for line in _markdown(table))])


def _markdown(table: Table) -> list[str]:
    def entry(cell: Entry, n: str) -> str:
        text = f"{number(cell.mean)} ± {number(cell.std)}{n}"
        return {1: f"**{text}**", 2: f"<ins>{text}</ins>"}.get(cell.place or 0, text)

    def row(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    top = [f"## {table.title}", "", table.caption, ""]
    if not table.lines:
        return top
    header = ["Environment", "", *(label(*column) for column in table.columns)]
    rows = [row([env, line.source, *_cells(line, table.n, entry, "-")]) for env, line in _named(table.lines)]
    rule = row(["---", "---", *("---:" for _ in table.columns)])
    return [*top, row(header), rule, *rows, ""]


def html(tables: Sequence[Table]) -> str:
    """All tables below each other, as a page of its own."""
    body = "\n".join(line for table in tables for line in _html(table))
    head = f"<title>Scores</title>\n<style>\n{HTML_STYLE}</style>"
    return f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n{head}\n{body}\n</html>\n'


def _html(table: Table) -> list[str]:
    def entry(cell: Entry, n: str) -> str:
        text = f"{number(cell.mean)} ± {number(cell.std)}{n}"
        return {1: f"<strong>{text}</strong>", 2: f"<u>{text}</u>"}.get(cell.place or 0, text)

    def row(cells: Sequence[str], kind: str = "td") -> str:
        return "".join(f"<{kind}>{cell}</{kind}>" for cell in cells)

    caption = re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(table.caption))
    top = [f"<h2>{escape(table.title)}</h2>", f"<p>{caption}</p>"]
    if not table.lines:
        return top
    header = ["Environment", "", *(escape(label(*column)) for column in table.columns)]
    rows = [
        f'<tr class="{line.source}">{row([escape(env), line.source, *_cells(line, table.n, entry, "-")])}</tr>'
        for env, line in _named(table.lines)
    ]
    return [*top, f"<table>\n<thead><tr>{row(header, 'th')}</tr></thead>", *rows, "</table>"]


def latex(tables: Sequence[Table]) -> str:
    """All tables as floats, for `\\input` into an article."""
    return "\n\n".join(["% Needs \\usepackage{booktabs}; no other package.", *map(_latex, tables)]) + "\n"


def _latex(table: Table) -> str:
    if not table.lines:
        return f"% {table.title}: {table.caption}"

    def entry(cell: Entry, n: str) -> str:
        text = rf"{number(cell.mean)} \pm {number(cell.std)}"
        marked = {1: rf"$\mathbf{{{text}}}$", 2: rf"\underline{{${text}$}}"}.get(cell.place or 0, f"${text}$")
        return marked + n

    def row(cells: Sequence[str]) -> str:
        return f"{' & '.join(cells)} \\\\"

    body: list[str] = []
    for env, line in _named(table.lines):
        if env and body:
            body.append(r"\addlinespace")
        body.append(row([_tex(env), line.source, *_cells(line, table.n, entry, "--")]))
    return "\n".join(
        [
            r"\begin{table}[htbp]",
            r"\centering",
            rf"\caption{{{_tex(f'{table.title}. {table.caption}')}}}",
            r"\medskip",
            TEX_SIZES.get(len(table.columns), r"\tiny"),
            r"\setlength{\tabcolsep}{3pt}",
            r"\makebox[\linewidth]{%",  # a table wider than the text stays centred
            rf"\begin{{tabular}}{{ll{'r' * len(table.columns)}}}",
            r"\toprule",
            row(["Environment", "", *(_tex(label(*column)) for column in table.columns)]),
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}}",
            r"\end{table}",
        ]
    )


def _named(lines: Sequence[Line]) -> list[tuple[str, Line]]:
    """The lines with the env's name before the first of each env only."""
    return [
        ("" if position else env, line)
        for env, group in groupby(lines, key=lambda line: line.env)
        for position, line in enumerate(group)
    ]


def _cells(line: Line, n: int, entry: Callable[[Entry, str], str], missing: str) -> list[str]:
    """The cells of a line; an entry of ours with another number of seeds than the caption's names it."""
    return [
        entry(cell, f" (n = {cell.n})" if line.source == "ours" and cell.n != n else "") if cell else missing
        for cell in line.entries
    ]


def _tex(text: str) -> str:
    code = re.sub(r"`([^`]*)`", r"\1", text)  # what Markdown sets as code
    return "".join(TEX_SPECIAL.get(character, character) for character in code)
