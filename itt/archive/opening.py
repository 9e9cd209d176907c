"""Unpacking an archive into a folder like results/NAME."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from itt.archive import container
from itt.errors import UserError


def unpack(file: Path, folder: Path) -> None:
    """Unpacks a sound archive into a folder that is not there yet, or is empty; else nothing is written.

    Raises:
        UserError: The archive is not sound, or there is something in the folder.
    """
    container.check(file)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UserError(f"{folder}: is there already; choose another --out")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        whole = Path(scratch, "whole")
        container.unpack(file, whole)
        os.replace(whole, folder)
