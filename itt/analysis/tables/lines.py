"""The layout of the paper's tables: a group of lines an env, a column a method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from itt.analysis.tables.comparisons import Comparison
from itt.analysis.tables.verdicts import NOT, NOT_YET, REPRODUCED, Verdict
from itt.analysis.typeset import NOTHING, Cell, Row

KINDS = {REPRODUCED: "good", NOT: "bad", NOT_YET: "open"}
"""How verdicts look."""


def group(env: str, lines: Mapping[str, Sequence[Cell]]) -> list[Row]:
    """The lines of one env, by their names."""
    return [(Cell("" if place else env), Cell(name), *cells) for place, (name, cells) in enumerate(lines.items())]


def verdict(found: Verdict | None) -> Cell:
    """What a verdict's cell says."""
    return Cell(found.short, kind=KINDS[found.word]) if found else NOTHING


def ours_and_paper(
    found: Sequence[Comparison | None], n: int, written: Callable[[float], str]
) -> dict[str, list[Cell]]:
    """The four lines of what has no spread; a cell of another number of seeds than `n` says so."""

    def cell(value: float | None, note: str = "") -> Cell:
        return NOTHING if value is None else Cell(written(value), note=note)

    return {
        "ours": [(one and cell(one.ours, of_seeds(one.n, n))) or NOTHING for one in found],
        "paper": [(one and cell(one.number.value)) or NOTHING for one in found],
        "difference": [(one and cell(one.difference)) or NOTHING for one in found],
        "verdict": [verdict(one.verdict if one else None) for one in found],
    }


def of_seeds(found: int, n: int) -> str:
    """A note where a cell has another number of seeds than the caption's."""
    return "" if found == n else f"(n = {found})"


def usual(counts: Sequence[int]) -> int:
    """The number of seeds that most cells have; those without any are not counted, and there must be others."""
    return Counter(count for count in counts if count).most_common(1)[0][0]
