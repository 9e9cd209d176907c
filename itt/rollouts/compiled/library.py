"""MuJoCo's own C functions, callable from compiled code.

Bound by name and not by address: only then can Numba keep compiled code on disk. The library is the one inside the
mujoco package, so that Python and compiled code play in the same simulation. It is loaded without importing that
package, which a classic-control env does not need.

A function takes the addresses of an mjModel and an mjData, which Python has as `_address`, and returns nothing.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import llvmlite.binding
from numba import types


def _library() -> Path:
    """The file of the C library that the installed mujoco package brings along."""
    package = find_spec("mujoco")
    folders = (package.submodule_search_locations if package else None) or []
    found = [path for folder in folders for path in Path(folder).glob("libmujoco*")]
    if len(found) != 1:
        raise ImportError(f"the mujoco package must bring one libmujoco, found {len(found)} in {list(folders)}")
    return found[0]


llvmlite.binding.load_library_permanently(str(_library()))

_signature = types.void(types.intp, types.intp)

mj_step = types.ExternalFunction("mj_step", _signature)
"""One physics step."""
mj_step1 = types.ExternalFunction("mj_step1", _signature)
"""Its first half: what follows from positions and velocities."""
mj_step2 = types.ExternalFunction("mj_step2", _signature)
"""Its second half, from the controls on: accelerations, then integration."""
