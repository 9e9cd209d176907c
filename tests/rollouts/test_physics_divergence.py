"""A simulation that diverges ends the episode in both engines; MuJoCo itself would reset it and say nothing."""

import numpy as np
import pytest

from itt.envs import CATALOG, make
from itt.envs.divergence import has_diverged
from itt.published.names import DMCS
from itt.rollouts.compiled import physics

SUITE = tuple(DMCS.values())
MUJOCO = ("Swimmer-v2", "Hopper-v2", "HalfCheetah-v2", "Walker2d-v2", *SUITE)


def too_fast(data, action):
    data.qvel[-1] = 1e12


def nowhere(data, action):
    data.qpos[-1] = np.nan


def no_control(data, action):
    action[0] = np.nan


@pytest.mark.parametrize("cause", [too_fast, nowhere, no_control])
@pytest.mark.parametrize("name", MUJOCO)
def test_a_diverged_step_is_worth_nothing_and_is_the_last(name, cause):
    env, spec = make(name), CATALOG[name]
    twin = physics.attach(env, spec)
    physics.begin(twin, env, 0)
    action = np.zeros(spec.action)
    assert not physics.step(twin, action)[2]

    cause(env.unwrapped.data, action)

    assert physics.step(twin, action) == (0.0, False, True)


@pytest.mark.parametrize("cause", [too_fast, nowhere, no_control])
@pytest.mark.parametrize("name", MUJOCO)
def test_the_reference_env_is_seen_to_diverge_as_well(name, cause):
    env = make(name)
    env.reset(seed=0)
    action = np.zeros(CATALOG[name].action)
    env.step(action)
    assert not has_diverged(env)

    cause(env.unwrapped.data, action)
    if name in SUITE:
        with pytest.raises(RuntimeError, match="Physics state is invalid"):
            env.step(action)
    else:
        env.step(action)

    assert has_diverged(env)


def test_it_is_seen_in_the_step_that_does_it_though_mujoco_looks_only_in_the_next():
    env, twin_env = make("HalfCheetah-v2"), make("HalfCheetah-v2")
    twin = physics.attach(twin_env, CATALOG["HalfCheetah-v2"])
    env.reset(seed=0)
    physics.begin(twin, twin_env, 0)
    for data in (env.unwrapped.data, twin_env.unwrapped.data):
        data.qpos[0] = 1e10 - 1.0
        data.qvel[0] = 22.0  # 1.1 m in the five physics steps of a step, 0.88 m in four of them

    env.step(np.zeros(6))

    assert not env.unwrapped.data.warning.number.any(), "MuJoCo has not seen it, or this shows nothing"
    assert has_diverged(env)
    assert physics.step(twin, np.zeros(6)) == (0.0, False, True)


@pytest.mark.parametrize("name", MUJOCO)
def test_nothing_of_it_is_left_in_the_next_episode(name):
    env, spec = make(name), CATALOG[name]
    twin = physics.attach(env, spec)
    action, seen = np.full(spec.action, 0.5), np.empty((2, spec.observation))
    for episode in range(2):
        physics.begin(twin, env, 3)
        for _ in range(20):
            assert not physics.step(twin, action)[2]
        physics.observe(twin, seen[episode])
        env.unwrapped.data.qvel[-1] = 1e12
        assert physics.step(twin, action)[2]
    np.testing.assert_array_equal(*seen)


def test_a_reward_that_is_no_number_ends_the_episode_where_mujoco_does_not_play():
    env = make("MountainCarContinuous-v0")
    twin = physics.attach(env, CATALOG["MountainCarContinuous-v0"])
    physics.begin(twin, env, 0)

    assert physics.step(twin, np.array([np.nan])) == (0.0, False, True)
    assert not has_diverged(env)
