"""The losses, beside what they are by hand."""

import math

import pytest
import torch

from itt.algorithms.sac import losses


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_the_target_of_q_is_the_reward_and_what_follows_where_the_task_goes_on():
    target = losses.q_target(
        numbers(1.0, 1.0), numbers(0.0, 1.0), numbers(10.0, 10.0), numbers(-2.0, -2.0), numbers(0.5)[0], 3.0, 0.9
    )
    assert target.tolist() == pytest.approx([3.0 + 0.9 * (10.0 + 1.0), 3.0])


@pytest.mark.parametrize("error", [-800.0, -2.0, -1e-4, 0.0, 0.3, 5.0, 800.0])
def test_the_loss_of_q_is_log_cosh(error):
    by_hand = math.log(math.cosh(error)) if abs(error) < 700 else abs(error) - math.log(2.0)
    loss = losses.q_loss(numbers(error + 1.0), numbers(1.0))
    assert loss.item() == pytest.approx(by_hand, rel=1e-6, abs=1e-15)


def test_its_slope_is_tanh():
    q = numbers(-3.0, 0.2, 40.0).requires_grad_()
    losses.q_loss(q, numbers(0.0, 0.0, 0.0)).backward()
    assert q.grad.tolist() == pytest.approx([math.tanh(error) / 3 for error in (-3.0, 0.2, 40.0)])


def test_the_policy_trades_density_for_value():
    assert losses.policy_loss(numbers(1.0, 3.0), numbers(5.0, 7.0), numbers(0.5)[0]).item() == -5.0


@pytest.mark.parametrize(("log_density", "slope"), [(-1.0, 3.0), (4.0, -2.0), (2.0, 0.0)])
def test_alpha_falls_where_there_is_more_entropy_than_asked_for_and_grows_where_less(log_density, slope):
    """H = -2: an entropy of 1 is more than that, one of -4 less."""
    alpha = numbers(0.3)[0].requires_grad_()
    losses.alpha_loss(numbers(log_density, log_density), alpha, -2.0).backward()
    assert alpha.grad.item() == pytest.approx(slope)
