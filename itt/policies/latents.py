"""Latents of many candidates at once, in NumPy: what searches are built from, in both engines with the same bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itt.policies.activations import ACTIVATIONS
from itt.policies.architecture import Layer, Theta

Values = NDArray[np.float64]


def latents(tower: tuple[Layer, ...], parameters: Theta, inputs: NDArray[np.float32]) -> Values:
    """A tower's outputs.

    Each sum is taken term by term in the order of the compiled engine's own, so that equal candidates get equal latents
    (which a BLAS does not promise) and equal scores.

    Args:
        tower: Its layers, first to last.
        parameters: Its part of theta, such as theta[architecture.action_part].
        inputs: Shape (N, a).

    Returns:
        Shape (d, N): a coordinate's values lie side by side.
    """
    found = np.empty((tower[-1].outputs, len(inputs)))
    for first in range(0, len(inputs), _AT_ONCE):
        values, start = inputs[first : first + _AT_ONCE].T.astype(np.float64), 0
        for layer in tower:
            matrix = parameters[start : start + layer.size].reshape(layer.outputs, layer.inputs)
            start += layer.size
            sums = matrix[:, :1] * values[0]
            for j in range(1, layer.inputs):
                sums += matrix[:, j : j + 1] * values[j]
            ACTIVATIONS[layer.activation].in_place(sums)
            values = sums
        found[:, first : first + _AT_ONCE] = values
    return found


_AT_ONCE = 2048
"""Candidates whose latents stay in a core's own cache."""
