"""The catalog says of each environment what the environment itself would say."""

import numpy as np
import pytest
from gymnasium.spaces import Discrete

from itt.envs import CATALOG, describe, make
from itt.published.names import DMCS, ENVS


def test_the_catalog_has_the_papers_environments_in_the_papers_order():
    assert tuple(CATALOG) == ENVS


@pytest.mark.parametrize("name", ENVS)
def test_a_row_agrees_with_the_spaces_of_the_environment(name):
    spec, env = CATALOG[name], make(name)

    assert env.observation_space.shape == (spec.observation,)
    assert isinstance(env.action_space, Discrete) == spec.discrete
    if spec.discrete:
        assert (spec.action, spec.low, spec.high) == (env.action_space.n, (), ())
    else:
        assert env.action_space.shape == (spec.action,)
        np.testing.assert_array_equal(spec.low, env.action_space.low)
        np.testing.assert_array_equal(spec.high, env.action_space.high)


@pytest.mark.parametrize("name", ENVS)
def test_observations_are_flat_float64(name):
    env = make(name)

    first, _ = env.reset(seed=1)
    second, *_ = env.step(env.action_space.sample())

    for observation in (first, second):
        assert (observation.shape, observation.dtype) == ((CATALOG[name].observation,), np.float64)
    assert env.observation_space.dtype == np.float64


@pytest.mark.parametrize(("alias", "name"), DMCS.items())
def test_an_alias_is_the_canonical_environment(alias, name):
    assert describe(alias) == CATALOG[name]


def test_an_alias_can_be_made():
    assert make("DMCS:HopperStand").observation_space.shape == (15,)


def test_any_gymnasium_id_is_described_by_looking_at_it():
    spec = describe("Pendulum-v1")

    assert (spec.name, spec.family, spec.id, spec.note) == ("Pendulum-v1", "gymnasium", "Pendulum-v1", "")
    assert (spec.observation, spec.action, spec.discrete, spec.episode_limit) == (3, 1, False, 200)
    assert (spec.low, spec.high) == ((-2.0,), (2.0,))


def test_a_discrete_observation_is_served_one_hot():
    env = make("FrozenLake-v1")

    observation, _ = env.reset(seed=0)

    assert describe("FrozenLake-v1").observation == 16
    np.testing.assert_array_equal(observation, np.eye(16)[0])


def test_an_image_is_flattened_row_by_row():
    env = make("CarRacing-v3")

    observation, _ = env.reset(seed=0)

    np.testing.assert_array_equal(observation.reshape(96, 96, 3), env.unwrapped.state)
