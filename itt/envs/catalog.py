"""The paper's 15 environments (Table 6, Sec. 3), a row each.

The rows are written down, not measured, so that a parameter count or the start of a job needs no simulator; the tests
hold them against the real environments.
"""

from __future__ import annotations

from dataclasses import replace

from itt.envs.spec import EnvSpec, Family


def _continuous(
    name: str, family: Family, id: str, observation: int, action: int, episode_limit: int = 1000, note: str = ""
) -> EnvSpec:
    """A row with actions in [-1, 1]^a, as in all the paper's continuous environments."""
    bounds = (1.0,) * action
    return EnvSpec(name, family, id, observation, action, False, tuple(-b for b in bounds), bounds, episode_limit, note)


def _discrete(name: str, observation: int, action: int, episode_limit: int) -> EnvSpec:
    return EnvSpec(name, "gymnasium", name, observation, action, True, (), (), episode_limit, _CLASSIC)


_MUJOCO = "Gymnasium's -v4: the task of -v2 on MuJoCo 3, the paper's code used MuJoCo 2.0"
_LUNAR_LANDER = "Gymnasium's -v3: the task of -v2, each reset in a new physics world"
_CLASSIC = "Gymnasium rounds observations to float32, the Gym 0.13 of the paper's code did not"
_PENDULUM = "a port to Gymnasium; the 12/13/12 parameters of Table 4 do not fit observation 5 and action 1 (6/7/6)"
_SUITE = "dm_control's own task, on MuJoCo 3"

CATALOG: dict[str, EnvSpec] = {
    spec.name: spec
    for spec in (
        _continuous("Swimmer-v2", "gymnasium", "Swimmer-v4", 8, 2, note=_MUJOCO),
        _continuous("LunarLanderContinuous-v2", "gymnasium", "LunarLanderContinuous-v3", 8, 2, note=_LUNAR_LANDER),
        _continuous("Hopper-v2", "gymnasium", "Hopper-v4", 11, 3, note=_MUJOCO),
        _continuous("HalfCheetah-v2", "gymnasium", "HalfCheetah-v4", 17, 6, note=_MUJOCO),
        _continuous("Walker2d-v2", "gymnasium", "Walker2d-v4", 17, 6, note=_MUJOCO),
        _discrete("CartPole-v1", 4, 2, 500),
        _discrete("MountainCar-v0", 2, 3, 200),
        _discrete("Acrobot-v1", 6, 3, 500),
        _continuous("MountainCarContinuous-v0", "gymnasium", "MountainCarContinuous-v0", 2, 1, 999, _CLASSIC),
        _continuous("InvertedPendulumBulletEnv-v0", "pybullet", "InvertedPendulumBulletEnv-v0", 5, 1, note=_PENDULUM),
        _continuous("fish-swim", "dm_control", "fish/swim", 24, 5, note=_SUITE),
        _continuous("swimmer-swimmer6", "dm_control", "swimmer/swimmer6", 25, 5, note=_SUITE),
        _continuous("swimmer-swimmer15", "dm_control", "swimmer/swimmer15", 61, 14, note=_SUITE),
        _continuous("hopper-stand", "dm_control", "hopper/stand", 15, 4, note=_SUITE),
        _continuous("walker-walk", "dm_control", "walker/walk", 24, 6, note=_SUITE),
    )
}


def row(name: str) -> EnvSpec | None:
    """The row of an environment by its canonical name or by Gymnasium's own id (`Hopper-v4`); None if it has none."""
    same = (spec for spec in CATALOG.values() if spec.name == name or (spec.family, spec.id) == ("gymnasium", name))
    found = next(same, None)
    return found and replace(found, name=name)
