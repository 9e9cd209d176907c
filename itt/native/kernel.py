"""How functions are compiled, and what such a function may do: the contract of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_njit: Any = njit  # `_nrt` is no part of its published types
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """A compiled function: cached on disk, and without reference counts.

    It works on arrays that its caller made and holds for as long as it runs; it may take parts of them, and hand them
    on, but neither makes an array nor returns one (Numba refuses to compile what would make one). Sums are taken in
    the order in which they are written: no option of the compiler may reorder or fuse them.

    That no array is counted saves an atomic increment and decrement wherever one is touched, which is more than a small
    tower costs: a choice among 1000 standing candidates takes 2.4 us instead of 6.5 us.
    """
    compiled: Function = _njit(cache=True, _nrt=False)(function)
    return compiled


def inlined_kernel(function: Function) -> Function:
    """A `kernel` that becomes part of its callers: an actor is 150 words, too many to hand over at each call."""
    compiled: Function = _njit(cache=True, _nrt=False, forceinline=True)(function)
    return compiled
