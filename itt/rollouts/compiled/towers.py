"""Towers, compiled: one state in float64, or a block of candidates in float32 with a bound on what that rounds away.

A tower is a table of layers, int64 of shape (layers, 5): where its matrix begins in theta, outputs, inputs, activation,
and where the same matrix begins in `columns`, which has it column by column, WIDTH outputs at a time, filled up with
zeros: so `run` adds up WIDTH outputs at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.native.kernel import inlined_kernel, kernel
from itt.native.vectors import ONE_ROW, TWO_ROWS, WIDTH, add_columns, one_row, two_rows
from itt.policies import ACTIVATIONS, Layer
from itt.rollouts.compiled.generator import LANES

START, OUTPUTS, INPUTS, ACTIVATION, COLUMNS = range(5)
LINEAR, RELU, TANH = (ACTIVATIONS[name].code for name in ("linear", "relu", "tanh"))

ROUNDING = 2.0**-23
"""Twice float32's unit roundoff: room for the second-order terms of every bound below."""


def tables(towers: Sequence[tuple[Layer, ...]]) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """The tables of the towers whose matrices theta, shape (D,), holds one after another; and where `columns` is from.

    Returns:
        The tables, and indices into theta for each entry of `columns`; D stands for zero.
    """
    found, places = [], []
    size = sum(layer.size for tower in towers for layer in tower)
    start, begin = 0, 0
    for tower in towers:
        rows = []
        for layer in tower:
            rows.append((start, layer.outputs, layer.inputs, ACTIVATIONS[layer.activation].code, begin))
            padded = np.full((-(-layer.outputs // WIDTH) * WIDTH, layer.inputs), size, dtype=np.int64)
            padded[: layer.outputs] = np.arange(start, start + layer.size).reshape(layer.outputs, layer.inputs)
            places.append(padded.reshape(-1, WIDTH, layer.inputs).transpose(0, 2, 1).ravel())
            start, begin = start + layer.size, begin + padded.size
        found.append(np.array(rows, dtype=np.int64).reshape(-1, 5))
    return found, np.concatenate(places)


def layers(table: NDArray[np.int64]) -> tuple[Layer, ...]:
    """What `table` was made from."""
    names = {forms.code: name for name, forms in ACTIVATIONS.items()}
    return tuple(Layer(int(row[OUTPUTS]), int(row[INPUTS]), names[row[ACTIVATION]]) for row in table)


@kernel
def activate(x: Any, activation: Any) -> Any:
    """The activation of one number."""
    if activation == RELU:
        return 0.0 if x < 0.0 else x
    return math.tanh(x) if activation == TANH else x


@inlined_kernel
def run(columns: Any, layers: Any, values: Any, spare: Any) -> None:
    """A whole tower in float64, in place: `values` holds the input in front, and afterwards the output."""
    for number in range(len(layers)):
        outputs, inputs, start = layers[number, OUTPUTS], layers[number, INPUTS], layers[number, COLUMNS]
        for i in range(0, outputs, WIDTH):
            for k in range(WIDTH):
                spare[i + k] = 0.0
            add_columns(columns, start + i * inputs, inputs, values, spare, i)
        for i in range(outputs):
            values[i] = activate(spare[i], layers[number, ACTIVATION])


@kernel
def layer(
    weights: Any,
    start: Any,
    outputs: Any,
    inputs: Any,
    stride: Any,
    offset: Any,
    activation: Any,
    source: Any,
    column: Any,
    target: Any,
) -> None:
    """A layer of LANES candidates: the columns of `source` from `column` on -> `target`, both (rows, LANES or more).

    W has its element (i, j) at weights[start + i stride + j]; the sums begin at offset[i]. In float32 or float64, as
    weights, source and target are. In float64 it gives the bits of `run`.
    """
    floor = 0.0 if activation == RELU else -np.inf
    pairs = outputs // 2 * 2
    for i in range(0, pairs, 2):
        for lane in range(0, LANES, TWO_ROWS):
            two_rows(weights, start, stride, inputs, offset, source, column + lane, floor, target, i, lane)
    if pairs < outputs:
        for lane in range(0, LANES, ONE_ROW):
            one_row(weights, start, stride, inputs, offset, source, column + lane, floor, target, pairs, lane)
    if activation == TANH:
        for i in range(outputs):
            for lane in range(LANES):
                target[i, lane] = math.tanh(np.float64(target[i, lane]))


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
