"""A replay buffer on disk, which is appended to: a save costs what is new since the last one.

    rows-000000000000.bin      segments, one after the other; the file's name is its first row's number
    rows-000000262163.bin      the next file, once the one before holds FILE_ROWS

A segment is a header (magic, numbers of a row, number of its first row, rows, CRC-32 of all that and of the rows) and
the rows. A process may be killed at any byte: what follows the last whole segment is cut off, and so is what was
appended after the checkpoint that a run goes back to. Files whose rows have all given way in the ring are removed, but
none that the last KEPT saves need.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.experience.replay import Replay, size_in_bytes

Rows = NDArray[np.float32]
FILE_ROWS = 2**18
"""Rows after which a new file is begun: at most so many more than the ring's are on disk, and what KEPT saves added."""
KEPT = 2
"""Saves back to which a run may go: there are two generations of checkpoints."""
_MAGIC = b"ittrows1"
_HEADER = struct.Struct("<8sIQQ")
_SUM = struct.Struct("<I")


class Damaged(Exception):
    """Rows that a checkpoint needs are not there, or not as they were written."""


class Segments:
    """The folder that one replay buffer is saved in.

    Attributes:
        saved: How many transitions, of all that were ever added, have been saved.
    """

    def __init__(self, folder: Path, replay: Replay) -> None:
        """Of a buffer that is still empty; rows that lie in the folder are removed by the first `save`."""
        self.folder, self.replay, self.saved = folder, replay, 0
        self._counts = [0] * KEPT
        self._path: Path | None = None
        self._end = 0

    def save(self) -> None:
        """`append` and `mark`: all of the buffer, for a checkpoint of this moment.

        Raises:
            OSError: As `append`.
        """
        self.append()
        self.mark()

    def append(self) -> None:
        """Appends what was added since the last time; on disk when it returns.

        Raises:
            OSError: It cannot be written. What was saved before is as it was, and the next save begins there.
        """
        if self.saved == 0:
            for path in _files(self.folder):
                path.unlink()
        self.saved = max(self.saved, self.replay.count - self.replay.capacity)
        for rows in self.replay.since(self.saved):
            self._append(rows)

    def mark(self) -> None:
        """Notes that a checkpoint is about to be written, to which a run may go back: at what is saved now."""
        files = _files(self.folder)
        for path, following in pairwise(files):
            if _number(following) <= self._counts[0] - self.replay.capacity:
                path.unlink()
        self._counts = [*self._counts[1:], self.saved]

    def restore(self, count: int) -> None:
        """Fills the buffer with what it held after `count` transitions; what was saved later is cut off.

        Raises:
            Damaged: Not all of it is there.
        """
        begin = reached = 0
        for path in _files(self.folder):
            if _number(path) >= count:
                path.unlink()
                continue
            self._path, self._end = path, 0
            for segment in _segments(path, self.replay.rows.shape[1]):
                end = segment.first + len(segment.rows)
                if end > count:
                    break
                begin = begin if segment.first == reached else segment.first
                self.replay.put_back(segment.first, segment.rows)
                reached, self._end = end, segment.end
            os.truncate(path, self._end)
        if reached != count or begin > max(0, count - self.replay.capacity):
            raise Damaged(f"{self.folder}: transitions before number {count} are missing or damaged")
        self.saved, self._counts = count, [count] * KEPT

    def _append(self, rows: Rows) -> None:
        """One segment, after the last whole one."""
        path, end = self._path, self._end
        if path is None or self.saved - _number(path) >= FILE_ROWS:
            path, end = self.folder / f"rows-{self.saved:012d}.bin", 0
        header = _HEADER.pack(_MAGIC, rows.shape[1], self.saved, len(rows))
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as file:
            file.seek(end)
            file.truncate()
            for part in (header, rows.data, _SUM.pack(zlib.crc32(rows.data, zlib.crc32(header)))):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
            self._end = file.tell()
        if path != self._path:
            _sync(self.folder)
        self._path, self.saved = path, self.saved + len(rows)


def most_bytes(capacity: int, observation: int, action: int) -> int:
    """About what the files of a full ring take at most, if saves are small beside FILE_ROWS."""
    return size_in_bytes(capacity + 2 * FILE_ROWS, observation, action)


class _Segment(NamedTuple):
    first: int
    rows: Rows
    end: int


def _segments(path: Path, width: int) -> Iterator[_Segment]:
    """The whole segments of a file, up to the first that is not."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        while len(header := file.read(_HEADER.size)) == _HEADER.size:
            magic, wide, first, count = _HEADER.unpack(header)
            if magic != _MAGIC or wide != width or 4 * wide * count + _SUM.size > size - file.tell():
                return
            content = file.read(4 * wide * count)
            if file.read(_SUM.size) != _SUM.pack(zlib.crc32(content, zlib.crc32(header))):
                return
            yield _Segment(first, np.frombuffer(content, np.float32).reshape(count, wide), file.tell())


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"rows-{'[0-9]' * 12}.bin"))


def _number(path: Path) -> int:
    """Of the first row that a file was begun for."""
    return int(path.stem.removeprefix("rows-"))


def _sync(folder: Path) -> None:
    """Puts the names of new files on disk, where the file system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
