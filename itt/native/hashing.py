"""The 32-bit hash of `itt.candidates.generator.bits`, one word or many at a time.

It is written in LLVM's own 32-bit instructions because Numba widens every product to 64 bits, which costs three times
the time: no vector unit multiplies those in one instruction. What fills blocks of candidates is written in LLVM's
vectors, which takes half the time of the loop that LLVM makes one of by itself.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from itt.native.instructions import intrinsic
from itt.native.vectors import arrays, pointer, spread

RUN = 32
"""Numbers that are drawn together: four of AVX2's registers."""
_I32 = ir.IntType(32)
_GOLDEN_32, _MULTIPLIER_1, _MULTIPLIER_2 = 0x9E3779B9, 0x21F0AAAD, 0x735A2D97


def _scrambled(builder: Any, x: Any, high: Any) -> Any:
    """The hash's rounds on index * _GOLDEN_32 + low half of the key: a number, or a vector of them."""

    def constant(value: int) -> Any:
        return ir.Constant(x.type, [value] * x.type.count if isinstance(x.type, ir.VectorType) else value)

    def shifted(x: Any, bits: int) -> Any:
        return builder.xor(x, builder.lshr(x, constant(bits)))

    x = shifted(x, 16)
    x = builder.xor(shifted(builder.mul(x, constant(_MULTIPLIER_1)), 15), high)
    return shifted(builder.mul(x, constant(_MULTIPLIER_2)), 15)


@intrinsic
def hashed(typing_context: Any, index: Any, both: Any) -> Any:
    """The 32-bit hash of an index (any integer) under a key."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        index, both = arguments
        low, high = _halves(builder, both)
        start = builder.mul(builder.trunc(index, _I32), _I32(_GOLDEN_32))
        return _scrambled(builder, builder.add(start, low), high)

    return types.uint32(types.int64, types.uint64), generate


@intrinsic
def fill_run(
    typing_context: Any, both: Any, index: Any, floor: Any, scale: Any, target: Any, row: Any, lane: Any
) -> Any:
    """target[row, lane + k] = floor + scale (word index + k of the stream, its upper 24 bits), for k < RUN."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        both, index, floor, scale, target, row, lane = arrays(context, builder, signature, arguments)
        whole, real = ir.VectorType(_I32, RUN), ir.VectorType(ir.FloatType(), RUN)
        low, high = _halves(builder, both)
        start = builder.add(builder.mul(builder.trunc(index, _I32), _I32(_GOLDEN_32)), low)
        steps = ir.Constant(whole, [k * _GOLDEN_32 % 2**32 for k in range(RUN)])
        words = _scrambled(builder, builder.add(spread(builder, start, whole), steps), spread(builder, high, whole))
        units = builder.sitofp(builder.lshr(words, ir.Constant(whole, [8] * RUN)), real)
        points = builder.fadd(spread(builder, floor, real), builder.fmul(spread(builder, scale, real), units))
        place = builder.add(builder.mul(row, builder.extract_value(target.shape, 1)), lane)
        builder.store(points, pointer(builder, target, place, real), align=4)
        return context.get_dummy_value()

    i64, f32 = types.int64, types.float32
    return types.void(types.uint64, i64, f32, f32, target, i64, i64), generate


def _halves(builder: Any, both: Any) -> tuple[Any, Any]:
    """The lower and the upper 32 bits of a key."""
    return builder.trunc(both, _I32), builder.trunc(builder.lshr(both, both.type(32)), _I32)
