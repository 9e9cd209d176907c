"""Where compiled functions are kept: a folder for each kind of CPU, version of Numba and of this code.

Numba itself does not notice when a function that another one calls was edited. It runs whatever it finds in the folder,
so nobody else may be able to write there.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import llvmlite.binding
import numba

from itt.errors import UserError
from itt.lock import HeldElsewhere, held

_SOURCES = (
    "native/*.py",
    "linear/*.py",
    "candidates/*.py",
    "rollouts/compiled/*.py",
    "envs/divergence.py",
    "settings/methods.py",
    "policies/activations.py",
)
"""Where compiled functions stand, and the tuples and constants that they take: Numba knows a tuple by its class and the
types in it, not by their names."""
_LOOK, _PATIENCE = 0.2, 900.0
"""Seconds between two looks whether another process has compiled, and until this one does so itself."""


@cache
def cache_folder() -> Path:
    """Where compiled functions are kept: below $ITT_CACHE_DIR, else $XDG_CACHE_HOME/itt or ~/.cache/itt.

    Below the temporary folder where home cannot be written to.

    Raises:
        UserError: There is no such folder, or others than this user could write to it.
    """
    if asked := os.environ.get("ITT_CACHE_DIR"):
        place = Path(asked).expanduser().absolute()
        try:
            return _made(place / _name())
        except OSError as error:
            raise UserError(f"ITT_CACHE_DIR: {place}: cannot be written ({error.strerror})") from None
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "itt"
    for place in (home, Path(tempfile.gettempdir(), f"itt-{os.geteuid()}")):
        try:
            if place.exists() and place.stat().st_uid == os.geteuid():
                place.chmod(0o700)  # earlier versions left it to the umask
            return _made(place / _name())
        except OSError:
            continue
    raise UserError(f"{home}: cannot be written, nor can {place}; name a folder for compiled code in ITT_CACHE_DIR")


def compile_once(compile_all: Callable[[], None]) -> None:
    """Sees to it that all is compiled: by one process, while others that keep theirs in the same folder wait."""
    folder, started, looks = cache_folder(), time.monotonic(), 0
    done = folder / "compiled"
    while not done.exists():
        try:
            with held(folder / ".lock"):
                if not done.exists():
                    _say("compiling the engine for this machine, once: a minute or two")
                    compile_all()
                    done.touch()
        except HeldElsewhere as other:
            looks += 1
            if looks == 2:  # not where it is a moment, in which it may not even have said who it is
                _say(f"waiting for another process, which compiles the engine ({other})")
            if time.monotonic() - started > _PATIENCE:  # it may have died where there are no locks
                compile_all()
                done.touch()
            time.sleep(_LOOK)
        except OSError as error:
            if error.filename is None or folder not in Path(error.filename).parents:
                raise
            raise UserError(f"{folder}: cannot be written ({error.strerror})") from None


def _name() -> str:
    package = Path(__file__).parents[1]
    sources = [path for pattern in _SOURCES for path in sorted(package.glob(pattern))]
    source = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    cpu = llvmlite.binding.get_host_cpu_name()
    return f"kernels-{cpu}-python{platform.python_version()}-numba{numba.__version__}-{source}"


def _made(folder: Path) -> Path:
    """The folder, made where it is not there yet, after a look at who can write to it and to the one above."""
    folder.parent.parent.mkdir(parents=True, exist_ok=True)
    for path in (folder.parent, folder):
        path.mkdir(mode=0o700, exist_ok=True)
        status = path.stat()
        if status.st_uid != os.geteuid() and (path == folder or status.st_uid != 0):
            raise UserError(f"{path}: belongs to another user, who could change compiled code; {_ELSEWHERE}")
        # In a folder like /tmp, with the sticky bit, nobody can replace what is another's.
        shared = path != folder and status.st_mode & stat.S_ISVTX
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not shared:
            raise UserError(f"{path}: others can write to it, and so change compiled code; {_ELSEWHERE} (chmod go-w)")
    tempfile.TemporaryFile(dir=folder).close()
    return folder


_ELSEWHERE = "name a folder of your own in ITT_CACHE_DIR"


def _say(line: str) -> None:
    print(f"itt: {line}", file=sys.stderr, flush=True)
