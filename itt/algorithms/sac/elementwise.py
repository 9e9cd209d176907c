"""The parts of an update that are no matrix products, compiled: each one pass over its arrays.

They work in the precision of their arrays. None calls another compiled function, so Numba itself notices edits here.
(B, n) are a layer's outputs, relu(...) where they are `hidden`; its gradient is what stands where `hidden` is positive.
`np.true_divide` divides without Python's check for zero, which would keep the loop from LLVM's vectors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from itt.native.kernel import kernel


@kernel
def bias_relu(products: Any, bias: Any) -> None:
    """products <- relu(products + bias), (B, n) and (n,). NaN stays NaN."""
    zero = products.dtype.type(0)
    for i in range(products.shape[0]):
        for j in range(products.shape[1]):
            value = products[i, j] + bias[j]
            products[i, j] = zero if value <= zero else value


@kernel
def through_relu_at(gradient: Any, hidden: Any, places: Any) -> None:
    """gradient <- that of the sums before relu, (n, m), whose rows are of the rows `places` of hidden, (B, m)."""
    zero = gradient.dtype.type(0)
    for i in range(gradient.shape[0]):
        place = places[i]
        for j in range(gradient.shape[1]):
            gradient[i, j] = gradient[i, j] if hidden[place, j] > zero else zero


@kernel
def through_relu_summed(gradient: Any, hidden: Any, bias: Any) -> None:
    """gradient <- that of the sums before relu, (B, n) both; bias, (n,), <- its sums, the gradient of the layer's."""
    zero = gradient.dtype.type(0)
    for j in range(len(bias)):
        bias[j] = zero
    for i in range(gradient.shape[0]):
        for j in range(gradient.shape[1]):
            value = gradient[i, j] if hidden[i, j] > zero else zero
            gradient[i, j] = value
            bias[j] += value


@kernel
def through_single_output_at(slope: Any, weights: Any, hidden: Any, places: Any, gradient: Any) -> None:
    """gradient, (n, m), <- that of the sums before relu of the layer below a single output, at the rows `places`.

    The output's gradient is `slope` there, and its weights are (m,); hidden is (B, m).
    """
    zero = gradient.dtype.type(0)
    for i in range(gradient.shape[0]):
        place = places[i]
        for j in range(gradient.shape[1]):
            gradient[i, j] = slope * weights[j] if hidden[place, j] > zero else zero


@kernel
def through_single_output_summed(output: Any, weights: Any, hidden: Any, gradient: Any, bias: Any) -> None:
    """gradient, (B, n), <- as of `through_single_output_at`, at all rows, for gradients (B,) of the output; bias, (n,),
    <- its sums over rows."""
    zero = gradient.dtype.type(0)
    for j in range(len(bias)):
        bias[j] = zero
    for i in range(gradient.shape[0]):
        slope = output[i]
        for j in range(gradient.shape[1]):
            value = slope * weights[j] if hidden[i, j] > zero else zero
            gradient[i, j] = value
            bias[j] += value


@kernel
def row_sums(rows: Any, sums: Any) -> None:
    """sums, (n,), <- sums over the rows of (B, n)."""
    for j in range(len(sums)):
        sums[j] = rows.dtype.type(0)
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            sums[j] += rows[i, j]


@kernel
def densities(noise: Any, log_std: Any, latent: Any, softplus: Any, found: Any) -> None:
    """found, (B,), <- log pi of `itt.networks.tanh_gaussian.drawn`; `softplus` is of -2 u, (B, A) like the rest."""
    number = found.dtype.type
    half, two, log_two = number(0.5), number(2.0), number(math.log(2.0))
    constant = number(0.5 * math.log(2.0 * math.pi))
    for i in range(noise.shape[0]):
        total = number(0.0)
        for k in range(noise.shape[1]):
            gaussian = -half * noise[i, k] * noise[i, k] - log_std[i, k] - constant
            total += gaussian - two * (log_two - latent[i, k] - softplus[i, k])
        found[i] = total


@kernel
def beside(rows: Any, column: Any, action: Any, pair: Any) -> None:
    """pair, (B, s + A), <- columns `column` and following of `rows`, and the actions, (B, A)."""
    size = pair.shape[1] - action.shape[1]
    for i in range(pair.shape[0]):
        for j in range(size):
            pair[i, j] = rows[i, column + j]
        for k in range(action.shape[1]):
            pair[i, size + k] = action[i, k]


@kernel
def played(outputs: Any, noise: Any, clip: Any, action: Any) -> None:
    """action, (n, A), <- tanh(mean + std epsilon) of the policy's outputs, (n, 2 A); see `tanh_gaussian.drawn`."""
    zero, size = action.dtype.type(0), action.shape[1]
    for i in range(action.shape[0]):
        for k in range(size):
            xi = min(max(outputs[i, size + k], -clip), clip)
            std = max(xi, zero) + math.log1p(math.exp(-abs(xi)))
            action[i, k] = math.tanh(outputs[i, k] + std * noise[i, k])


@kernel
def q_targets(
    rows: Any, reward: Any, first: Any, second: Any, log_density: Any, alpha: Any, scale: Any, gamma: Any, found: Any
) -> None:
    """found, (B,), <- y of `losses.q_target`; columns `reward` and the next of `rows` are r and d, (B, 1) are Q'."""
    one = found.dtype.type(1)
    for i in range(len(found)):
        least = second[i, 0] if second[i, 0] < first[i, 0] else first[i, 0]
        ahead = gamma * (one - rows[i, reward + 1]) * (least - alpha * log_density[i])
        found[i] = scale * rows[i, reward] + ahead


@kernel
def q_gradient(q: Any, target: Any, gradient: Any) -> tuple[float, float]:
    """gradient, (B,), <- of `losses.q_loss`, tanh(Q - y) / B; the loss itself and the mean of Q. (B, 1), (B,)."""
    count = len(target)
    loss = total = 0.0
    for i in range(count):
        error = float(q[i, 0]) - float(target[i])
        size = abs(error)
        loss += size + math.log1p(math.exp(-2.0 * size)) - math.log(2.0)
        total += float(q[i, 0])
        gradient[i] = np.true_divide(math.tanh(error), count)
    return np.true_divide(loss, count), np.true_divide(total, count)


@kernel
def smaller_q(first: Any, second: Any, log_density: Any, alpha: Any, places: Any) -> tuple[float, int]:
    """places[0] <- the rows where Q_1 is not the larger, places[1] <- the others; Qs are (B, 1), places (2, B).

    Returns `losses.policy_loss`, and how many rows are Q_1's. What stands behind the rows of either is as it was.
    """
    loss, ones, others = 0.0, 0, 0
    for i in range(len(log_density)):
        if second[i, 0] < first[i, 0]:
            places[1, others] = i
            others += 1
            loss += float(alpha) * float(log_density[i]) - float(second[i, 0])
        else:
            places[0, ones] = i
            ones += 1
            loss += float(alpha) * float(log_density[i]) - float(first[i, 0])
    return np.true_divide(loss, len(log_density)), ones


@kernel
def policy_head_gradient(
    outputs: Any, noise: Any, std: Any, slope: Any, action: Any, of_action: Any, alpha: Any, clip: Any, found: Any
) -> None:
    """found, (B, 2 A), <- the gradient of `losses.policy_loss` by the policy's outputs.

    With d log pi / du = 2 tanh(u), da / du = 1 - a^2, du / dmean = 1, du / dstd = epsilon, d log pi / dstd = -1 / std
    beside what comes through u, and dstd / dxi = sigmoid(xi) = `slope` within the clip. All others are (B, A).
    """
    count, size = noise.shape
    number = found.dtype.type
    one, two, zero = number(1.0), number(2.0), number(0.0)
    share = number(np.true_divide(float(alpha), count))
    for i in range(count):
        for k in range(size):
            a = action[i, k]
            of_latent = share * two * a + of_action[i, k] * (one - a * a)
            of_std = of_latent * noise[i, k] - np.true_divide(share, std[i, k])
            xi = outputs[i, size + k]
            found[i, k] = of_latent
            found[i, size + k] = of_std * slope[i, k] if -clip <= xi and xi <= clip else zero


@kernel
def adam(
    parameters: Any, gradient: Any, mean: Any, square: Any, decay: Any, fresh: Any, square_decay: Any,
    square_fresh: Any, rate: Any, unbias: Any, damping: Any,
) -> None:  # fmt: skip
    """A step of Adam in place, (n,) each: m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2, and

    p <- p - rate m / (unbias sqrt(v) + damping), where rate is lr / (1 - b1^t) and unbias 1 / sqrt(1 - b2^t).
    """
    for i in range(len(parameters)):
        g = gradient[i]
        m = decay * mean[i] + fresh * g
        v = square_decay * square[i] + square_fresh * g * g
        mean[i], square[i] = m, v
        parameters[i] -= rate * np.true_divide(m, math.sqrt(v) * unbias + damping)


@kernel
def follow(target: Any, source: Any, tau: Any) -> None:
    """target <- target + tau (source - target), (n,) both."""
    for i in range(len(target)):
        target[i] += tau * (source[i] - target[i])
