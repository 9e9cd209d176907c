"""Latents of many candidates at once, in NumPy: what searches are built from, in both engines with the same bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itt.linear.products import product
from itt.policies.activations import ACTIVATIONS
from itt.policies.architecture import Layer, Theta

Values = NDArray[np.float64]


def latents(tower: tuple[Layer, ...], parameters: Theta, inputs: NDArray[np.float32]) -> Values:
    """A tower's outputs.

    They have the bits of the compiled engine's own, so that equal candidates get equal latents (which a BLAS does not
    promise) and equal scores.

    Args:
        tower: Its layers, first to last.
        parameters: Its part of theta, such as theta[architecture.action_part].
        inputs: Shape (N, a).

    Returns:
        Shape (d, N): a coordinate's values lie side by side.
    """
    values, start = inputs.T.astype(np.float64), 0
    for layer in tower:
        values = product(parameters[start : start + layer.size].reshape(layer.outputs, layer.inputs), values)
        start += layer.size
        ACTIVATIONS[layer.activation].in_place(values)
    return values
