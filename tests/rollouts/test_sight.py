"""What a policy sees of a state is the same in both engines, and an episode tells the moments of what it met."""

import numpy as np
import pytest

from itt import seeding
from itt.envs import describe, make
from itt.observations import Moments, Normaliser
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts.compiled.player import CompiledPlayer, SimulatorPlayer, player
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

KINDS = {
    "Swimmer-v2": CompiledPlayer,
    "hopper-stand": CompiledPlayer,
    "CartPole-v1": CompiledPlayer,
    "LunarLanderContinuous-v2": SimulatorPlayer,
}
KEY = Key(3, 1, 4, 1)


def engines(env, method="itt"):
    run, spec = resolve(single(env, method, overrides=["candidates.count=50"])), describe(env)
    return player(run, spec), ReferencePlayer(run, spec), architecture_of(run).size


def theta_of(size):
    return np.random.default_rng(1).standard_normal(size)


def some_normaliser(size):
    random = np.random.default_rng(2)
    return Normaliser(random.normal(size=size), random.uniform(0.1, 2.0, size))


def same(left, right):
    return left.count == right.count and (left.mean == right.mean).all() and (left.squares == right.squares).all()


@pytest.mark.parametrize("method", ["itt", "iot"])
@pytest.mark.parametrize("env", KINDS)
def test_both_engines_see_and_meet_the_same_bits(env, method):
    compiled, reference, size = engines(env, method)
    assert isinstance(compiled, KINDS[env])
    normaliser = some_normaliser(describe(env).observation)
    ours, theirs = (engine.play(theta_of(size), KEY, normaliser) for engine in (compiled, reference))
    assert (ours.value, ours.steps) == (theirs.value, theirs.steps)
    assert same(ours.met, theirs.met)
    assert ours.met.count == ours.steps


@pytest.mark.parametrize("which", [0, 1], ids=["compiled", "reference"])
@pytest.mark.parametrize("env", ["Swimmer-v2", "hopper-stand", "LunarLanderContinuous-v2"])
def test_what_a_policy_sees_changes_what_it_does(env, which):
    *both, size = engines(env)
    observation = describe(env).observation
    seen, as_it_is = (
        both[which].play(theta_of(size), KEY, normaliser)
        for normaliser in (some_normaliser(observation), Moments.none(observation).normaliser)
    )
    assert (seen.met.mean != as_it_is.met.mean).any()


def test_an_explicit_policy_sees_the_same_in_both_engines():
    compiled, reference, size = engines("Swimmer-v2", "explicit")
    normaliser = some_normaliser(8)
    ours, theirs = (engine.play(theta_of(size), KEY, normaliser) for engine in (compiled, reference))
    assert ours.value == theirs.value
    np.testing.assert_array_equal(ours.met.squares, theirs.met.squares)


@pytest.mark.parametrize("which", [0, 1], ids=["compiled", "reference"])
def test_an_episode_tells_the_moments_of_the_states_that_were_acted_in(which):
    """CartPole, pushed to one side: a linear policy that sees a constant, whatever the state is."""
    engine = engines("CartPole-v1", "explicit")[which]
    blind = Normaliser(np.zeros(4), np.full(4, np.inf))
    episode = engine.play(np.ones(7), KEY, blind)
    env = make("CartPole-v1")
    state, over, states = env.reset(seed=seeding.env_seed(KEY))[0], False, []
    while not over:
        states.append(state)
        state, _, terminated, truncated, _ = env.step(0)  # all scores are 0, and ties go to the first
        over = terminated or truncated
    states = np.array(states, dtype=np.float64)
    assert episode.met.count == len(states) == episode.steps
    np.testing.assert_allclose(episode.met.mean, states.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(episode.met.squares, states.var(axis=0) * len(states), rtol=1e-9)


@pytest.mark.parametrize("which", [0, 1], ids=["compiled", "reference"])
def test_a_linear_policy_may_take_the_normaliser_into_its_weights(which):
    """W diag(1 / std) on raw states is W on normalised ones, where the mean is 0 (ARS, Sec. 3.2)."""
    engine = engines("Swimmer-v2", "explicit")[which]
    std = np.array([0.5, 2.0, 4.0, 0.25, 1.0, 8.0, 0.125, 2.0])  # powers of two: the products have the same bits
    theta = theta_of(20)
    inside = theta.copy()
    inside[:16] = (theta[:16].reshape(2, 8) / std).ravel()
    seen, raw = engine.play(theta, KEY, Normaliser(np.zeros(8), std)), engine.play(inside, KEY)
    assert seen.value == raw.value


@pytest.mark.parametrize("which", [0, 1], ids=["compiled", "reference"])
@pytest.mark.parametrize("env", ["CartPole-v1", "LunarLanderContinuous-v2"])
def test_without_a_normaliser_nothing_is_met_and_nothing_remains_of_episodes_before(env, which):
    *both, size = engines(env)
    engine = both[which]
    first = engine.play(theta_of(size), KEY)
    assert first.met is None
    episodes = [engine.play(theta_of(size), KEY, some_normaliser(describe(env).observation)) for _ in range(2)]
    assert same(episodes[0].met, episodes[1].met)
    assert engine.play(theta_of(size), KEY).value == first.value


def test_before_any_state_was_met_states_are_seen_as_they_are():
    compiled, _, size = engines("Swimmer-v2")
    nothing_met = Moments.none(8).normaliser
    assert compiled.play(theta_of(size), KEY, nothing_met).value == compiled.play(theta_of(size), KEY).value
