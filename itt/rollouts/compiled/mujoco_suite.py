"""Tasks of the DeepMind Control Suite: fish-swim, swimmer-swimmer6 and -swimmer15, hopper-stand, walker-walk.

Their rewards are made of `dm_control.utils.rewards.tolerance`: 1 within bounds, falling with the distance d from them,
which is measured in margins.
"""

from __future__ import annotations

import math
from typing import Any

import gymnasium

from itt.envs import EnvSpec
from itt.native.kernel import inlined_kernel, kernel
from itt.rollouts.compiled.library import mj_step, mj_step1, mj_step2
from itt.rollouts.compiled.simulation import FISH, HOPPER, SWIMMER, WALKER, Physics, of_mujoco

KINDS = {
    "fish/swim": FISH,
    "swimmer/swimmer6": SWIMMER,
    "swimmer/swimmer15": SWIMMER,
    "hopper/stand": HOPPER,
    "walker/walk": WALKER,
}

_FISH_JOINTS = ("tail1", "tail_twist", "tail2", "finright_roll", "finright_pitch", "finleft_roll", "finleft_pitch")
_HOPPER_HEIGHT = 0.6, 2.0
_WALKER_HEIGHT, _WALKER_SPEED = 1.2, 1.0
_TWO = 2.0
"""The exponent of squares, handed over as a number that the compiler does not know (`classic_control._acrobot`)."""
_GAUSSIAN = math.sqrt(-2.0 * math.log(0.1))
_LONG_TAIL = math.sqrt(1.0 / 0.1 - 1.0)


def attach(env: gymnasium.Env[Any, Any], spec: EnvSpec) -> Physics:
    """See `physics.attach`."""
    model = env.unwrapped.model  # type: ignore[attr-defined]
    physics = env.unwrapped.dm_env.physics  # type: ignore[attr-defined]
    euler = 0
    assert physics.legacy_step and model.opt.integrator == euler, "dm_control plays other steps than these"
    kind = KINDS[spec.id]
    places, constants = _PLACES[kind](model)
    return of_mujoco(kind, env, places, [*constants, _TWO])


@inlined_kernel
def step(physics: Any, action: Any) -> Any:
    """Plays one step; returns (reward, terminated), and no task is ever terminated.

    As dm_control does, it ends with the first half of a physics step: so all positions are those of the state.
    """
    for i in range(len(physics.ctrl)):
        physics.ctrl[i] = action[i]
    mj_step2(physics.model, physics.data)
    for _ in range(physics.substeps - 1):
        mj_step(physics.model, physics.data)
    mj_step1(physics.model, physics.data)
    return _reward(physics), False


@inlined_kernel
def observe(physics: Any, out: Any) -> None:
    """The task's entries in the task's order."""
    if physics.kind == FISH:
        _observe_fish(physics, out)
    elif physics.kind == SWIMMER:
        _observe_swimmer(physics, out)
    elif physics.kind == HOPPER:
        _observe_hopper(physics, out)
    else:
        _observe_walker(physics, out)


@inlined_kernel
def _reward(physics: Any) -> Any:
    """The task's reward of the state that a step led to, in [0, 1]."""
    if physics.kind == FISH:
        return _reward_fish(physics)
    if physics.kind == SWIMMER:
        return _reward_swimmer(physics)
    if physics.kind == HOPPER:
        return _reward_hopper(physics)
    return _reward_walker(physics)


def _places_fish(model: Any) -> tuple[list[int], list[float]]:
    mouth, target = model.geom("mouth"), model.geom("target")
    joints = [int(model.joint(name).qposadr[0]) for name in _FISH_JOINTS]
    torso = model.body("torso").id
    return [9 * torso + 8, 3 * mouth.id, 9 * mouth.id, 3 * target.id, *joints], [mouth.size[0] + target.size[0]]


@inlined_kernel
def _observe_fish(physics: Any, out: Any) -> None:
    """Joint angles, how upright the torso is, the target as the mouth sees it, velocities."""
    places = physics.places
    at = 0
    for place in places[4:]:
        out[at] = physics.qpos[place]
        at += 1
    out[at] = physics.xmat[places[0]]
    for axis in range(3):
        out[at + 1 + axis] = _seen(physics.geom_xpos, physics.geom_xmat, places, axis)
    _copy(physics.qvel, 0, out, at + 4)


@inlined_kernel
def _reward_fish(physics: Any) -> Any:
    """Near the target, and a little for being upright."""
    places, radii = physics.places, physics.constants[0]
    square = 0.0
    for axis in range(3):
        square += _seen(physics.geom_xpos, physics.geom_xmat, places, axis) ** 2
    near = _gaussian((math.sqrt(square) - radii) / (2.0 * radii), physics.constants[-1])
    upright = 0.5 * (physics.xmat[places[0]] + 1.0)
    return (7.0 * near + upright) / 8.0


def _places_swimmer(model: Any) -> tuple[list[int], list[float]]:
    nose, target = model.geom("nose"), model.geom("target")
    velocities = int(model.sensor("head_vel").adr[0])
    return [velocities, 3 * nose.id, 9 * model.body("head").id, 3 * target.id], [target.size[0]]


@inlined_kernel
def _observe_swimmer(physics: Any, out: Any) -> None:
    """Joint angles, the target as the nose sees it, each body's velocity in its plane and its spin."""
    places, sensors = physics.places, physics.sensordata
    at = _copy(physics.qpos, 3, out, 0)
    for axis in range(2):
        out[at + axis] = _seen(physics.geom_xpos, physics.xmat, places, axis)
    at += 2
    for body in range(places[0], len(sensors), 6):  # a velocimeter and a gyro each
        out[at], out[at + 1], out[at + 2] = sensors[body], sensors[body + 1], sensors[body + 5]
        at += 3


@inlined_kernel
def _reward_swimmer(physics: Any) -> Any:
    """Near the target."""
    places, radius = physics.places, physics.constants[0]
    square = 0.0
    for axis in range(2):
        square += _seen(physics.geom_xpos, physics.xmat, places, axis) ** 2
    d = (math.sqrt(square) - radius) / (5.0 * radius)
    return 1.0 if d <= 0.0 else 1.0 / ((d * _LONG_TAIL) ** physics.constants[-1] + 1.0)


def _places_hopper(model: Any) -> tuple[list[int], list[float]]:
    touch = [int(model.sensor(name).adr[0]) for name in ("touch_toe", "touch_heel")]
    return [3 * model.body("torso").id + 2, 3 * model.body("foot").id + 2, *touch], []


@inlined_kernel
def _observe_hopper(physics: Any, out: Any) -> None:
    """Positions but for the horizontal one, velocities, the touch of toe and heel."""
    at = _copy(physics.qpos, 1, out, 0)
    at = _copy(physics.qvel, 0, out, at)
    for foot in range(2):
        out[at + foot] = math.log1p(physics.sensordata[physics.places[2 + foot]])


@inlined_kernel
def _reward_hopper(physics: Any) -> Any:
    """Standing, and a little for small controls."""
    places = physics.places
    height = physics.xipos[places[0]] - physics.xipos[places[1]]
    if not _HOPPER_HEIGHT[0] <= height <= _HOPPER_HEIGHT[1]:
        return 0.0
    small = 0.0
    for control in physics.ctrl:
        small += max(1.0 - control**2, 0.0)
    return (small / len(physics.ctrl) + 4.0) / 5.0


def _places_walker(model: Any) -> tuple[list[int], list[float]]:
    torso = model.body("torso").id
    return [3 * torso + 2, 9 * torso + 8, int(model.sensor("torso_subtreelinvel").adr[0])], []


@inlined_kernel
def _observe_walker(physics: Any, out: Any) -> None:
    """Orientations of all bodies in their plane, the torso's height, velocities."""
    at = 0
    for body in range(9, len(physics.xmat), 9):  # all but the world
        out[at], out[at + 1] = physics.xmat[body], physics.xmat[body + 2]
        at += 2
    out[at] = physics.xpos[physics.places[0]]
    _copy(physics.qvel, 0, out, at + 1)


@inlined_kernel
def _reward_walker(physics: Any) -> Any:
    """Standing upright, times moving forward."""
    places = physics.places
    standing = _gaussian((_WALKER_HEIGHT - physics.xpos[places[0]]) / (_WALKER_HEIGHT / 2.0), physics.constants[-1])
    upright = (1.0 + physics.xmat[places[1]]) / 2.0
    d = (_WALKER_SPEED - physics.sensordata[places[2]]) / (_WALKER_SPEED / 2.0)
    moving = 1.0 if d <= 0.0 else max(1.0 - 0.5 * d, 0.0)
    return (3.0 * standing + upright) / 4.0 * (5.0 * moving + 1.0) / 6.0


@kernel
def _gaussian(d: Any, two: Any) -> Any:
    """1 within the bounds (d <= 0), 0.1 a margin away."""
    return 1.0 if d <= 0.0 else math.exp(-0.5 * (d * _GAUSSIAN) ** two)


@kernel
def _seen(positions: Any, orientations: Any, places: Any, axis: Any) -> Any:
    """One coordinate of the way from a geom (`places` 1) to the target (3), in a frame (2) that turns with the body."""
    here, frame, there = places[1], places[2], places[3]
    total = 0.0
    for i in range(3):
        total += (positions[there + i] - positions[here + i]) * orientations[frame + 3 * i + axis]
    return total


@kernel
def _copy(values: Any, first: Any, out: Any, at: Any) -> Any:
    """Copies `values[first:]` to `out[at:]`; returns where it ends."""
    for i in range(first, len(values)):
        out[at + i - first] = values[i]
    return at + len(values) - first


_PLACES = {FISH: _places_fish, SWIMMER: _places_swimmer, HOPPER: _places_hopper, WALKER: _places_walker}
