"""Writing an archive: under its name stands only what has been found sound."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from itt.archive import container
from itt.archive.contents import contents
from itt.archive.tables import redraw
from itt.errors import UserError


def make(results: Path, out: Path) -> int:
    """Writes the archive of a study's results; returns the number of files in it.

    Raises:
        UserError: `results` is no such folder, a record in it is damaged, or the tables are not those of the records.
    """
    files = contents(results)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
        new = Path(scratch, out.name)
        with new.open("wb") as file:
            container.write(file, files)
            os.fsync(file.fileno())
        if differing := redraw(results).differing:
            raise UserError(f"{results}: {differing[0]}; `itt collect` and `itt tables` make it anew")
        count = container.check(new)
        os.replace(new, out)
    return count
