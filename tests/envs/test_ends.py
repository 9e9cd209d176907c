"""How episodes end: terminated by the task's own rule, truncated at the limit, never both for one reason."""

import numpy as np
import pytest

from itt.envs import CATALOG, make
from itt.published.names import DMCS, ENVS


def end(env, action):
    """Length of the episode under one constant action, and how it ended."""
    env.reset(seed=0)
    steps, terminated, truncated = 0, False, False
    while not (terminated or truncated):
        _, _, terminated, truncated, _ = env.step(action)
        steps += 1
    return steps, terminated, truncated


def idle(env):
    """No push: the middle of what is allowed."""
    return env.action_space.n // 2 if hasattr(env.action_space, "n") else np.zeros(env.action_space.shape, np.float32)


@pytest.mark.parametrize(
    "name", [*DMCS.values(), "MountainCar-v0", "MountainCarContinuous-v0", "Acrobot-v1", "Swimmer-v2"]
)
def test_an_episode_that_no_rule_ends_is_truncated_at_the_catalogs_limit(name):
    env = make(name)

    assert end(env, idle(env)) == (CATALOG[name].episode_limit, False, True)


@pytest.mark.parametrize("name", ["CartPole-v1", "Hopper-v2", "Walker2d-v2", "InvertedPendulumBulletEnv-v0"])
def test_a_fall_terminates_before_the_limit(name):
    env = make(name)
    push = 0 if name == "CartPole-v1" else np.ones(env.action_space.shape, np.float32)

    steps, terminated, truncated = end(env, push)

    assert (terminated, truncated) == (True, False)
    assert steps < CATALOG[name].episode_limit


@pytest.mark.parametrize("name", [name for name in ENVS if CATALOG[name].family != "dm_control"])
def test_the_catalogs_limit_is_the_one_gymnasium_registers(name):
    assert make(name).spec.max_episode_steps == CATALOG[name].episode_limit


@pytest.mark.parametrize("name", ["CartPole-v1", "fish-swim"])
def test_ends_are_plain_booleans_and_rewards_numbers(name):
    env = make(name)
    env.reset(seed=0)

    _, reward, terminated, truncated, info = env.step(env.action_space.sample())

    assert (type(terminated), type(truncated), type(info)) == (bool, bool, dict)
    assert isinstance(reward, float)
