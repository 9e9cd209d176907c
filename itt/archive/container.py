"""A zip file whose bytes depend on the names and contents of its files alone, and SHA256SUMS, which lists them.

Files are stored, not compressed: compressed bytes depend on the version of the library that makes them. All have one
date, one owner's permissions and no extra fields, so that there is only one right form of everything between the files'
contents, too. An archive is sound if it is, byte for byte, what `write` makes of what is in it, and its files are those
of SHA256SUMS.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from itt.errors import UserError

SUMS = "SHA256SUMS"
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip file knows."""
_UNIX, _PLAIN_FILE = 3, 0o100644
_HEAD, _SIGNATURE = struct.Struct("<4s5H3I2H"), b"PK\3\4"
"""What stands before each file's name and content: among other things their lengths, and that of an extra field."""
_ENTRY = 46
"""Bytes of a file's entry in the directory at a zip's end, beside its name."""
_CHUNK = 1 << 20

_UNREADABLE = (zipfile.BadZipFile, RuntimeError, ValueError, OSError, EOFError, struct.error)
"""What zipfile raises where it meets wrong bytes."""


def write(file: IO[bytes], files: Iterable[tuple[str, bytes]]) -> None:
    """Writes (name, content) in the order given, then SHA256SUMS of all of them."""
    sums = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            _add(archive, name, content)
        _add(archive, SUMS, "".join(sums).encode())


def check(path: Path) -> int:
    """The number of files in a sound archive, SHA256SUMS included.

    Raises:
        UserError: It is not sound; the line names the files that are damaged, changed, added, missing or renamed.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; `itt archive results/NAME --out FILE` writes one")
    stray = _first_stray(path)
    if stray and stray.behind:
        raise UserError(f"{path}: not sound: {stray.behind} is not as itt writes it (byte {stray.place})")
    with _opened(path) as archive:
        if problems := list(_problems(archive)):
            more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
            raise UserError(f"{path}: not sound: {'; '.join(problems[:3])}{more}")
        if stray:
            before = [info.filename for info in archive.infolist() if info.header_offset <= stray.place]
            owner = before[-1] if before else "the beginning"
            raise UserError(f"{path}: not sound: {owner} is not stored as itt stores it (byte {stray.place})")
        return len(archive.infolist())


def unpack(path: Path, folder: Path) -> None:
    """Writes the files of an archive that `check` found sound below `folder`, as plain files."""
    with _opened(path) as archive:
        for info in archive.infolist():
            place = folder / info.filename
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.read(info))


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.create_system, info.external_attr = _UNIX, _PLAIN_FILE << 16
    archive.writestr(info, content)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _UNREADABLE as error:
        raise UserError(f"{path}: not sound: cut short, damaged, or no zip file ({_one_line(error)})") from None


def _problems(archive: zipfile.ZipFile) -> Iterator[str]:
    """What is wrong with the files and their names, a phrase each."""
    found: dict[str, str] = {}
    names = Counter(info.filename for info in archive.infolist())
    if unsafe := [name for name in names if not _safe(name)]:
        yield from (f"{name!r} is no name for a file in an archive" for name in unsafe)
        return
    yield from (f"{name} is there {times} times" for name, times in names.items() if times > 1)
    for info in archive.infolist():
        try:
            content = _read(archive, info)
        except _UNREADABLE as error:
            yield f"{info.filename} is damaged ({_one_line(error)})"
            found[info.filename] = ""
            continue
        found[info.filename] = hashlib.sha256(content).hexdigest()
        if info.filename == SUMS:
            listed = _listed(content)
    if not found.get(SUMS):
        if SUMS not in found:
            yield f"{SUMS} is missing"
        return
    del found[SUMS]
    yield from _differences(listed, found)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
        raise zipfile.BadZipFile("not stored as itt stores files")
    return archive.read(info)


def _listed(content: bytes) -> dict[str, str]:
    """The hash of each file, as SHA256SUMS has it; lines of another form are no file's."""
    lines = (line.split("  ", 1) for line in content.decode(errors="replace").splitlines())
    return {line[1]: line[0] for line in lines if len(line) == 2}


def _differences(listed: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    """Of names and hashes. A file of which nothing but the hash is known again was renamed."""
    missing, added = listed.keys() - found.keys(), found.keys() - listed.keys()
    for name in sorted(missing):
        new = next((other for other in sorted(added) if found[other] == listed[name]), None)
        added.discard(new or "")
        yield f"{name} was renamed to {new}" if new else f"{name} is missing"
    yield from (f"{name} was added" for name in sorted(added))
    yield from (
        f"{name} was changed (its SHA-256 is not that of {SUMS})"
        for name in sorted(listed.keys() & found.keys())
        if found[name] and found[name] != listed[name]
    )


@dataclass(frozen=True)
class _Stray:
    """The first place where a file is not what `write` makes of what is in it.

    Attributes:
        place: The byte.
        behind: If all files are right, what is wrong behind them, in words.
    """

    place: int
    behind: str = ""


def _first_stray(path: Path) -> _Stray | None:
    """Reads the files one behind the other, without the directory, and compares with what `write` makes of them."""
    names: list[str] = []
    with path.open("rb") as file, tempfile.TemporaryFile() as right:
        found = _in_sequence(file, names)
        with warnings.catch_warnings(action="ignore"):  # of names that are there twice
            write(right, ((name, content) for name, content in found if name != SUMS))
        place = _first_difference(file, right)
        if place is None:
            return None
        right.seek(0)
        end = zipfile.ZipFile(right).start_dir
    if place < end or names[-1:] != [SUMS]:  # which is the last file, so all were read
        return _Stray(place)
    for name in names:
        end += _ENTRY + len(name.encode())
        if place < end:
            return _Stray(place, f"{name}, its entry in the directory of the zip,")
    return _Stray(place, "the end of the zip")


def _in_sequence(file: IO[bytes], names: list[str]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each file, as far as they follow each other; adds the names to `names`."""
    while len(head := file.read(_HEAD.size)) == _HEAD.size and head.startswith(_SIGNATURE):
        *_, size, name_length, extra_length = _HEAD.unpack(head)
        names.append(file.read(name_length).decode(errors="replace"))
        file.seek(extra_length, os.SEEK_CUR)
        yield names[-1], file.read(size)


def _first_difference(one: IO[bytes], other: IO[bytes]) -> int | None:
    """The first byte at which two files are not the same, if there is one."""
    one.seek(0)
    other.seek(0)
    place = 0
    while (a := one.read(_CHUNK)) == (b := other.read(_CHUNK)):
        if not a:
            return None
        place += len(a)
    return place + next(
        (i for i, pair in enumerate(zip(a, b, strict=False)) if pair[0] != pair[1]), min(len(a), len(b))
    )


def _safe(name: str) -> bool:
    """Whether a name stays below the folder that it is unpacked to, and is plain in a line of SHA256SUMS."""
    path = PurePosixPath(name)
    plain = name.isprintable() and "\\" not in name
    return plain and name == str(path) and not path.is_absolute() and ".." not in path.parts


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__
