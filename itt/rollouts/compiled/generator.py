"""The compiled twin of `itt.candidates.generator`: the same bits, written so that the loops vectorise.

The hash is written in LLVM's own 32-bit instructions because Numba widens every product to 64 bits, which costs three
times the time: no vector unit multiplies those in one instruction.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types, uint64

from itt.rollouts.compiled.kernel import intrinsic, kernel

LANES = 128
"""Candidates that are treated together. A multiple of any vector's width; such buffers stay in the L1 cache."""

_GOLDEN_64 = np.uint64(0x9E3779B97F4A7C15)
_GOLDEN_32, _MULTIPLIER_1, _MULTIPLIER_2 = 0x9E3779B9, 0x21F0AAAD, 0x735A2D97


@kernel
def mixed(key: Any, step: Any) -> Any:
    """See `itt.candidates.generator.mixed`."""
    z = uint64(key) + uint64(step + 1) * _GOLDEN_64
    z = (z ^ (z >> uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


@intrinsic
def _hashed(typing_context: Any, index: Any, low: Any, high: Any) -> Any:
    """The 32-bit hash of an index (any integer) under the two halves of a key."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        i32 = context.get_value_type(types.uint32)

        def shifted(x: Any, bits: int) -> Any:
            return builder.xor(x, builder.lshr(x, i32(bits)))

        x, low, high = (builder.trunc(value, i32) for value in arguments)
        x = shifted(builder.add(builder.mul(x, i32(_GOLDEN_32)), low), 16)
        x = builder.xor(shifted(builder.mul(x, i32(_MULTIPLIER_1)), 15), high)
        return shifted(builder.mul(x, i32(_MULTIPLIER_2)), 15)

    return types.uint32(types.int64, types.uint64, types.uint64), generate


@kernel
def word(both: Any, index: Any) -> Any:
    """Word `index` of the stream whose key and step `mixed` made `both`; see `itt.candidates.generator.bits`."""
    return _hashed(index, both, both >> uint64(32))


@kernel
def coordinate(both: Any, low: Any, span: Any, count: Any, n: Any, j: Any) -> Any:
    """Coordinate j of point n of `count`; see `itt.candidates.generator.uniform`."""
    unit = np.float32(np.int32(word(both, j * count + n) >> np.uint32(8))) * np.float32(2.0**-24)
    return low[j] + span[j] * unit


@kernel
def fill(both: Any, low: Any, span: Any, count: Any, start: Any, target: Any) -> Any:
    """Points start ... start + LANES - 1 into the columns of `target`, shape (a, LANES), float32."""
    for j in range(len(low)):
        base, floor, width = j * count + start, low[j], span[j]
        for lane in range(LANES):
            unit = np.float32(np.int32(word(both, base + lane) >> np.uint32(8))) * np.float32(2.0**-24)
            target[j, lane] = floor + width * unit


@kernel
def unit(key: Any, step: Any) -> Any:
    """See `itt.candidates.generator.unit`."""
    return np.float64(mixed(key, step) >> uint64(11)) * 2.0**-53


@kernel
def index_below(both: Any, position: Any, count: Any) -> Any:
    """Entry `position` of `itt.candidates.generator.indices`."""
    return np.int64((uint64(word(both, position)) * uint64(count)) >> uint64(32))
