"""An env as compiled code sees it, and how a simulation that diverged is seen there."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from numpy.typing import NDArray

from itt.envs.divergence import MAX_VALUE
from itt.native.kernel import kernel

CART_POLE, MOUNTAIN_CAR, MOUNTAIN_CAR_CONTINUOUS, ACROBOT, GYMNASIUM, FISH, SWIMMER, HOPPER, WALKER = range(9)
"""Kinds of env: four of classic control, all of Gymnasium's MuJoCo envs, and four domains of dm_control's suite."""

_NONE = np.empty(0)


class Physics(NamedTuple):
    """An env's simulation: views of its memory, and the numbers that its formulas need.

    One set of field types for all envs, so that whatever takes it compiles once; a field that an env does not use is
    empty. The views are valid as long as the env is.
    """

    kind: int
    model: int = 0
    """address of the mjModel"""
    data: int = 0
    """address of the mjData"""
    substeps: int = 0
    """physics steps in a step of the env"""
    qpos: NDArray[np.float64] = _NONE
    qvel: NDArray[np.float64] = _NONE
    ctrl: NDArray[np.float64] = _NONE
    sensordata: NDArray[np.float64] = _NONE
    xpos: NDArray[np.float64] = _NONE
    """bodies' positions, 3 numbers each; the arrays below likewise, row after row"""
    xipos: NDArray[np.float64] = _NONE
    """bodies' centres of mass, 3 numbers each"""
    xmat: NDArray[np.float64] = _NONE
    """bodies' orientations, 9 numbers each"""
    geom_xpos: NDArray[np.float64] = _NONE
    geom_xmat: NDArray[np.float64] = _NONE
    warnings: NDArray[np.int32] = np.empty(0, np.int32)
    """mjData.warning, 2 numbers each: what was last warned of, and how often since the reset"""
    places: NDArray[np.int64] = np.empty(0, np.int64)
    """where in the arrays above a formula finds what it needs"""
    constants: NDArray[np.float64] = _NONE
    state: NDArray[np.float64] = _NONE
    """classic control only, which has no other memory"""
    observation: NDArray[np.float64] = _NONE
    """classic control only"""


def of_mujoco(kind: int, env: gymnasium.Env[Any, Any], places: list[int], constants: list[float]) -> Physics:
    """The simulation of an env that has MuJoCo's `model` and `data` and a `frame_skip`."""
    model, data = env.unwrapped.model, env.unwrapped.data  # type: ignore[attr-defined]
    return Physics(
        kind,
        model._address,
        data._address,
        env.unwrapped.frame_skip,  # type: ignore[attr-defined]
        data.qpos,
        data.qvel,
        data.ctrl,
        data.sensordata,
        data.xpos.reshape(-1),
        data.xipos.reshape(-1),
        data.xmat.reshape(-1),
        data.geom_xpos.reshape(-1),
        data.geom_xmat.reshape(-1),
        _warnings(data),
        np.array(places, np.int64),
        np.array(constants, np.float64),
    )


def _warnings(data: Any) -> NDArray[np.int32]:
    """The whole of mjData.warning, of which MuJoCo's Python gives two views with gaps. Shape (2 warnings,)."""
    last, number = data.warning.lastinfo, data.warning.number
    whole = np.lib.stride_tricks.as_strided(last, (2 * len(last),), (last.itemsize,))
    for half, start in (last, 0), (number, 1):
        part = whole[start::2]
        assert part.__array_interface__ == half.__array_interface__, "mjWarningStat is not {int lastinfo, number;}"
    return whole


@kernel
def diverged(warnings: Any, qpos: Any, qvel: Any) -> Any:
    """`itt.envs.divergence.has_diverged`, compiled."""
    for i in range(1, len(warnings), 2):
        if warnings[i] > 0:
            return True
    return beyond(qpos, MAX_VALUE) or beyond(qvel, MAX_VALUE)


@kernel
def beyond(values: Any, bound: Any) -> Any:
    """Whether any value is beyond a bound in size, NaN among them."""
    for value in values:  # noqa: SIM110 - Numba knows no generators
        if not math.fabs(value) <= bound:
            return True
    return False
