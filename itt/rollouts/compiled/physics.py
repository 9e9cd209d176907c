"""The physics half of the compiled engine: observe and step, with no Python in between.

    physics = attach(env, spec)         # once
    begin(physics, env, seed)           # every episode: the reference env's own reset
    observe(physics, state)             # compiled
    reward, terminated, diverged = step(physics, action)

A step makes the very calls into MuJoCo that the reference env makes, on that env's own data, so states are equal bit
for bit. Each family of envs adds what it observes, what it pays and when it ends.
"""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from itt.envs import EnvSpec
from itt.native.kernel import inlined_kernel
from itt.rollouts.compiled import classic_control, mujoco_gym, mujoco_suite
from itt.rollouts.compiled.simulation import ACROBOT, GYMNASIUM, Physics, diverged

__all__ = ["Physics", "attach", "begin", "observe", "step", "supported"]

_FAMILIES = {("gymnasium", env_id): family for family in (classic_control, mujoco_gym) for env_id in family.KINDS} | {
    ("dm_control", env_id): mujoco_suite for env_id in mujoco_suite.KINDS
}


def supported(spec: EnvSpec) -> bool:
    """Whether the env has a compiled twin, which is one of it as it is: made with no arguments."""
    return (spec.family, spec.id) in _FAMILIES and not spec.kwargs


def attach(env: gymnasium.Env[Any, Any], spec: EnvSpec) -> Physics:
    """The env for compiled code. The env, made by `itt.envs.make`, must live as long as what is returned."""
    physics: Physics = _FAMILIES[spec.family, spec.id].attach(env, spec)
    return physics


def begin(physics: Physics, env: gymnasium.Env[Any, Any], seed: int) -> NDArray[np.float64]:
    """Starts an episode in the initial state that the env draws from the seed, with no warnings counted.

    Returns:
        The env's own observation of it.
    """
    observation, _ = env.reset(seed=seed)
    if physics.kind <= ACROBOT:
        classic_control.begin(physics, env, observation)
    return np.asarray(observation)


@inlined_kernel
def observe(physics: Any, out: Any) -> None:
    """Writes the observation, s numbers, to the front of `out`."""
    if physics.kind <= ACROBOT:
        classic_control.observe(physics, out)
    elif physics.kind == GYMNASIUM:
        mujoco_gym.observe(physics, out)
    else:
        mujoco_suite.observe(physics, out)


@inlined_kernel
def step(physics: Any, action: Any) -> Any:
    """Plays one step of the env; returns (reward, terminated, diverged).

    `action` holds a coordinates within their bounds, or in front the index of a discrete action. A step is diverged if
    MuJoCo gave up its simulation in it (see `simulation.diverged`) or its reward is not finite: the reward is then 0,
    and the episode is over.
    """
    failed = False
    if physics.kind <= ACROBOT:
        reward, terminated = classic_control.step(physics, action)
    else:
        if physics.kind == GYMNASIUM:
            reward, terminated = mujoco_gym.step(physics, action)
        else:
            reward, terminated = mujoco_suite.step(physics, action)
        failed = diverged(physics.warnings, physics.qpos, physics.qvel)
    if failed or not math.isfinite(reward):
        return 0.0, False, True
    return reward, terminated, False
