"""An episode is a function of its seed and actions alone: nothing that was played before shows in it."""

from functools import cache

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itt.envs import make
from itt.published.names import ENVS


def play(env, seed, steps=200):
    """Observations (T + 1, s) and rewards (T,) of an episode of at most `steps` steps; actions follow from the seed."""
    rng = np.random.default_rng(seed)
    observation, _ = env.reset(seed=seed)
    observations, rewards = [observation], []
    for _ in range(steps):
        observation, reward, terminated, truncated, _ = env.step(random_action(env.action_space, rng))
        observations.append(observation)
        rewards.append(reward)
        if terminated or truncated:
            break
    return np.array(observations), np.array(rewards, np.float64)


def random_action(space, rng):
    if hasattr(space, "n"):
        return int(rng.integers(space.n))
    return rng.uniform(space.low, space.high).astype(space.dtype)


def assert_same_bits(one, other):
    for a, b in zip(one, other, strict=True):
        assert a.shape == b.shape
        np.testing.assert_array_equal(a.view(np.uint64), b.view(np.uint64))


class Beside(gymnasium.Wrapper):
    """Plays an episode of another environment a step at a time, each before a step of its own."""

    def __init__(self, env, other):
        super().__init__(env)
        self.other, self.over = other, True

    def step(self, action):
        if self.over:
            self.other.reset(seed=22)
        *_, terminated, truncated, _ = self.other.step(action)
        self.over = terminated or truncated
        return super().step(action)


@pytest.mark.parametrize("name", ENVS)
def test_an_episode_is_the_same_after_another_one(name):
    env = make(name)
    first = play(env, seed=11)

    play(env, seed=22)

    assert_same_bits(play(env, seed=11), first)


@pytest.mark.parametrize("name", ENVS)
def test_an_episode_is_the_same_after_one_that_was_left_in_the_middle(name):
    env = make(name)
    first = play(env, seed=11)

    play(env, seed=22, steps=5)

    assert_same_bits(play(env, seed=11), first)


@pytest.mark.parametrize("name", ENVS)
def test_an_episode_is_the_same_in_a_used_and_in_a_new_environment(name):
    used = make(name)
    play(used, seed=22)

    assert_same_bits(play(used, seed=11), play(make(name), seed=11))


@pytest.mark.parametrize("name", ENVS)
def test_an_episode_is_the_same_while_another_environment_plays(name):
    env, other = make(name), make(name)
    alone = play(env, seed=11)

    assert_same_bits(play(Beside(env, other), seed=11), alone)


@pytest.mark.parametrize("name", ENVS)
def test_seeds_give_different_initial_states(name):
    env = make(name)

    states = {env.reset(seed=seed)[0].tobytes() for seed in range(10)}

    assert len(states) == 10


used = cache(make)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), between=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("name", ["Hopper-v2", "CartPole-v1", "InvertedPendulumBulletEnv-v0", "swimmer-swimmer6"])
def test_the_initial_state_is_a_function_of_the_seed(name, seed, between):
    env = used(name)
    first, _ = env.reset(seed=seed)

    env.reset(seed=between)

    assert env.reset(seed=seed)[0].tobytes() == first.tobytes()


def test_a_pole_balanced_to_the_end_of_its_rail_leaves_nothing_behind():
    """Random actions drop the pole within 50 steps; joint limits and long episodes are where a simulator remembers."""
    used = make("InvertedPendulumBulletEnv-v0")
    first = balance(used, seed=0)
    assert np.abs(first[:, 0]).max() > 1.0, "the cart must reach the end of its rail, or this shows nothing"

    balance(used, seed=1)

    assert balance(used, seed=0).tobytes() == first.tobytes()
    assert balance(make("InvertedPendulumBulletEnv-v0"), seed=0).tobytes() == first.tobytes()


def balance(env, seed):
    """Observations (T + 1, 5) of a clumsy linear controller, which acts on what it sees."""
    noise = np.random.default_rng(seed + 100)
    observation, _ = env.reset(seed=seed)
    observations, over = [observation], False
    while not over:
        _, velocity, _, sine, turn = observation
        push = 9.0 * sine + 0.8 * turn + 0.3 * velocity + 0.9 * noise.normal()
        observation, _, terminated, truncated, _ = env.step(np.clip([push], -1.0, 1.0))
        observations.append(observation)
        over = terminated or truncated
    return np.array(observations)
