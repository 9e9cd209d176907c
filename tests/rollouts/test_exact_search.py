"""The compiled engine's float32 pass loses no candidate: its scores stay within their bound, and ties stay ties."""

import numpy as np
import pytest
import torch

from itt.candidates import Box, source
from itt.envs import describe
from itt.policies import architecture_of
from itt.policies.torch_policy import load_theta
from itt.resolve import resolve
from itt.rollouts.compiled import exact_search, policy, scores
from itt.rollouts.compiled.actor import ITT
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

COUNT = 200
KEY = Key(0, 2, 1, -1)
POOL = ["candidates.resample=iteration"]
SUBSAMPLE = ["candidates.resample=once", "candidates.subsample=15"]
TANH = ["policy.state.activation=tanh", "policy.action.activation=tanh", "policy.action.output=tanh",
        "policy.tower.activation=tanh", "policy.tower.output=tanh"]  # fmt: skip


def compiled(env, method, settings=(), count=COUNT):
    """(run, spec, D, a compiled actor) with `count` candidates."""
    run, spec = resolve(single(env, method, overrides=[f"candidates.count={count}", *settings])), describe(env)
    architecture = architecture_of(run, spec)
    return run, spec, architecture.size, policy.make(run, spec, architecture)


def tolerance(player, transition):
    """How far the engine believes a float32 score may be from the exact one: bounded for ITT, measured for IOT."""
    if player.method == ITT:
        return exact_search.bound(player)
    return exact_search.measured(player, transition, player.scores.max())


def chosen(player, spec, state, transition):
    action = np.zeros(1 if spec.discrete else spec.action)
    policy.act(player, state, transition, action)
    return action


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("settings", [[], POOL, TANH, ["policy.state.width=30", "policy.tower.width=30"]], ids=" ".join)
@pytest.mark.parametrize("method", ["itt", "iot"])
@pytest.mark.parametrize("env", ["HalfCheetah-v2", "fish-swim"])
def test_no_float32_score_is_farther_from_the_exact_one_than_its_bound(env, method, settings, scale):
    run, spec, size, player = compiled(env, method, settings)
    random = np.random.default_rng(0)
    if method == "iot" and settings == TANH:
        assert not player.filtered
        return
    assert player.filtered
    for transition in range(8):
        policy.begin(player, run, scale * random.standard_normal(size), KEY)
        chosen(player, spec, random.standard_normal(spec.observation) * 10.0 ** (transition % 3), transition)
        bound = tolerance(player, transition)

        found = player.scores.ravel()[:COUNT].astype(np.float64)
        exact = np.array([scores.exact_score(player, transition, n) for n in range(COUNT)])

        assert np.isfinite(bound) and np.abs(found - exact).max() <= bound


@pytest.mark.parametrize(
    "settings",
    [[], POOL, TANH, ["policy.kernel=angular"], ["candidates.resample=once", "candidates.subsample=150"]],
    ids=" ".join,
)
@pytest.mark.parametrize("method", ["itt", "iot"])
def test_exact_scores_are_the_same_bits_in_blocks_and_one_by_one(method, settings):
    run, spec, size, player = compiled("HalfCheetah-v2", method, settings)
    random = np.random.default_rng(0)
    policy.begin(player, run, random.standard_normal(size), KEY)
    chosen(player, spec, random.standard_normal(spec.observation), 7)

    for block in range(len(player.scores)):
        scores.exact_block(player, 7, block)

    one_by_one = [scores.exact_score(player, 7, n) for n in range(player.candidates)]
    np.testing.assert_array_equal(player.exact[: player.candidates], one_by_one)


@pytest.mark.parametrize("method", ["itt", "iot"])
def test_the_bound_leaves_few_candidates_open(method):
    run, spec, size, player = compiled("HalfCheetah-v2", method, ["policy.action.layers=1", "policy.tower.layers=2"])
    random, still_open = np.random.default_rng(0), []
    for transition in range(100):
        policy.begin(player, run, random.standard_normal(size), KEY)
        chosen(player, spec, random.standard_normal(spec.observation), transition)
        scores = player.scores.ravel()[:COUNT]
        still_open.append((scores >= scores.max() - 2 * tolerance(player, transition)).sum())

    assert np.median(still_open) == 1


@pytest.mark.parametrize("scale", [2.0**-60, 2.0**-25, 2.0**-23, 2.0**20, 2.0**60])
@pytest.mark.parametrize("method", ["itt", "iot"])
def test_scores_beyond_the_range_of_float32_are_settled_in_float64(method, scale):
    run, spec, size, player = compiled("HalfCheetah-v2", method, POOL)
    random, indices = np.random.default_rng(0), []
    for transition in range(20):
        theta, state = random.standard_normal(size), random.standard_normal(spec.observation)
        policy.begin(player, run, theta, KEY)
        expected = chosen(player, spec, state, transition)
        policy.begin(player, run, scale * theta, KEY)

        np.testing.assert_array_equal(chosen(player, spec, state, transition), expected)
        indices.append(tuple(expected))
    assert len(set(indices)) > 5


@pytest.mark.parametrize("count", [20, 1000])
@pytest.mark.parametrize("settings", [[], POOL, SUBSAMPLE], ids=" ".join)
@pytest.mark.parametrize("method", ["itt", "iot"])
def test_where_relu_is_dead_for_all_candidates_both_engines_take_the_first(method, settings, count):
    run, spec, size, player = compiled("HalfCheetah-v2", method, settings, count)
    theta, state = -np.ones(size), np.full(spec.observation, 10.0)
    policy.begin(player, run, theta, KEY)
    reference = ReferencePlayer(run, spec)
    load_theta(reference.policy, theta)
    act = reference.actor(KEY)

    for transition in range(5):
        with torch.no_grad():
            expected = act(torch.from_numpy(state), transition)
            assert not reference.policy.scores(torch.from_numpy(state), act.prepared).any()
        np.testing.assert_array_equal(expected, act.actions[0])
        np.testing.assert_array_equal(chosen(player, spec, state, transition), expected)


@pytest.mark.parametrize("encoding", ["index", "one_hot"])
@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
def test_of_discrete_actions_that_tie_the_first_is_taken(method, encoding):
    run, spec, size, player = compiled("Acrobot-v1", method, [f"policy.encoding={encoding}"])
    policy.begin(player, run, -np.ones(size), KEY)

    assert chosen(player, spec, np.full(spec.observation, 10.0), 0) == 0


@pytest.mark.parametrize("count", [20, 1000])
@pytest.mark.parametrize("settings", [[], POOL, SUBSAMPLE], ids=" ".join)
@pytest.mark.parametrize(
    ("method", "layers", "theta"),
    [
        ("itt", ["policy.state.layers=1", "policy.action.layers=2"], [-1, 0, 1, 1]),  # score -relu(a) in state (1, 0)
        ("iot", ["policy.tower.layers=2"], [0, 0, 1, -1]),
    ],
    ids=["itt", "iot"],
)
def test_where_relu_makes_some_candidates_tie_the_first_of_those_is_taken(method, layers, theta, settings, count):
    run, spec, _size, player = compiled("MountainCarContinuous-v0", method, [*layers, *settings], count)
    policy.begin(player, run, np.array(theta, dtype=np.float64), KEY)
    candidates = source(run.candidates, Box(np.array([-1], np.float32), np.array([1], np.float32)), KEY)

    for transition in range(20):
        actions = candidates.at(transition)
        first = actions[(actions <= 0).argmax()]
        assert chosen(player, spec, np.array([1.0, 0.0]), transition) == first
