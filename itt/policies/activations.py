"""The activations: what stands for each name in NumPy and in compiled code. The tanh of both is the C library's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import Activation
from itt.linear.elementwise import tanh


class Forms(NamedTuple):
    """One activation."""

    in_place: Callable[[NDArray[Any]], object]
    """on an array of any shape and float type"""
    code: int
    """how compiled code calls it (`itt.rollouts.compiled.towers.activate`)"""


ACTIVATIONS: dict[Activation, Forms] = {
    "linear": Forms(lambda x: None, 0),
    "relu": Forms(lambda x: np.maximum(x, 0.0, out=x), 1),
    "tanh": Forms(lambda x: np.copyto(x, tanh(x)), 2),
}
