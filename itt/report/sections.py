"""What the page falls into, in the order in which it is read, and what stands in each section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_
from pathlib import Path

from itt.analysis.tables.against import CLAIMS
from itt.analysis.tables.lines import KINDS
from itt.analysis.tables.sheet import Sheet
from itt.analysis.tables.training_time import SPLIT
from itt.analysis.typeset import Table
from itt.report import pictures, provenance, speed, theory
from itt.report.pictures import Picture
from itt.report.provenance import Provenance

RESULTS = ("mean", "std", "hours")
"""Those quantities of the paper's tables that trainings come to."""


@dataclass(frozen=True)
class Part:
    """A table or a picture, with its place in the contents; a table may be `folded` under a few words."""

    id: str
    title: str
    table: Table | None = None
    picture: Picture | None = None
    folded: str = ""


@dataclass(frozen=True)
class Section:
    """One section; `template/sections` has what stands before its parts."""

    id: str
    title: str
    parts: Sequence[Part] = ()


@dataclass(frozen=True)
class Count:
    """How many of the paper's numbers have a verdict; `kind` is how it looks."""

    number: int
    verdict: str
    kind: str


@dataclass(frozen=True)
class Verdicts:
    """What became of the paper's numbers and claims.

    Attributes:
        results: What trainings came to: scores, hours, claims.
        settings: What a study states itself, and so shares with the paper before anything was trained: sigma, numbers
            of parameters, layers and iterations.
    """

    results: list[Count]
    settings: list[Count]


def sections(results: Path, sheets: Sequence[Sheet], origin: Provenance) -> list[Section]:
    """The sections of a study's page. Theory, speed and figures are there if they were made."""
    named = {sheet.name: sheet for sheet in sheets}
    against, claims = named.pop("against"), named.pop("claims")
    tables = [part for sheet in named.values() for part in _tables(sheet.name, sheet.tables)]
    found = [
        Section(
            "overview",
            "Overview",
            [Part("verdicts", "Verdicts, table by table", against.tables[0]), *_tables("claims", claims.tables)],
        ),
        Section("words", "Words on this page"),
        Section("tables", "Tables", [part for part in tables if part.title != SPLIT]),
        Section("figures", "Figures", _pictures(pictures.drawn(results))),
        Section("against", "Paper against ours", _folded(against)),
        Section("theory", "Theory", [*_tables("theory", theory.tables(results)), *_pictures(theory.pictures(results))]),
        Section(
            "speed", "Speed", [part for part in tables if part.title == SPLIT] + _tables("speed", speed.tables(results))
        ),
        Section("provenance", "Provenance", _tables("provenance", provenance.tables(origin))),
        Section("study", "The study"),
    ]
    return [section for section in found if section.parts or section.id in ("words", "study")]


def verdicts(against: Sheet) -> Verdicts:
    """Of the sheet `against`."""
    rows = against.data.to_dict("records")
    results = [row["table"] == CLAIMS or row["quantity"] in RESULTS for row in rows]
    words = [row["verdict"] for row in rows]
    return Verdicts(_counts(compress(words, results)), _counts(compress(words, map(not_, results))))


def _counts(verdicts: Iterable[str]) -> list[Count]:
    """How often each verdict was given, those that never were included."""
    found = Counter(verdicts)
    return [Count(found[verdict], verdict, kind) for verdict, kind in KINDS.items()]


def _tables(name: str, tables: Sequence[Table]) -> list[Part]:
    return [Part(f"{name}-{number}", table.title, table) for number, table in enumerate(tables, start=1)]


def _pictures(drawn: Sequence[Picture]) -> list[Part]:
    return [Part(f"figure-{one.name}", one.title, picture=one) for one in drawn]


def _folded(against: Sheet) -> list[Part]:
    """The rows of each of the paper's tables, under what they come to."""
    parts = []
    for number, table in enumerate(against.tables[1:], start=1):
        rows = against.data[against.data["table"] == table.title]
        told = ", ".join(f"{count.number} {count.verdict}" for count in _counts(rows["verdict"]))
        parts.append(Part(f"against-{number}", table.title, table, folded=f"{len(rows)} rows: {told}"))
    return parts
