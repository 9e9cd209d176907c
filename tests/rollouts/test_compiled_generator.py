"""The compiled engine draws the same bits as its readable twin in `itt.candidates`, and samples as Eq. 3 says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from itt.candidates import generator as readable
from itt.envs import describe
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts.compiled import generator, policy
from itt.rollouts.compiled.generator import LANES
from itt.seeding import Key
from itt.study import single

SMALLEST_P = 1e-5
DRAWS = 10_000
keys = st.integers(0, 2**64 - 1)
steps = st.integers(0, 2**31 - 1)
bounds = st.floats(-1e6, 1e6, width=32)


def both_halves(key, step):
    """What compiled code makes of a key and a step, in the type that compiled code keeps it in."""
    return np.uint64(generator.mixed(np.uint64(key), step))


@given(key=keys, step=steps)
def test_a_key_and_a_step_mix_to_the_same_word(key, step):
    assert both_halves(key, step) == readable.mixed(key, step)


@given(key=keys, step=steps, count=st.integers(1, 300))
def test_words_are_the_same_bits(key, step, count):
    both = both_halves(key, step)

    found = [generator.word(both, index) for index in range(count)]

    assert found == readable.bits(key, step, count).tolist()


@given(key=keys, step=steps, a=bounds, b=bounds, size=st.integers(1, 6), count=st.integers(1, 3 * LANES))
def test_candidates_are_the_same_bits_block_by_block_and_one_by_one(key, step, a, b, size, count):
    low, high = np.full(size, min(a, b), np.float32), np.full(size, max(a, b), np.float32)
    both, expected = both_halves(key, step), readable.uniform(key, step, low, high, count)

    block = np.zeros((size, LANES), np.float32)
    for start in range(0, count, LANES):
        generator.fill(both, low, high - low, count, start, block)
        np.testing.assert_array_equal(block.T[: count - start], expected[start : start + LANES])
    for j in range(size):
        assert generator.coordinate(both, low, high - low, count, count - 1, j) == expected[-1, j]


@given(key=keys, step=steps)
def test_the_number_that_a_selection_draws_is_the_same(key, step):
    assert generator.unit(np.uint64(key), step) == readable.unit(key, step)


@given(key=keys, step=steps, count=st.integers(1, 2**24), size=st.integers(1, 50))
def test_indices_into_a_pool_are_the_same(key, step, count, size):
    both = both_halves(key, step)

    found = [generator.index_below(both, position, count) for position in range(size)]

    assert found == readable.indices(key, step, count, size).tolist()


def tower(matrices, inputs, hidden):
    """A stack of bias-free layers, linear at its end."""
    for matrix in matrices[:-1]:
        inputs = hidden(inputs @ matrix.T)
    return inputs @ matrices[-1].T


def relu(x):
    return np.maximum(x, 0.0)


def exponents(run, matrices, state, actions):
    """ln of the weights of Eq. 3, written anew in NumPy: K of Eq. 4 and 8 for itt, the tower's output for others."""
    if run.method == "explicit":
        return tower(matrices[0], state, relu)
    if run.method == "iot":
        return tower(matrices[0], np.column_stack([np.tile(state, (len(actions), 1)), actions]), relu)[:, 0]
    left, right = tower(matrices[0], state, relu), tower(matrices[1], actions, relu)
    products = right @ left
    if run.policy.kernel == "dot":
        return products
    if run.policy.kernel == "softmax":
        return np.exp(products)
    return 1 - 2 / np.pi * np.arccos(products / np.linalg.norm(left) / np.linalg.norm(right, axis=1))


SHALLOW = ["policy.state.layers=2", "policy.action.layers=1"]
SAMPLED = {
    "dot": ("HalfCheetah-v2", "itt", SHALLOW),
    "softmax": ("HalfCheetah-v2", "itt", ["policy.kernel=softmax", *SHALLOW]),
    "angular": ("HalfCheetah-v2", "itt", ["policy.kernel=angular", *SHALLOW]),
    "iot": ("HalfCheetah-v2", "iot", []),
    "discrete": ("Acrobot-v1", "itt", ["policy.encoding=one_hot"]),
    "explicit": ("Acrobot-v1", "explicit", ["policy.width=4"]),
}


@pytest.mark.parametrize("name", SAMPLED)
def test_sampling_follows_the_probabilities_of_eq_3(name):
    env, method, settings = SAMPLED[name]
    pool = ["policy.selection=sample", "candidates.resample=iteration", "candidates.count=12"]
    run, spec = resolve(single(env, method, overrides=[*pool, *settings])), describe(env)
    architecture, random = architecture_of(run, spec), np.random.default_rng(0)
    theta, state = 0.5 * random.standard_normal(architecture.size), 0.5 * random.standard_normal(spec.observation)
    player = policy.make(run, spec, architecture)
    policy.begin(player, run, theta, Key(0))
    actions = player.actions.T[: player.candidates].astype(np.float64)
    expected = special.softmax(exponents(run, architecture.matrices(theta), state, actions))

    chosen, action = np.zeros(len(expected)), np.zeros(1 if spec.discrete else spec.action)
    for transition in range(DRAWS):
        policy.act(player, state, transition, action)
        index = int(action[0]) if spec.discrete else int((actions == action).all(axis=1).argmax())
        chosen[index] += 1

    assert expected.min() * DRAWS > 5 and np.ptp(expected) > 0.03  # enough for a chi-square, and no uniform draw
    assert stats.chisquare(chosen, expected * DRAWS).pvalue > SMALLEST_P
