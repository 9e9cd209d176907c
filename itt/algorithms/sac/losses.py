"""What each network minimises, by arXiv:1812.05905; (B,) are one number a transition. Pure functions of tensors."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn.functional import softplus


def q_target(
    reward: Tensor,
    terminal: Tensor,
    following_q: Tensor,
    log_density: Tensor,
    alpha: Tensor,
    scale: float,
    gamma: float,
) -> Tensor:
    """y = scale r + gamma (1 - d) (min_j Q'_j(s', a') - alpha log pi(a'|s')), of Eq. 3 and 5. All (B,).

    Args:
        reward: r.
        terminal: d, 1 where the task ended.
        following_q: min_j Q'_j(s', a') of the target networks, with a' drawn from the policy.
        log_density: log pi(a'|s').
        alpha: The temperature, a scalar.
        scale: Of rewards.
        gamma: The discount.
    """
    return scale * reward + gamma * (1.0 - terminal) * (following_q - alpha * log_density)


def q_loss(q: Tensor, target: Tensor) -> Tensor:
    """The mean of log cosh(Q - y), where Eq. 5 has (Q - y)^2 / 2: the same near 0, and |Q - y| - log 2 far off.

    log cosh x = x + softplus(-2 x) - log 2, which does not overflow. (B,), (B,) -> scalar.
    """
    error = q - target
    return (error + softplus(-2.0 * error) - math.log(2.0)).mean()


def policy_loss(log_density: Tensor, q: Tensor, alpha: Tensor) -> Tensor:
    """The mean of alpha log pi(a|s) - min_j Q_j(s, a), with a reparametrised (Eq. 9). (B,), (B,), scalar -> scalar."""
    return (alpha * log_density - q).mean()


def alpha_loss(log_density: Tensor, alpha: Tensor, entropy: float) -> Tensor:
    """The mean of -alpha (log pi(a|s) + H) (Eq. 18): alpha grows while the policy's entropy is below H = `entropy`.

    (B,), scalar -> scalar.
    """
    return -(alpha * (log_density + entropy)).mean()
