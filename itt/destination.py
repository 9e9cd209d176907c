"""Where a command is told to write: looked at before it does any work. Nothing is made here."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from itt.errors import UserError


def named(text: str) -> Path:
    """The path that a user gave; an empty one, like that of a variable not set, would be the current folder."""
    if not text:
        raise UserError("--out '': is empty; name a place, or . for the current folder")
    return Path(text)


def folder(text: str) -> Path:
    """The folder that a user gave to write to, which need not be there yet."""
    check(path := named(text))
    return path


def file(text: str) -> Path:
    """The file that a user gave to write to, whose folder need not be there yet."""
    path = named(text)
    if path.is_dir():
        raise UserError(f"{path}: is a folder; --out names a file here")
    check(path.parent)
    return path


def check(path: Path) -> None:
    """That files can be written to the folder `path`, or, where it is not there yet, to the first one above that is.

    Raises:
        UserError: They cannot; the line says why.
    """
    place = path.absolute()
    try:
        while not place.exists():
            if place.is_symlink():
                raise UserError(f"{path}: cannot be written ({place} is a link that leads nowhere)")
            if len(os.fsencode(place.name)) > 255:  # found only once its folder is there
                raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
            place = place.parent
        if not place.is_dir():
            raise UserError(f"{path}: {'is' if place == path.absolute() else f'{place} is'} a file, and no folder")
        tempfile.TemporaryFile(dir=place).close()  # what permissions say is not all: a file system may be read-only
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from None
