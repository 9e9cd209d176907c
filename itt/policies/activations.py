"""The activations: what stands for each name in NumPy, in PyTorch and in compiled code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.settings import Activation


class Forms(NamedTuple):
    """One activation."""

    in_place: Callable[[NDArray[Any]], object]
    """on an array of any shape and float type"""
    module: str
    """its class in `torch.nn`, by name: PyTorch is imported only where it acts"""
    code: int
    """how compiled code calls it (`itt.rollouts.compiled.towers.activate`)"""


ACTIVATIONS: dict[Activation, Forms] = {
    "linear": Forms(lambda x: None, "Identity", 0),
    "relu": Forms(lambda x: np.maximum(x, 0.0, out=x), "ReLU", 1),
    "tanh": Forms(lambda x: np.tanh(x, out=x), "Tanh", 2),
}
