"""The page, put together from what lies in the folder of a study's results. The same results give the same bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

import itt
from itt.analysis import runs, tables
from itt.analysis.extent import Extent, extent
from itt.analysis.files import write
from itt.analysis.run_record import read_sessions
from itt.analysis.typeset import html_table
from itt.errors import UserError
from itt.report import provenance, speed
from itt.report.sections import sections, verdicts


@dataclass(frozen=True)
class Mark:
    """What a reader must not overlook: it stands above everything."""

    word: str
    sentence: str


def report(results: Path, out: Path) -> Path:
    """Writes the page of a study's results to `out`; returns it.

    Raises:
        UserError: `results` is no such folder, or what was collected is of other runs, or a record is damaged.
    """
    return write(out, page(results))


def page(results: Path) -> str:
    """The page of a study's results; see `report`."""
    found = runs.recorded(results)
    ours = tables.read(results / "collected", speed.file(results))
    there = {(run.study, run.hash) for run in found.values()}
    asked, with_result = (
        set(zip(some["study"], some["hash"], strict=True)) for some in (ours.runs, ours.runs[ours.runs["rows"] > 0])
    )
    if not with_result <= there <= asked:
        raise UserError(
            f"{results / 'collected'}: is of other runs than {results / 'runs'}; `itt collect` makes it anew"
        )
    whole = extent(ours.runs)
    sheets = tables.sheets(ours)
    origin = provenance.told([read_sessions(folder / "provenance.json") for folder in found])
    against = next(sheet for sheet in sheets if sheet.name == "against")
    return (
        _environment()
        .get_template("page.html")
        .render(
            extent=whole,
            marks=_marks(whole),
            verdicts=verdicts(against),
            sections=sections(results, sheets, origin),
            provenance=origin,
            study=runs.study({folder: run.with_source(None) for folder, run in found.items()}).decode(),
            version=itt.__version__,
        )
    )


def _marks(whole: Extent) -> list[Mark]:
    marks = []
    if whole.rehearsal:
        sentence = (
            "Every training was cut to a few steps, to see that all of it can be run. No number on this page says "
            "anything about a method."
        )
        marks.append(Mark("Rehearsal", sentence))
    if whole.partial:
        marks.append(Mark("Partial", whole.partial.removeprefix("Partial: ")))
    return marks


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("itt.report", "template"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["html"] = lambda table: Markup(html_table(table))
    environment.filters["prose"] = _prose
    environment.filters["time"] = lambda text: f"{text[:10]} at {text[11:16]} UTC"
    return environment


def _prose(text: str) -> Markup:
    """Text in which `code` stands between backticks."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))
