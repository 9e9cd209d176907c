"""A table as it is read, and how it is written in Markdown, in LaTeX and in HTML. What stands in it is decided in
`tables`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from itt.algorithms import METHODS
from itt.analysis.outputs import VANILLA

TEX_SIZES = ((3, r"\footnotesize"), (4, r"\scriptsize"))
"""Type size by the greatest number of columns beside the labels, so that a table fits an article's page; \\tiny for
more."""

TEX_SPECIAL = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
}

HTML_STYLE = """\
body { font: 15px sans-serif; margin: 2em; }
p { max-width: 60em; }
table { border-collapse: collapse; }
th, td { padding: 0.2em 0.8em; text-align: right; white-space: nowrap; vertical-align: top; }
th.label, td.label { text-align: left; }
th.long, td.long { text-align: left; white-space: normal; min-width: 16em; }
thead tr, tr.first { border-top: 1px solid #bbb; }
p.notes { font-size: 0.85em; color: #555; }
td.good { color: #1a7f37; }
td.bad { color: #b3261e; }
td.open { color: #6e6e6e; }
"""
"""Nothing from elsewhere: the page is opened from disk and from inside reports."""

_NUMBER = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)(?:e([+-]\d+))?( %)?")


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table.

    Attributes:
        text: Plain text; `code` between backticks. Numbers, and `mean ± std`, are set as such.
        place: 1 is set in bold and 2 underlined.
        note: Follows the text, never in bold.
        kind: How a verdict looks in HTML: `good`, `bad` or `open`; else nothing.
    """

    text: str
    place: int | None = None
    note: str = ""
    kind: str = ""


NOTHING = Cell("-")
"""What stands where there is nothing to say."""

Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table with its title and caption.

    A row whose first cell has a text begins a group, above which there is a line or some space; the rows below, whose
    first cell is empty, belong to it. The caption stands for the table where that has no rows.

    Attributes:
        title: A few words.
        caption: Sentences: what is measured, its unit, n, the source.
        header: The heads of the columns.
        rows: As many cells each as the header.
        labels: How many columns from the left are names, not figures.
        sentences: Columns that hold sentences, which are broken into lines.
        notes: Sentences that stand below: how to read marks and verdicts.
    """

    title: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    labels: int = 2
    sentences: tuple[int, ...] = ()
    notes: str = ""


def label(method: str, variant: str) -> str:
    """How a column or a curve is called: `ITT`, `ITT (srp)`."""
    name = METHODS[method].label if method in METHODS else method
    return name if variant == VANILLA else f"{name} ({variant})"


def number(value: float) -> str:
    """Two decimals as in Table 6; one significant digit where two decimals would turn a small value into zero."""
    return f"{value:.1g}" if 0 < abs(value) < 0.005 else f"{value:.2f}"


def markdown(title: str, tables: Sequence[Table]) -> str:
    """All tables below each other, with headings."""
    return "\n".join([f"# {title}", "", *(line for table in tables for line in _markdown(table))])


def _markdown(table: Table) -> list[str]:
    def row(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"

    top = [f"## {table.title}", "", table.caption, ""]
    if not table.rows:
        return top
    left = {*range(table.labels), *table.sentences}
    rule = ["---" if column in left else "---:" for column in range(len(table.header))]
    cells = [[_marked(cell, str, "**{}**", "<ins>{}</ins>") for cell in cells] for cells in table.rows]
    below = [table.notes, ""] if table.notes else []
    return [*top, row(table.header), row(rule), *map(row, cells), "", *below]


def html(title: str, tables: Sequence[Table]) -> str:
    """All tables below each other, as a page of its own."""
    body = "\n".join(f"<h2>{escape(table.title)}</h2>\n{html_table(table)}" for table in tables)
    head = f"<title>{escape(title)}</title>\n<style>\n{HTML_STYLE}</style>"
    return f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n{head}\n{body}\n</html>\n'


def html_table(table: Table) -> str:
    """One table with its caption above it and its notes below, for a page that has the classes of `HTML_STYLE`.

    What is too wide for the page moves in a box of its own, which the keyboard reaches.
    """
    caption = f'<p class="caption">{_html(table.caption)}</p>' if table.caption else ""
    if not table.rows:
        return caption
    head = "".join(
        f'<th scope="col"{_class(table, column)}>{_html(text)}</th>' for column, text in enumerate(table.header)
    )
    rows = [
        f"<tr{_quoted('first' if cells[0].text else '')}>"
        + "".join(_html_cell(table, column, cell) for column, cell in enumerate(cells))
        + "</tr>"
        for cells in table.rows
    ]
    box = f'<div class="box" tabindex="0" role="region" aria-label="{escape(table.title)}">'
    below = [f'<p class="notes">{_html(table.notes)}</p>'] if table.notes else []
    body = ["<table>", f"<thead><tr>{head}</tr></thead>", "<tbody>", *rows, "</tbody>", "</table>"]
    return "\n".join([caption, box, *body, "</div>", *below])


def _html_cell(table: Table, column: int, cell: Cell) -> str:
    kind, scope = ("th", ' scope="row"') if column < table.labels and cell.text else ("td", "")
    marked = _marked(cell, _html, "<strong>{}</strong>", "<u>{}</u>")
    return f"<{kind}{scope}{_class(table, column, cell.kind)}>{marked}</{kind}>"


def latex(tables: Sequence[Table]) -> str:
    """All tables as floats, for `\\input` into an article."""
    return "\n\n".join(["% Needs \\usepackage{booktabs}; no other package.", *map(_latex, tables)]) + "\n"


def _latex(table: Table) -> str:
    if not table.rows:
        return f"% {table.title}: {table.caption}"

    def row(cells: Sequence[str]) -> str:
        return f"{' & '.join(cells)} \\\\"

    figures = len(table.header) - table.labels
    size = next((size for most, size in TEX_SIZES if figures <= most), r"\tiny")
    body: list[str] = []
    for cells in table.rows:
        if cells[0].text and body:
            body.append(r"\addlinespace")
        body.append(row([_tex_cell(cell) for cell in cells]))
    columns = [
        "l" if column < table.labels else r"p{12em}" if column in table.sentences else "r"
        for column in range(len(table.header))
    ]
    return "\n".join(
        [
            r"\begin{table}[htbp]",
            r"\centering",
            rf"\caption{{{_tex(f'{table.title}. {table.caption}')}}}",
            r"\medskip",
            size,
            r"\setlength{\tabcolsep}{3pt}",
            r"\makebox[\linewidth]{%",  # a table wider than the text stays centred
            rf"\begin{{tabular}}{{{''.join(columns)}}}",
            r"\toprule",
            row([_tex(text) for text in table.header]),
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}}",
            *([rf"\par\medskip\parbox{{\linewidth}}{{\footnotesize {_tex(table.notes)}}}"] if table.notes else []),
            r"\end{table}",
        ]
    )


def _marked(cell: Cell, written: Callable[[str], str], bold: str, underlined: str) -> str:
    """A cell's text as `written`, marked by its place, and its note."""
    marked = {1: bold, 2: underlined}.get(cell.place or 0, "{}").format(written(cell.text))
    return marked + (written(f" {cell.note}") if cell.note else "")


def _class(table: Table, column: int, kind: str = "") -> str:
    places = ["label"] * (column < table.labels) + ["long"] * (column in table.sentences) + [kind] * bool(kind)
    return _quoted(" ".join(places))


def _quoted(names: str) -> str:
    return f' class="{names}"' if names else ""


def _html(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


def _tex_cell(cell: Cell) -> str:
    parts = [_tex_number(part) for part in re.split(" ± | to ", cell.text)]
    if None in parts:
        return _marked(cell, _tex, r"\textbf{{{}}}", r"\underline{{{}}}")
    figure = (r" \pm " if "±" in cell.text else r"\mbox{ to }").join(map(str, parts))
    marked = {1: rf"$\mathbf{{{figure}}}$", 2: rf"\underline{{${figure}$}}"}.get(cell.place or 0, f"${figure}$")
    return marked + (_tex(f" {cell.note}") if cell.note else "")


def _tex_number(text: str) -> str | None:
    """A number as it stands in math mode; None for what is none."""
    if (found := _NUMBER.fullmatch(text)) is None:
        return None
    digits, power, percent = found.groups()
    written = digits.replace(",", "{,}") + (rf" \cdot 10^{{{int(power)}}}" if power else "")
    return written + (r"\,\%" if percent else "")


def _tex(text: str) -> str:
    if text == NOTHING.text:
        return "--"
    code = re.sub(r"`([^`]*)`", r"\1", text)  # what Markdown sets as code
    return "".join(TEX_SPECIAL.get(character, character) for character in code)
