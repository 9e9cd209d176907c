"""Optimisers against PyTorch's and against closed forms."""

import numpy as np
import pytest
import torch

from itt.algorithms.es.optimisers import OPTIMISERS, blank
from itt.algorithms.es.settings import Adam, Ascent, ClipUp, Momentum

SIZE, STEPS, ETA = 7, 50, 0.03
GRADIENTS = np.random.default_rng(0).standard_normal((STEPS, SIZE)) * np.logspace(-3, 3, SIZE)


def climbed(settings, gradients, eta=ETA):
    """theta after each step up the gradients, from 0."""
    memory, theta, path = blank(settings.name, gradients.shape[1]), np.zeros(gradients.shape[1]), []
    for gradient in gradients:
        step, memory = OPTIMISERS[settings.name](settings, memory, gradient, eta)
        theta = theta + step
        path.append(theta)
    return np.array(path)


def climbed_by_torch(optimiser, gradients, **settings):
    theta = torch.zeros(gradients.shape[1], dtype=torch.float64, requires_grad=True)
    climber, path = optimiser([theta], lr=ETA, maximize=True, **settings), []
    for gradient in gradients:
        theta.grad = torch.from_numpy(gradient.copy())
        climber.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


def test_ascent_is_torchs_sgd():
    np.testing.assert_allclose(climbed(Ascent(), GRADIENTS), climbed_by_torch(torch.optim.SGD, GRADIENTS), rtol=1e-12)


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.95])
def test_momentum_is_torchs(decay):
    expected = climbed_by_torch(torch.optim.SGD, GRADIENTS, momentum=decay)
    np.testing.assert_allclose(climbed(Momentum(decay=decay), GRADIENTS), expected, rtol=1e-9)


@pytest.mark.parametrize(("decay", "square_decay", "damping"), [(0.9, 0.999, 1e-8), (0.0, 0.9, 1e-2), (0.8, 0.5, 1e-4)])
def test_adam_is_torchs(decay, square_decay, damping):
    settings = Adam(decay=decay, square_decay=square_decay, damping=damping)
    expected = climbed_by_torch(torch.optim.Adam, GRADIENTS, betas=(decay, square_decay), eps=damping)
    np.testing.assert_allclose(climbed(settings, GRADIENTS), expected, rtol=1e-9)


def test_clipup_sees_the_direction_of_a_gradient_alone():
    scaled = GRADIENTS * np.logspace(-5, 5, STEPS)[:, None]
    np.testing.assert_allclose(climbed(ClipUp(), scaled), climbed(ClipUp(), GRADIENTS), rtol=1e-9, atol=1e-12)


def test_clipup_below_its_top_speed_is_momentum_of_unit_gradients():
    units = GRADIENTS / np.linalg.norm(GRADIENTS, axis=1, keepdims=True)
    slow = ClipUp(decay=0.6, speed=10 * ETA)  # a sum of pushes is at most ETA / (1 - 0.6)
    np.testing.assert_allclose(climbed(slow, GRADIENTS), climbed(Momentum(decay=0.6), units), rtol=1e-9)


def test_clipup_by_hand_around_three_corners():
    """Pushes of length 2, top speed 2; what is remembered is the velocity after it was shortened.

    1. push (2, 0): v = (2, 0), just as fast as allowed.
    2. push (0, 2): (1.5, 0) + (0, 2) has length 2.5; v = 0.8 (1.5, 2) = (1.2, 1.6).
    3. push (-1.2, -1.6): v = (0.9, 1.2) - (1.2, 1.6) = (-0.3, -0.4).
    4. push (-1.2, -1.6): (-0.225, -0.3) - (1.2, 1.6) has length 2.375; v = (-1.2, -1.6).
    """
    path = climbed(ClipUp(decay=0.75, speed=2), np.array([[7, 0], [0, 0.01], [-3, -4], [-6, -8]]), eta=2)
    np.testing.assert_allclose(path, [[2, 0], [3.2, 1.6], [2.9, 1.2], [1.7, -0.4]], rtol=1e-12)


def test_momentum_by_hand_around_a_corner():
    """v = (1, 0), (0.5, 2), (-3.75, 1), the steps half of it."""
    path = climbed(Momentum(decay=0.5), np.array([[1, 0], [0, 2], [-4, 0]]), eta=0.5)
    np.testing.assert_allclose(path, [[0.5, 0], [0.75, 1], [-1.125, 1.5]], rtol=1e-12)


@pytest.mark.parametrize(("speed", "fastest"), [(0.05, 0.05), (None, 2 * ETA)])
def test_clipup_is_never_faster_than_its_top_speed_and_reaches_it(speed, fastest):
    path = climbed(ClipUp(speed=speed), np.ones((STEPS, SIZE)))
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert (lengths <= fastest * (1 + 1e-12)).all()
    np.testing.assert_allclose(lengths[-5:], fastest, rtol=1e-9)


@pytest.mark.parametrize("settings", [Ascent(), Momentum(), Adam(), ClipUp()], ids=lambda settings: settings.name)
def test_without_a_gradient_nothing_moves(settings):
    np.testing.assert_array_equal(climbed(settings, np.zeros((3, SIZE))), np.zeros((3, SIZE)))


@pytest.mark.parametrize("settings", [Ascent(), Momentum(), Adam(), ClipUp()], ids=lambda settings: settings.name)
def test_a_memory_is_replaced_never_changed(settings):
    memory = blank(settings.name, SIZE)
    _, after = OPTIMISERS[settings.name](settings, memory, GRADIENTS[0], ETA)
    assert all((array == 0).all() for array in memory.values())
    assert after.keys() == memory.keys()
