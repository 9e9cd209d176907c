"""When an episode has diverged: the one rule, which both engines keep to.

An episode has diverged, and ends, in the step in which

* MuJoCo gave up the simulation, or will in the next step (`has_diverged`);
* the action holds NaN, which is of no env's space: the step is then not played;
* the state holds NaN, or a number that float32 cannot hold, in which candidates are scored;
* the return is NaN or beyond `MAX_VALUE` in size, which includes a reward that is.

That step is worth nothing, and the episode counts as the worst of the sound ones around it (`worth`).

The compiled engine has its own form of the same step, `itt.rollouts.compiled.simulation` and `loop`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np

from itt.errors import UserError

MAX_VALUE = 1e10
"""mjMAXVAL: MuJoCo calls a position or a velocity bad beyond it. A return beyond it has exploded as well."""
MAX_STATE = float(np.finfo(np.float32).max)
"""The largest number of float32."""


def has_diverged(env: gymnasium.Env[Any, Any]) -> bool:
    """Whether MuJoCo gave up its simulation since the reset, or will in the next step; False if MuJoCo does not play.

    MuJoCo resets a simulation that goes out of bounds by itself and plays on: only a count of warnings tells. Any
    warning counts, as it does for dm_control. MuJoCo looks for bad values as a step begins, this looks as it ends.
    """
    mujoco, data = sys.modules.get("mujoco"), getattr(env.unwrapped, "data", None)
    if mujoco is None or not isinstance(data, mujoco.MjData):
        return False
    sound = all((np.abs(values) <= MAX_VALUE).all() for values in (data.qpos, data.qvel))
    return bool(data.warning.number.any()) or not sound


def is_sound(state: Any) -> bool:
    """Whether all numbers of a state, shape (s,), are finite and within float32."""
    return bool((np.abs(state) <= MAX_STATE).all())


def worth(values: Sequence[float], diverged: Sequence[bool], most: float = 1.0) -> list[float]:
    """What episodes count for: its own value, or for one that diverged the worst of those that did not.

    An episode that was cut short has no return that could be compared: what came before may be immense, as where a body
    is flung forward, or hide the cost of the steps that were saved. The worst of the others is never better than a
    sound episode, so divergence does not pay; it is no outlier either, so one such episode does not drown all others,
    and it still tells that its direction is a bad one, as leaving it out would not.

    Args:
        values: One an episode.
        diverged: Whether it diverged.
        most: The share of episodes that may diverge. Where more did, the others say too little of them.

    Returns:
        As many; NaN for those that diverged where all did, or more than `most`.
    """
    if sum(diverged) > most * len(values):
        return [math.nan if bad else value for value, bad in zip(values, diverged, strict=True)]
    sound = [value for value, bad in zip(values, diverged, strict=True) if not bad]
    worst = min(sound, default=math.nan)
    return [worst if bad else value for value, bad in zip(values, diverged, strict=True)]


def watched_step(env: gymnasium.Env[Any, Any], action: Any, value: float) -> tuple[Any, float, bool, bool]:
    """A step of any env, from Python.

    Args:
        env: The env.
        action: What it is to do.
        value: The return so far.

    Returns:
        The state, None if the step diverged; the return, to which such a step adds nothing; whether the episode is
        over, and whether it has diverged.
    """
    if isinstance(action, np.ndarray) and np.isnan(action).any():
        return None, value, True, True
    step = sound_step(env, action, value)
    if step is None:
        return None, value, True, True
    state, reward, terminated, truncated = step
    return state, value + reward, terminated or truncated, False


def sound_step(env: gymnasium.Env[Any, Any], action: Any, value: float) -> tuple[Any, float, bool, bool] | None:
    """A step of any env: state, reward, terminated, truncated; None if it diverged. `value` is the return so far."""
    try:
        state, reward, terminated, truncated, _ = env.step(action)
    except (RuntimeError, UserError):  # what dm_control raises for it; Gymnasium goes on and says nothing
        if not has_diverged(env):
            raise
        return None
    if has_diverged(env) or not abs(value + float(reward)) <= MAX_VALUE or not is_sound(state):
        return None
    return state, float(reward), terminated, truncated
