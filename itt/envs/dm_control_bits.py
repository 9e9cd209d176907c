"""The DeepMind Control Suite's own arithmetic, with the same bits on every CPU.

Its tasks measure distances, scale quaternions and turn vectors by `np.linalg.norm` and `dot`, which ask a BLAS, and
shape rewards by `exp` and its like, of which NumPy has other bits with AVX-512. Here the suite gets sums that are taken
in order and the C library's functions, as the compiled engine has them; what is computed stays the same.
"""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.linear.elementwise import each
from itt.linear.sums import combination, length

_FUNCTIONS = {
    "arccos": math.acos,
    "cosh": math.cosh,
    "exp": math.exp,
    "log": math.log,
    "log1p": math.log1p,
    "tanh": math.tanh,
}


def _norm(x: Any, *arguments: Any, **options: Any) -> Any:
    """`np.linalg.norm`; of vectors, the length."""
    if np.ndim(x) == 1 and not arguments and not options:
        return np.float64(length(np.asarray(x, dtype=np.float64)))
    return np.linalg.norm(x, *arguments, **options)


_NUMPY = SimpleNamespace(
    **vars(np)
    | {name: lambda x, function=function: each(function, np.asarray(x))[()] for name, function in _FUNCTIONS.items()}
    | {"linalg": SimpleNamespace(**vars(np.linalg) | {"norm": _norm})}
)
"""NumPy, as the suite's modules see it."""


def settle() -> None:
    """Gives it to all of the suite's modules that are imported. More than once does no harm."""
    for name, module in list(sys.modules.items()):
        ours = name.startswith("dm_control.suite") or name == "dm_control.utils.rewards"
        if ours and getattr(module, "np", None) is np:
            module.np = _NUMPY  # type: ignore[attr-defined]
    from dm_control.suite import fish, swimmer

    fish.Physics.mouth_to_target = _mouth_to_target
    swimmer.Physics.nose_to_target = _nose_to_target


def _mouth_to_target(physics: Any) -> NDArray[np.float64]:
    """Of the fish: from mouth to target, as the mouth sees it."""
    data = physics.named.data
    between = data.geom_xpos["target"] - data.geom_xpos["mouth"]
    return combination(between, data.geom_xmat["mouth"].reshape(3, 3))


def _nose_to_target(physics: Any) -> NDArray[np.float64]:
    """Of the swimmer: from nose to target, as the head sees it, in its plane."""
    data = physics.named.data
    between = data.geom_xpos["target"] - data.geom_xpos["nose"]
    return combination(between, data.xmat["head"].reshape(3, 3))[:2]
