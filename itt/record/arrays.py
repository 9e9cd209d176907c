"""Reading files of arrays that anyone may have made: no more than what is there is read, and nothing is executed."""

from __future__ import annotations

import errno
import io
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 2**31
"""Bytes of a file. Policies and checkpoints are far smaller: this is a theta of 50 million numbers."""


def read(path: Path) -> bytes:
    """The content of a plain file.

    Raises:
        OSError: It cannot be read, is none, or is larger than `MOST`.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # a pipe's other end is not waited for
        status = os.fstat(file.fileno())
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "is no plain file", str(path))
        if status.st_size > MOST:
            raise OSError(errno.EFBIG, f"is larger than {MOST / 2**30:g} GiB", str(path))
        return file.read(status.st_size)


def unpacked(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a file that `numpy.savez` wrote, by name.

    Raises:
        ValueError: It is no such file. A few bytes that are compressed may stand for any number, so they are refused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = file.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("holds compressed arrays, which itt does not write")
        if sum(member.file_size for member in members) > len(content):
            raise ValueError("says that it holds more than there is")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except Exception as error:  # zipfile and NumPy have many ways to say what is wrong with a file
        raise ValueError(f"{error}") from None
