"""Functions of each number of an array, as the C library computes them, which the compiled engine calls too.

NumPy's own float64 `exp`, `expm1`, `log`, `power` and `arccos` have other bits on a CPU with AVX-512, and its `tanh`
has others than the C library's.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def exp(x: Values) -> Values:
    """e^x, at most e^709: beyond, `math.exp` raises OverflowError."""
    return each(math.exp, x)


def expm1(x: Values) -> Values:
    """e^x - 1; likewise."""
    return each(math.expm1, x)


def log(x: Values) -> Values:
    """ln x of positive numbers."""
    return each(math.log, x)


def tanh(x: Values) -> Values:
    """The hyperbolic tangent."""
    return each(math.tanh, x)


def arccos(x: Values) -> Values:
    """The angle, of numbers between -1 and 1."""
    return each(math.acos, x)


def power(base: float, exponents: Values) -> Values:
    """base^x of a positive base."""
    return each(lambda exponent: math.pow(base, exponent), exponents)


def each(function: Callable[[float], float], x: Values) -> Values:
    """A function of one number of all of them."""
    return np.fromiter(map(function, x.ravel().tolist()), np.float64, x.size).reshape(x.shape)
