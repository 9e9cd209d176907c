"""Tables of what was collected, the paper's numbers beside ours. Each module makes one `Sheet`; `itt tables` writes it.

scores        Tables 1 and 6: three readings of the score
    aggregates    all envs together (Agarwal et al. 2021)
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from itt.analysis import outputs, typeset
from itt.analysis.files import csv_text, read_collected, write
from itt.analysis.tables import aggregates, scores
from itt.analysis.tables.sheet import Sheet


def sheets(runs: pd.DataFrame, curves: pd.DataFrame) -> list[Sheet]:
    """All tables of collected runs, in the order in which they are read."""
    return [scores.sheet(runs, curves), aggregates.sheet(runs)]


def tables(collected: Path, out: Path) -> list[Path]:
    """Writes the files of `outputs.TABLES` from what `collect` wrote; returns their paths.

    Raises:
        UserError: `collected` is not a folder that `collect` wrote.
    """
    return [path for sheet in sheets(*read_collected(collected)) for path in _write(sheet, out)]


def _write(sheet: Sheet, out: Path) -> list[Path]:
    contents = {
        ".csv": csv_text(sheet.data),
        ".md": typeset.markdown(sheet.title, sheet.tables),
        ".tex": typeset.latex(sheet.tables),
        ".html": typeset.html(sheet.title, sheet.tables),
    }
    return [write(out / f"{sheet.name}{kind}", contents[kind]) for kind in outputs.TABLE_KINDS]
