"""The tables drawn again from the records: those that lie beside them must be the same, byte for byte."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from itt.analysis import outputs, runs
from itt.analysis.collect import collect, collect_listed
from itt.analysis.tables import tables


@dataclass(frozen=True)
class Redrawn:
    """What came of it.

    Attributes:
        same: Names of the files that are as the records give them.
        differing: A phrase for each that is not, which begins with its name.
    """

    same: list[str]
    differing: list[str]


def redraw(folder: Path) -> Redrawn:
    """Draws the tables of the records in an opened archive, or in results/NAME, and compares those that are there.

    Raises:
        UserError: The records are damaged, or none has an iteration.
    """
    same, differing = [], []
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch)
        measured = folder / "speed" / outputs.SPEED
        speed = measured if measured.is_file() else None
        for file in [*_collect(folder, again / "collected"), *tables(again / "collected", again / "tables", speed)]:
            name = file.relative_to(again).as_posix()
            if not (folder / name).is_file():
                continue
            there, here = (folder / name).read_bytes(), file.read_bytes()
            if there == here:
                same.append(name)
            else:
                differing.append(f"{name} is not what the records give (line {_first_difference(there, here)})")
    return Redrawn(same, differing)


def _collect(folder: Path, out: Path) -> list[Path]:
    """Collects as was done: by the inventory or, without one, whatever is there."""
    listing = runs.inventory_of(folder)
    return collect_listed(listing, out) if listing else collect([folder / "runs"], out)


def _first_difference(there: bytes, here: bytes) -> int:
    lines = enumerate(zip_longest(there.splitlines(), here.splitlines()), start=1)
    return next((number for number, (old, new) in lines if old != new), 1)
