"""Where compiled functions are kept: a folder for each kind of CPU, version of Numba and of this code.

Numba itself does not notice when a function that another one calls was edited.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from pathlib import Path

import llvmlite.binding
import numba

_ROOMS = ("native", "linear", "candidates", "rollouts/compiled")
"""Where compiled functions stand, and the tuples that they take: Numba knows a tuple by its class and the types in it,
not by their names."""


def cache_folder() -> Path:
    """Where compiled functions are kept: below $ITT_CACHE_DIR, else $XDG_CACHE_HOME/itt or ~/.cache/itt.

    A temporary folder where that cannot be written to.
    """
    package = Path(__file__).parents[1]
    sources = [path for room in _ROOMS for path in sorted((package / room).glob("*.py"))]
    source = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    cpu = llvmlite.binding.get_host_cpu_name()
    name = f"kernels-{cpu}-python{platform.python_version()}-numba{numba.__version__}-{source}"
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "itt"
    asked = os.environ.get("ITT_CACHE_DIR")
    places = [Path(asked)] if asked else [home, Path(tempfile.gettempdir(), f"itt-{os.getuid()}")]
    for place in places:
        try:
            (place / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place / name, os.W_OK):
            return place / name
    return Path(tempfile.mkdtemp(prefix="itt-kernels-"))
