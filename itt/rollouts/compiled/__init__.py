"""The compiled engine: the whole episode in Numba, with MuJoCo's own C functions and no Python between steps.

    player.py           plays episodes: with compiled physics, or with the compiled policy in an env's own simulator
    loop.py             the episode
    sight.py            what the policy sees of a state
    policy.py           from a state to an action; actor.py has its arrays
    exact_search.py     the best of all candidates; scores.py, towers.py and vectors.py compute, in this order
    searches.py         the other searches: projections.py, feature_tree.py
    generator.py        fresh candidates
    physics.py          the env: observe and step; a file a family

Compiled functions are kept in one folder for each kind of CPU, version of Numba and of this code (`cache_folder`),
since Numba itself does not notice when a function that another one calls was edited.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from pathlib import Path

import llvmlite.binding
import numba


def cache_folder() -> Path:
    """Where compiled functions are kept: below $ITT_CACHE_DIR, else $XDG_CACHE_HOME/itt or ~/.cache/itt.

    A temporary folder where that cannot be written to.
    """
    here, built = Path(__file__).parent, Path(__file__).parents[2] / "candidates"
    # Numba knows a tuple by its class and the types in it, not by their names; these two files define such tuples.
    sources = [*sorted(here.glob("*.py")), built / "projections.py", built / "feature_tree.py"]
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


# Before the first function is decorated: that is when Numba decides where it will be kept.
numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
