"""Networks: what they begin with, what they compute, and their parameters as arrays."""

import math

import numpy as np
import pytest
import torch

from itt.networks import named_arrays, tanh_gaussian
from itt.networks.mlp import MLP
from itt.networks.twin_q import TwinQ


def mlp(*sizes, seed=0):
    return MLP(sizes, np.random.default_rng(seed))


def test_first_weights_are_uniform_within_the_limit_of_glorot_and_first_biases_zero():
    for layer, (inputs, outputs) in zip(mlp(100, 300, 50).layers, [(100, 300), (300, 50)], strict=True):
        limit, weights = math.sqrt(6 / (inputs + outputs)), layer.weight.detach().numpy()
        assert 0.99 * limit < np.abs(weights).max() <= limit
        assert weights.std() == pytest.approx(limit / math.sqrt(3), rel=0.02)
        assert not layer.bias.any()


def test_first_weights_follow_from_the_stream_alone():
    one, two, other = named_arrays.arrays(mlp(3, 4, 2)), named_arrays.arrays(mlp(3, 4, 2)), mlp(3, 4, 2, seed=1)
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert not np.array_equal(one["layers.0.weight"], named_arrays.arrays(other)["layers.0.weight"])


def test_an_mlp_is_relu_between_linear_layers_and_none_after_the_last():
    network, x = mlp(3, 4, 2), np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    arrays = named_arrays.arrays(network)
    arrays["layers.0.bias"] += 0.3
    arrays["layers.1.bias"] -= 0.2
    named_arrays.load(network, arrays)

    hidden = np.maximum(x @ arrays["layers.0.weight"].T + arrays["layers.0.bias"], 0)
    want = hidden @ arrays["layers.1.weight"].T + arrays["layers.1.bias"]
    found = network(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, want, rtol=1e-5, atol=1e-6)
    assert (found < 0).any()


def test_two_qs_are_two_networks_of_observation_and_action():
    twin = TwinQ((5, 8, 1), np.random.default_rng(0))
    observation, action = torch.randn(7, 3), torch.randn(7, 2)

    first, second = twin(observation, action)

    assert first.shape == second.shape == (7,)
    assert not torch.equal(first, second)
    both = torch.cat((observation, action), dim=1)
    assert torch.equal(first, twin.networks[0](both)[:, 0])


def test_the_density_of_an_action_integrates_to_one():
    outputs = torch.tensor([[0.4, -0.3]], dtype=torch.float64)
    std = math.log1p(math.exp(-0.3))
    noise = torch.linspace(-9, 9, 200_001, dtype=torch.float64)[:, None]

    actions, log_density = tanh_gaussian.drawn(outputs.expand(len(noise), 2), noise)

    area = torch.trapezoid(log_density.exp(), actions[:, 0])
    assert area.item() == pytest.approx(1.0, abs=1e-8)
    assert torch.allclose(actions[:, 0], torch.tanh(0.4 + std * noise[:, 0]))


@pytest.mark.parametrize("latent", [-30.0, -12.0, -0.1, 0.0, 3.0, 12.0, 30.0])
def test_the_density_is_exact_where_tanh_saturates(latent):
    """In float32; by the density of u and the logarithm of 4 / (e^u + e^-u)^2, in Python's own floats."""
    outputs = torch.tensor([[latent, 0.0]])
    _, log_density = tanh_gaussian.drawn(outputs, torch.zeros(1, 1))

    std = math.log(2.0)
    gaussian = -math.log(std) - 0.5 * math.log(2 * math.pi)
    log_slope = math.log(4.0) - 2 * (abs(latent) + math.log1p(math.exp(-2 * abs(latent))))
    assert log_density.item() == pytest.approx(gaussian - log_slope, rel=1e-6)


@pytest.mark.parametrize(("xi", "clipped"), [(100.0, 6.0), (-100.0, -6.0), (1.5, 1.5)])
def test_the_spread_is_bounded(xi, clipped):
    actions, _ = tanh_gaussian.drawn(torch.tensor([[0.0, xi]]), torch.tensor([[0.1]]))
    assert actions.item() == pytest.approx(math.tanh(0.1 * math.log1p(math.exp(clipped))), rel=1e-5)


def test_the_mean_action_is_the_one_without_noise():
    outputs = torch.randn(4, 6)
    drawn, _ = tanh_gaussian.drawn(outputs, torch.zeros(4, 3))
    assert torch.equal(tanh_gaussian.mean_action(outputs), drawn)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda arrays: arrays.pop("q/layers.1.bias"), "q/layers.1.bias is missing"),
        (lambda arrays: arrays.update({"q/layers.1.bias": np.zeros(3)}), r"q/layers.1.bias has shape \(3,\)"),
    ],
)
def test_arrays_of_another_network_are_refused_and_nothing_is_copied(change, line):
    network, arrays = mlp(3, 4, 2), named_arrays.arrays(mlp(3, 4, 2, seed=1), "q/")
    before = named_arrays.arrays(network)
    change(arrays)

    with pytest.raises(ValueError, match=line):
        named_arrays.load(network, arrays, "q/")

    after = named_arrays.arrays(network)
    assert all(np.array_equal(before[name], after[name]) for name in before)
