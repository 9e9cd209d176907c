"""An env as compiled code sees it, and how a simulation that diverged is seen."""

from __future__ import annotations

import math
import sys
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from numpy.typing import NDArray

from itt.native.kernel import kernel

CART_POLE, MOUNTAIN_CAR, MOUNTAIN_CAR_CONTINUOUS, ACROBOT, GYMNASIUM, FISH, SWIMMER, HOPPER, WALKER = range(9)
"""Kinds of env: four of classic control, all of Gymnasium's MuJoCo envs, and four domains of dm_control's suite."""

MAX_VALUE = 1e10
"""mjMAXVAL: MuJoCo calls a position or a velocity bad beyond it."""

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
    """Whether MuJoCo gave up its simulation since the reset, or will in the next step.

    It resets a simulation that goes out of bounds by itself and plays on: only a count of warnings tells. Any warning
    counts, as it does for dm_control. MuJoCo looks for bad values at the beginning of a step, this looks at its end.
    """
    for i in range(1, len(warnings), 2):
        if warnings[i] > 0:
            return True
    return _beyond(qpos) or _beyond(qvel)


@kernel
def _beyond(values: Any) -> Any:
    """Whether any value is one that MuJoCo calls bad, NaN among them."""
    for value in values:  # noqa: SIM110 - Numba knows no generators
        if not math.fabs(value) <= MAX_VALUE:
            return True
    return False


def has_diverged(env: gymnasium.Env[Any, Any]) -> bool:
    """As `diverged`, of any env and from Python; False of an env that MuJoCo does not play."""
    mujoco, data = sys.modules.get("mujoco"), getattr(env.unwrapped, "data", None)
    if mujoco is None or not isinstance(data, mujoco.MjData):
        return False
    sound = all((np.abs(values) <= MAX_VALUE).all() for values in (data.qpos, data.qvel))
    return bool(data.warning.number.any()) or not sound


def watched_step(env: gymnasium.Env[Any, Any], action: Any) -> tuple[Any, float, bool, bool, bool]:
    """A step of any env, from Python: (state, reward, terminated, truncated, diverged).

    What `physics.step` is to compiled code: a step whose simulation diverged, or whose reward is not finite, is worth
    nothing and the last of its episode.
    """
    try:
        state, reward, terminated, truncated, _ = env.step(action)
    except RuntimeError:  # what dm_control raises for it; Gymnasium goes on and says nothing
        if not has_diverged(env):
            raise
        return None, 0.0, False, False, True
    if has_diverged(env) or not math.isfinite(reward):
        return None, 0.0, False, False, True
    return state, float(reward), terminated, truncated, False
