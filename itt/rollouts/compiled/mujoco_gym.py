"""Gymnasium's MuJoCo envs, -v4: Swimmer, Hopper, HalfCheetah, Walker2d.

All four observe positions without the first one or two and velocities, are paid for going forward and pay for controls;
Hopper and Walker2d are paid for being healthy and end when they are not. So one formula serves all, and what differs is
numbers, most of them read from the env.

Gymnasium calls mj_rnePostConstraint after the steps. It computes contact forces (`cfrc_ext`), which these four neither
observe nor pay for, so it is not called here.
"""

from __future__ import annotations

import math
from typing import Any

import gymnasium

from itt.envs import EnvSpec
from itt.native.kernel import inlined_kernel, kernel
from itt.rollouts.compiled.library import mj_step
from itt.rollouts.compiled.simulation import GYMNASIUM, Physics, of_mujoco

_VELOCITY_LIMITS = {"Swimmer-v4": math.inf, "HalfCheetah-v4": math.inf, "Hopper-v4": 10.0, "Walker2d-v4": 10.0}
"""Velocities are observed within plus and minus this."""

KINDS = dict.fromkeys(_VELOCITY_LIMITS, GYMNASIUM)

# Entries of `constants`.
_SECONDS, _VELOCITY_LIMIT, _FORWARD, _COST, _HEALTHY, _LOW, _HIGH, _LEAST_ANGLE, _MOST_ANGLE, _LEAST, _MOST = range(11)


def attach(env: gymnasium.Env[Any, Any], spec: EnvSpec) -> Physics:
    """See `physics.attach`."""
    task: Any = env.unwrapped
    everything = (-math.inf, math.inf)
    constants = [
        task.dt,
        _VELOCITY_LIMITS[spec.id],
        task._forward_reward_weight,
        task._ctrl_cost_weight,
        getattr(task, "_healthy_reward", 0.0),
        *getattr(task, "_healthy_z_range", everything),
        *getattr(task, "_healthy_angle_range", everything),
        *getattr(task, "_healthy_state_range", everything),
    ]
    hidden = task.model.nq + task.model.nv - spec.observation
    return of_mujoco(GYMNASIUM, env, [hidden], constants)


@inlined_kernel
def observe(physics: Any, out: Any) -> None:
    """Positions but for the hidden ones, then velocities within their limit."""
    hidden, limit = physics.places[0], physics.constants[_VELOCITY_LIMIT]
    shown = len(physics.qpos) - hidden
    for i in range(shown):
        out[i] = physics.qpos[hidden + i]
    for i in range(len(physics.qvel)):
        out[shown + i] = min(max(physics.qvel[i], -limit), limit)


@inlined_kernel
def step(physics: Any, action: Any) -> Any:
    """Plays one step; returns (reward, terminated)."""
    constants = physics.constants
    before, cost = physics.qpos[0], 0.0
    for i in range(len(physics.ctrl)):
        physics.ctrl[i] = action[i]
        cost += action[i] * action[i]
    for _ in range(physics.substeps):
        mj_step(physics.model, physics.data)
    velocity = (physics.qpos[0] - before) / constants[_SECONDS]
    reward = constants[_FORWARD] * velocity + constants[_HEALTHY] - constants[_COST] * cost
    return reward, not _healthy(physics.qpos, physics.qvel, constants)


@kernel
def _healthy(qpos: Any, qvel: Any, constants: Any) -> Any:
    """Whether the body stands: height and angle are qpos 1 and 2, what follows is the state of Hopper's rule."""
    least, most = constants[_LEAST], constants[_MOST]
    stands = constants[_LOW] < qpos[1] < constants[_HIGH]
    stands &= constants[_LEAST_ANGLE] < qpos[2] < constants[_MOST_ANGLE]
    for i in range(2, len(qpos)):
        stands &= least < qpos[i] < most
    for i in range(len(qvel)):
        stands &= least < qvel[i] < most
    return stands
