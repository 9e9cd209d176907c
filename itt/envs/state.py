"""What an environment is in the midst of an episode, as named arrays, so that a training goes on from it bit for bit.

MuJoCo's `mj_getState` is not enough: Ant and Humanoid read forces that the step before left behind. So all of MjData is
kept, by its own bytes, in which the model stands as well, whose numbers some of dm_control's tasks move (a target's
place). Beside it are kept what wrappers count, and the random streams.

Environments of which this is not known to be all (Box2D, Bullet, whatever people bring) are refused: a training that
goes on then begins a new episode, and no longer has the bits that it would have had.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium.wrappers import OrderEnforcing, TimeLimit
from numpy.typing import NDArray

from itt.envs.brought import BroughtEnv
from itt.envs.spaces import FlatObservations

Arrays = dict[str, NDArray[Any]]
_COUNTED: dict[type, tuple[str, ...]] = {
    BroughtEnv: (),
    FlatObservations: (),
    TimeLimit: ("_elapsed_steps",),
    OrderEnforcing: ("_has_reset",),
}
"""Wrappers, and which of their attributes an episode changes."""


class Unknown(Exception):
    """The state of such an environment is not known; the message says of which layer."""


def saved(env: gymnasium.Env[Any, Any]) -> Arrays:
    """What `restore` needs, of an env that was reset.

    Raises:
        Unknown: It cannot be saved.
    """
    numbers: dict[str, Any] = {}
    for depth, layer in enumerate(_wrappers(env)):
        numbers |= {f"{depth}{name}": getattr(layer, name) for name in _COUNTED[type(layer)]}
    arrays: Arrays = {}
    inner: Any = env.unwrapped
    family = _family(inner)
    if family == "classic_control":
        arrays["state"], numbers["tuple"] = np.array(inner.state), isinstance(inner.state, tuple)
    else:
        arrays["mujoco"] = np.frombuffer(inner.data.__getstate__(), np.uint8)
    if family == "dm_control":
        suite, task = inner.dm_env, inner.dm_env.task
        numbers["suite"] = [suite._step_count, suite._reset_next_step]
        _, words, *rest = task.random.get_state(legacy=True)
        arrays["task_random"], numbers["task_random"] = words, rest
    if inner._np_random is not None:
        numbers["random"] = inner._np_random.bit_generator.state
    return {**arrays, "numbers": np.array(json.dumps(numbers))}


def restore(env: gymnasium.Env[Any, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Puts an env, made as the saved one was, into the state that it had.

    Raises:
        Unknown: As `saved`.
    """
    inner: Any = env.unwrapped
    family = _family(inner)
    env.reset(seed=0)  # what a first reset makes is there
    numbers = json.loads(str(arrays["numbers"]))
    for depth, layer in enumerate(_wrappers(env)):
        for name in _COUNTED[type(layer)]:
            setattr(layer, name, numbers[f"{depth}{name}"])
    if family == "classic_control":
        inner.state = tuple(arrays["state"]) if numbers["tuple"] else arrays["state"].copy()
    else:
        _restore_mujoco(inner, arrays["mujoco"].tobytes())
    if family == "dm_control":
        suite, task = inner.dm_env, inner.dm_env.task
        suite._step_count, suite._reset_next_step = numbers["suite"]
        task.random.set_state(("MT19937", arrays["task_random"], *numbers["task_random"]))
    if "random" in numbers:
        inner.np_random.bit_generator.state = numbers["random"]


def _wrappers(env: gymnasium.Env[Any, Any]) -> Iterator[Any]:
    """The layers around the env itself, the outermost first."""
    layer: Any = env
    while layer is not env.unwrapped:
        if type(layer) not in _COUNTED:
            raise Unknown(f"the wrapper {type(layer).__name__}")
        yield layer
        layer = layer.env


def _family(inner: Any) -> str:
    """Which kind of state an env has."""
    module = type(inner).__module__
    for known, name in (
        ("gymnasium.envs.mujoco.", "mujoco"),
        ("gymnasium.envs.classic_control.", "classic_control"),
        ("itt.envs.dm_control_envs", "dm_control"),
    ):
        if module.startswith(known):
            return name
    raise Unknown(type(inner).__name__)


def _restore_mujoco(inner: Any, content: bytes) -> None:
    """Copies the saved MjData and the numbers of its model into those of the env, which others hold on to."""
    import mujoco

    before = mujoco.MjData.__new__(mujoco.MjData)
    before.__setstate__(content)
    for mine, theirs in ((inner.model, before.model), (inner.model.opt, before.model.opt)):
        for name in dir(theirs):
            value = getattr(theirs, name) if not name.startswith("_") else None
            if isinstance(value, np.ndarray) and value.flags.writeable and value.size:
                getattr(mine, name)[...] = value
            elif isinstance(value, int | float) and mine is inner.model.opt:
                setattr(mine, name, value)
    mujoco.mj_copyData(inner.data, inner.model, before)
