"""The PyTorch policies compute what a line of NumPy computes, from the same theta."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from itt.algorithms.es.settings import METHODS, Policy, Tower
from itt.policies import architecture
from itt.policies.torch_policy import flatten, load_theta, module

ACTIVATIONS = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh, "linear": lambda x: x}
KERNELS = ("dot", "softmax", "angular")
OBSERVATION, ACTION = 5, 3

towers = st.builds(
    Tower,
    layers=st.integers(1, 3),
    width=st.none() | st.integers(1, 4),
    activation=st.sampled_from(["relu", "tanh", "linear"]),
    output=st.none() | st.sampled_from(["relu", "tanh", "linear"]),
)
policies = st.builds(
    Policy,
    encoding=st.sampled_from(["index", "one_hot"]),
    width=st.none() | st.integers(1, 4),
    latent=st.none() | st.integers(1, 4),
    state=towers,
    action=towers,
    tower=towers,
)


def forward(layers, matrices, x):
    """x through one tower; x of shape (..., inputs)."""
    for layer, matrix in zip(layers, matrices, strict=True):
        x = ACTIVATIONS[layer.activation](x @ matrix.T)
    return x


def loaded(spec, theta, kernel="dot"):
    policy = module(spec, kernel)
    load_theta(policy, theta)
    return policy


def scores(policy, state, candidates):
    with torch.no_grad():
        return policy.scores(torch.from_numpy(state), policy.prepare(torch.from_numpy(candidates))).numpy()


@given(method=st.sampled_from(list(METHODS)), policy=policies, discrete=st.booleans(), seed=st.integers(0, 99))
def test_to_flatten_is_the_inverse_of_to_load(method, policy, discrete, seed):
    spec = architecture(method, policy, OBSERVATION, ACTION, discrete)
    theta = np.random.default_rng(seed).standard_normal(spec.size)
    np.testing.assert_array_equal(flatten(loaded(spec, theta)), theta)


@given(policy=policies, seed=st.integers(0, 99))
def test_itt_scores_are_products_of_two_towers_latents(policy, seed):
    random = np.random.default_rng(seed)
    spec = architecture("itt", policy, OBSERVATION, ACTION, discrete=False)
    theta, state = random.standard_normal(spec.size), random.standard_normal(OBSERVATION)
    candidates = random.uniform(-1, 1, (7, ACTION))
    of_state, of_action = spec.matrices(theta)
    expected = forward(spec.towers[1], of_action, candidates) @ forward(spec.towers[0], of_state, state)
    np.testing.assert_allclose(scores(loaded(spec, theta), state, candidates), expected, rtol=1e-12, atol=1e-12)


@given(policy=policies, seed=st.integers(0, 99))
def test_iot_scores_are_one_tower_of_state_and_action_side_by_side(policy, seed):
    random = np.random.default_rng(seed)
    spec = architecture("iot", policy, OBSERVATION, ACTION, discrete=False)
    theta, state = random.standard_normal(spec.size), random.standard_normal(OBSERVATION)
    candidates = random.uniform(-1, 1, (7, ACTION))
    inputs = np.array([[*state, *action] for action in candidates])
    expected = forward(spec.towers[0], spec.matrices(theta)[0], inputs)[:, 0]
    np.testing.assert_allclose(scores(loaded(spec, theta), state, candidates), expected, rtol=1e-12, atol=1e-12)


@given(policy=policies, seed=st.integers(0, 99), discrete=st.booleans())
def test_explicit_is_one_tower_of_the_state(policy, seed, discrete):
    random = np.random.default_rng(seed)
    spec = architecture("explicit", policy, OBSERVATION, ACTION, discrete)
    theta, state = random.standard_normal(spec.size), random.standard_normal(OBSERVATION)
    with torch.no_grad():
        output = loaded(spec, theta)(torch.from_numpy(state)).numpy()
    np.testing.assert_allclose(output, forward(spec.towers[0], spec.matrices(theta)[0], state), rtol=1e-12, atol=1e-12)
    assert output.shape == (ACTION,)


LATENTS = architecture("itt", Policy(state=Tower(layers=1), action=Tower(layers=1)), 2, 2, discrete=False)
IDENTITY = np.array([1.0, 0, 0, 1, 1, 0, 0, 1])  # both towers hand their input on, so latents are what goes in


@pytest.mark.parametrize(
    ("x", "y", "value"),
    [
        ([1.0, 0.0], [2.0, 0.0], 1.0),
        ([1.0, 0.0], [0.0, 3.0], 0.0),
        ([1.0, 0.0], [-5.0, 0.0], -1.0),
        ([1.0, 0.0], [1.0, 1.0], 0.5),
        ([0.1, 0.3], [0.2, 0.6], 1.0),  # the cosine rounds to more than 1
        ([0.0, 0.0], [1.0, 1.0], 0.0),
        ([1.0, 1.0], [0.0, 0.0], 0.0),
    ],
)
def test_the_angular_kernel_is_that_of_equation_8_and_0_where_a_latent_has_no_direction(x, y, value):
    (score,) = scores(loaded(LATENTS, IDENTITY, "angular"), np.array(x), np.array([y]))
    assert score == pytest.approx(value, abs=1e-7)


def test_softmax_scores_are_dot_products_whose_exponential_is_left_to_the_selection():
    state, candidates = np.array([3.0, 4.0]), np.array([[1.0, 2.0], [500.0, 600.0]])
    for kernel in ("dot", "softmax"):
        np.testing.assert_array_equal(scores(loaded(LATENTS, IDENTITY, kernel), state, candidates), [11.0, 3900.0])


@pytest.mark.parametrize("kernel", KERNELS)
def test_all_candidates_score_as_each_one_alone(kernel):
    random = np.random.default_rng(0)
    candidates = random.uniform(-1, 1, (50, 2))
    policy, state = loaded(LATENTS, random.standard_normal(8), kernel), random.standard_normal(2)
    alone = [scores(policy, state, candidate[None])[0] for candidate in candidates]
    np.testing.assert_allclose(scores(policy, state, candidates), alone, rtol=1e-12)


def test_loading_copies_theta():
    theta = IDENTITY.copy()
    policy = loaded(LATENTS, theta)
    theta[:] = 0
    np.testing.assert_array_equal(flatten(policy), IDENTITY)


def test_parameters_are_float64():
    assert {p.dtype for p in module(LATENTS, "dot").parameters()} == {torch.float64}
