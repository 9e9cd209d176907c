"""An episode goes on, in an env that was just made, with the bits that it would have had."""

import gymnasium
import numpy as np
import pytest

from itt.envs import make, state

MUJOCO = [
    f"{name}-v4"
    for name in (
        "Ant", "HalfCheetah", "Hopper", "Humanoid", "HumanoidStandup", "InvertedDoublePendulum", "InvertedPendulum",
        "Swimmer", "Walker2d",
    )
]  # fmt: skip
CLASSIC = ["CartPole-v1", "Acrobot-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1"]
SUITE = ["fish-swim", "swimmer-swimmer6", "hopper-stand", "walker-walk"]


def played(env, random, steps):
    """Observations and rewards of that many steps, across ends of episodes, whose resets draw from the env's stream."""
    found = []
    for _ in range(steps):
        space = env.action_space
        action = int(random.integers(space.n)) if hasattr(space, "n") else random.uniform(space.low, space.high)
        observation, reward, terminated, truncated, _ = env.step(action)
        found.append((observation.tobytes(), float(reward), terminated, truncated))
        if terminated or truncated:
            found.append(env.reset()[0].tobytes())
    return found


def halfway(name, steps=50, seed=3):
    env, random = make(name), np.random.default_rng(seed)
    env.reset(seed=seed)
    played(env, random, steps)
    return env, random


@pytest.mark.parametrize("name", [*MUJOCO, *CLASSIC, *SUITE])
def test_fifty_steps_after_a_restart_are_those_without_one(name):
    env, random = halfway(name)
    arrays, stream = state.saved(env), random.bit_generator.state

    without = played(env, random, 50)

    random.bit_generator.state = stream
    again = make(name)
    state.restore(again, arrays)
    assert played(again, random, 50) == without


@pytest.mark.parametrize("name", ["HalfCheetah-v4", "CartPole-v1", "swimmer-swimmer6"])
def test_an_env_that_played_something_else_is_put_back_as_well(name):
    env, random = halfway(name)
    arrays, stream = state.saved(env), random.bit_generator.state
    without = played(env, random, 50)

    other, _ = halfway(name, steps=30, seed=8)
    state.restore(other, arrays)

    random.bit_generator.state = stream
    assert played(other, random, 50) == without


@pytest.mark.parametrize("name", ["Pendulum-v1", "walker-walk"])
def test_the_end_of_the_episode_comes_when_it_would_have_come(name):
    env, random = halfway(name, steps=150)
    arrays, stream = state.saved(env), random.bit_generator.state
    without = played(env, random, 900)
    assert any(truncated for *_, truncated in filter(lambda one: isinstance(one, tuple), without))

    random.bit_generator.state = stream
    again = make(name)
    state.restore(again, arrays)
    assert played(again, random, 900) == without


def test_no_array_needs_a_pickle():
    for name in ("Ant-v4", "CartPole-v1", "fish-swim"):
        env, _ = halfway(name, steps=5)
        assert {array.dtype.kind for array in state.saved(env).values()} <= set("biufU")


@pytest.mark.parametrize("name", ["LunarLanderContinuous-v2", "InvertedPendulumBulletEnv-v0"])
def test_what_cannot_be_saved_is_refused(name):
    env = make(name)
    env.reset(seed=0)

    with pytest.raises(state.Unknown):
        state.saved(env)


class Remembers(gymnasium.Wrapper):
    """A wrapper that nobody knows."""


def test_a_wrapper_that_is_not_known_is_refused():
    env = Remembers(make("CartPole-v1"))
    env.reset(seed=0)

    with pytest.raises(state.Unknown, match="Remembers"):
        state.saved(env)
