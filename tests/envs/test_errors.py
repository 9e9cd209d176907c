"""A user's mistake about environments is told in one line that says what is allowed."""

import sys

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Dict, Graph, MultiBinary, MultiDiscrete, Sequence, Tuple

from itt.envs import describe, make
from itt.errors import UserError

BOX = Box(-1.0, 1.0, (2,))
F32 = np.finfo(np.float32).max


class Blank(gymnasium.Env):
    """An environment with any spaces."""

    def __init__(self, observation_space, action_space):
        self.observation_space, self.action_space = observation_space, action_space


@pytest.fixture
def register():
    """Registers a `Blank-v0` with the given spaces for the time of a test."""

    def with_spaces(observation_space, action_space):
        gymnasium.register("Blank-v0", entry_point=lambda: Blank(observation_space, action_space))

    yield with_spaces
    gymnasium.registry.pop("Blank-v0", None)


def line(door, name):
    """The one line of the error."""
    with pytest.raises(UserError) as error:
        door(name)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("door", [describe, make])
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("HalfCheeta-v2", "HalfCheetah-v2"),
        ("halfcheetah-v2", "HalfCheetah-v2"),
        ("DMCS:FishSwin", "DMCS:FishSwim"),
        ("fish", "fish-swim"),
        ("Pendulum-v9", "Pendulum-v1"),
        ("CartPole", "CartPole-v1"),
    ],
)
def test_an_unknown_name_is_answered_with_the_one_that_was_meant(door, typed, meant):
    message = line(door, typed)

    assert message.startswith(f"unknown environment {typed}")
    assert meant in message.partition("did you mean")[2]


@pytest.mark.parametrize("typed", ["q", "two words", "ALE/Zzzzz-v5", "no_such_module:Zzzzz-v0"])
def test_a_name_like_nothing_known_is_answered_with_what_is_allowed(typed):
    message = line(describe, typed)

    assert message.startswith(f"unknown environment {typed}")
    assert "any Gymnasium id with its version" in message


def test_an_id_that_gymnasium_knows_but_cannot_make_is_told_in_gymnasiums_words():
    assert "gymnasium-robotics" in line(describe, "Ant-v2")


@pytest.mark.parametrize(
    ("action", "called"),
    [
        (Dict({"a": BOX}), "Dict"),
        (Tuple([BOX]), "Tuple"),
        (Box(-np.inf, np.inf, (2,)), "unbounded Box"),
        (Box(0.0, np.inf, (2,)), "unbounded Box"),
        (Box(-1e300, 1e300, (2,), np.float64), "unbounded Box"),
        (Box(-F32, F32, (2,)), "unbounded Box"),  # what old environments write for it
        (Box(-np.inf, np.inf, (2,), np.int64), "unbounded Box"),
        (Box(0, 2**24 + 1, (2,), np.int64), "unbounded Box"),
    ],
)
def test_actions_that_are_not_served_are_named(register, action, called):
    register(BOX, action)

    assert line(make, "Blank-v0").startswith(f"environment Blank-v0 has {called} actions; allowed are ")


@pytest.mark.parametrize("action", [MultiDiscrete([32, 33]), MultiBinary(11)])
def test_more_combinations_of_actions_than_can_all_be_candidates_are_refused(register, action):
    register(BOX, action)

    assert "combinations; allowed are at most 1024" in line(make, "Blank-v0")


@pytest.mark.parametrize(("observation", "called"), [(Sequence(BOX), "Sequence"), (Graph(BOX, BOX), "Graph")])
def test_observations_that_are_not_served_are_named(register, observation, called):
    register(observation, BOX)

    assert line(make, "Blank-v0").startswith(f"environment Blank-v0 has {called} observations; allowed are ")


@pytest.mark.parametrize("spaces", [(Box(0.0, 1.0, (3, 0)), BOX), (BOX, Box(0.0, 1.0, (0,)))])
def test_spaces_without_a_number_are_refused(register, spaces):
    register(*spaces)

    assert "which hold no number" in line(make, "Blank-v0")


@pytest.mark.parametrize(
    ("name", "package", "install"),
    [
        ("fish-swim", "dm_control", "pip install 'itt[dmc]'"),
        ("InvertedPendulumBulletEnv-v0", "pybullet", "pip install 'itt[bullet]'"),
        ("InvertedPendulumBulletEnv-v0", "pybullet_envs_gymnasium", "pip install 'itt[bullet]'"),
    ],
)
def test_a_missing_simulator_is_answered_with_what_to_install(monkeypatch, name, package, install):
    monkeypatch.setitem(sys.modules, package, None)

    message = line(make, name)

    assert f"{name} needs {package}" in message
    assert install in message


def test_an_environment_without_a_simulator_can_still_be_described(monkeypatch):
    monkeypatch.setitem(sys.modules, "dm_control", None)

    assert describe("fish-swim").observation == 24
