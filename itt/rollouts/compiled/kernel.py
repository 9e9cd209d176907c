"""How the engine's functions are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic as typed_intrinsic

intrinsic: Any = typed_intrinsic
"""A function that writes LLVM's instructions itself. It is called without its first argument."""
_njit: Any = njit  # `_nrt` is no part of its published types
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """A function of the engine: cached on disk, and without reference counts.

    An episode is played on arrays that its player made and holds, so nothing here allocates or keeps one (Numba refuses
    to compile what would). That saves an atomic increment and decrement wherever an array is touched, which is more
    than a small tower costs: a choice among 1000 standing candidates takes 2.4 us instead of 6.5 us.
    """
    compiled: Function = _njit(cache=True, _nrt=False)(function)
    return compiled


def inlined_kernel(function: Function) -> Function:
    """A `kernel` that becomes part of its callers: an actor is 150 words, too many to hand over at each call."""
    compiled: Function = _njit(cache=True, _nrt=False, forceinline=True)(function)
    return compiled


@intrinsic
def larger(typing_context: Any, left: Any, right: Any) -> Any:
    """The larger of two float32 numbers, as one instruction: LLVM makes a conditional store of `max`, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        f32 = context.get_value_type(types.float32)
        function = builder.module.declare_intrinsic("llvm.maxnum", [f32], ir.FunctionType(f32, [f32, f32]))
        return builder.call(function, arguments)

    return types.float32(types.float32, types.float32), generate
