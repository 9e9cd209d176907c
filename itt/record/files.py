"""Files that are whole or not there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Replaces `path` as a whole: who reads it, or finds it after a crash, sees the old content or the new.

    Raises:
        OSError: It cannot be written; its `filename` is `path`, which is as it was.
    """
    with beside(path, content) as new:
        os.replace(new, path)


@contextlib.contextmanager
def beside(path: Path, content: bytes) -> Iterator[str]:
    """The name of a new file in the folder of `path`, whole and on disk, that is to replace it; else it is removed.

    Raises:
        OSError: As `write_atomically`.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_umask())
            yield name
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


def sweep(folder: Path, names: Iterable[str]) -> None:
    """Removes what `write_atomically` left in a folder when it was killed: new files for `names`, which may have *."""
    for name in names:
        for path in folder.glob(f".{name}.????????"):
            path.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
