"""Tables of what was collected, the paper's numbers beside ours.

Each module makes one `Sheet`, which `itt tables` writes:

    scores           Tables 1 and 6: three readings of the score
    training_time    Table 2, and where the time went
    settings         Tables 3, 4 and 5
    claims           what the paper says in its text
    against          each of the paper's numbers beside ours
    aggregates       all envs together (Agarwal et al. 2021)

`verdicts` has the rules by which a number counts as reproduced, `comparisons` applies them to one number, and `ours` is
our side of it.
"""

from __future__ import annotations

from pathlib import Path

from itt.analysis import outputs, typeset
from itt.analysis import speed as measured
from itt.analysis.files import csv_text, read_collected, write
from itt.analysis.tables import against, aggregates, claims, scores, settings, training_time
from itt.analysis.tables.ours import Ours
from itt.analysis.tables.sheet import Sheet


def sheets(ours: Ours) -> list[Sheet]:
    """All tables of collected runs, in the order of `outputs.SHEETS`."""
    return [
        scores.sheet(ours),
        training_time.sheet(ours),
        *(settings.sheet(ours, subject) for subject in settings.SUBJECTS),
        claims.sheet(ours),
        against.sheet(ours),
        aggregates.sheet(ours.runs),
    ]


def read(collected: Path, speed: Path | None = None) -> Ours:
    """What the tables are made of.

    Args:
        collected: The folder that `collect` filled.
        speed: What `itt bench rollouts --study` wrote, if anything.

    Raises:
        UserError: One of them is not such a thing.
    """
    return Ours(*read_collected(collected), measured.read(speed) if speed else None)


def tables(collected: Path, out: Path, speed: Path | None = None) -> list[Path]:
    """Writes the files of `outputs.TABLES`; returns their paths. See `read` for the rest."""
    return [path for sheet in sheets(read(collected, speed)) for path in _write(sheet, out)]


def _write(sheet: Sheet, out: Path) -> list[Path]:
    contents = {
        ".csv": csv_text(sheet.data),
        ".md": typeset.markdown(sheet.title, sheet.tables),
        ".tex": typeset.latex(sheet.tables),
        ".html": typeset.html(sheet.title, sheet.tables),
    }
    return [write(out / f"{sheet.name}{kind}", contents[kind]) for kind in outputs.TABLE_KINDS]
