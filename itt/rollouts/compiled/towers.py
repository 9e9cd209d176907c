"""Towers, compiled: one state in float64, or a block of candidates in float32 with a bound on what that rounds away.

A tower is a table of layers, int64 of shape (layers, 4): where its matrix begins in theta, outputs, inputs, activation.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.policies import Layer
from itt.rollouts.compiled.generator import LANES
from itt.rollouts.compiled.kernel import kernel, larger, loose_kernel

START, OUTPUTS, INPUTS, ACTIVATION = 0, 1, 2, 3
LINEAR, RELU, TANH = 0, 1, 2
_CODES = {"linear": LINEAR, "relu": RELU, "tanh": TANH}

ROUNDING = 2.0**-23
"""Twice float32's unit roundoff: room for the second-order terms of every bound below."""


def table(layers: tuple[Layer, ...], start: int) -> NDArray[np.int64]:
    """The table of a tower whose first matrix begins at `start` of theta."""
    rows = []
    for layer in layers:
        rows.append((start, layer.outputs, layer.inputs, _CODES[layer.activation]))
        start += layer.size
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


@kernel
def activate(x: Any, activation: Any) -> Any:
    """The activation of one number."""
    if activation == RELU:
        return x if x > 0.0 else 0.0
    return math.tanh(x) if activation == TANH else x


@kernel
def run(theta: Any, layers: Any, values: Any, spare: Any) -> None:
    """A whole tower in float64, in place: `values` holds the input in front, and afterwards the output."""
    for number in range(len(layers)):
        start, outputs, inputs = layers[number, START], layers[number, OUTPUTS], layers[number, INPUTS]
        for i in range(outputs):
            total = 0.0
            row = start + i * inputs
            for j in range(inputs):
                total += theta[row + j] * values[j]
            spare[i] = activate(total, layers[number, ACTIVATION])
        for i in range(outputs):
            values[i] = spare[i]


@loose_kernel
def product(
    weights: Any, start: Any, outputs: Any, inputs: Any, stride: Any, source: Any, column: Any, target: Any
) -> None:
    """A matrix times LANES columns of `source` from `column` on, float32: target = W source.

    W has its element (i, j) at weights[start + i stride + j]. Four rows of the source at a time, so that the sums are
    loaded and stored a quarter as often.
    """
    fours, base = inputs // 4 * 4, np.uintp(column)  # unsigned: else Numba allows for negative indices, lane by lane
    for i in range(outputs):
        row = start + i * stride
        for lane in range(LANES):
            target[i, lane] = np.float32(0.0)
        for j in range(0, fours, 4):
            w0, w1, w2, w3 = weights[row + j], weights[row + j + 1], weights[row + j + 2], weights[row + j + 3]
            for lane in range(LANES):
                k = base + np.uintp(lane)
                target[i, lane] += (
                    w0 * source[j, k] + w1 * source[j + 1, k] + w2 * source[j + 2, k] + w3 * source[j + 3, k]
                )
        for j in range(fours, inputs):
            w = weights[row + j]
            for lane in range(LANES):
                target[i, lane] += w * source[j, base + np.uintp(lane)]


@kernel
def exact_layer(
    theta: Any,
    start: Any,
    outputs: Any,
    inputs: Any,
    stride: Any,
    offset: Any,
    activation: Any,
    source: Any,
    target: Any,
) -> None:
    """A layer of LANES candidates in float64, each sum in the order in which `run` takes it: the same bits.

    W has its element (i, j) at theta[start + i stride + j]; the sums begin at offset[i].
    """
    for i in range(outputs):
        for lane in range(LANES):
            target[i, lane] = offset[i]
        for j in range(inputs):
            weight = theta[start + i * stride + j]
            for lane in range(LANES):
                target[i, lane] += weight * source[j, lane]
        for lane in range(LANES):
            target[i, lane] = activate(target[i, lane], activation)


@kernel
def activate_block(block: Any, rows: Any, activation: Any) -> None:
    """The activation of LANES columns, in place."""
    if activation == RELU:
        for i in range(rows):
            for lane in range(LANES):
                block[i, lane] = larger(block[i, lane], np.float32(0.0))
    elif activation == TANH:
        for i in range(rows):
            for lane in range(LANES):
                block[i, lane] = np.float32(math.tanh(np.float64(block[i, lane])))


@kernel
def bound_layer(
    theta: Any, start: Any, outputs: Any, inputs: Any, stride: Any, activation: Any, size: Any, error: Any, spare: Any
) -> None:
    """How large a layer's float32 outputs can be and how far from the exact ones, from the same of its inputs.

    In place: size and error, float64; `spare` has the length of two layers. The standard bound of a dot product of n
    terms, n u sum |w_j| |v_j| (Higham 2002, Sec. 3.1), plus what the inputs bring along; no activation here magnifies a
    difference.
    """
    for i in range(outputs):
        largest, carried = 0.0, 0.0
        for j in range(inputs):
            weight = abs(theta[start + i * stride + j])
            largest += weight * (size[j] + error[j])
            carried += weight * error[j]
        spare[2 * i] = largest
        spare[2 * i + 1] = carried + (inputs + 2) * ROUNDING * largest
    for i in range(outputs):
        size[i], error[i] = spare[2 * i], spare[2 * i + 1]
        if activation == TANH:
            size[i], error[i] = min(size[i], 1.0), error[i] + ROUNDING
