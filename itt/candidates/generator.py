"""Uniform numbers by counter: number i of transition t of a stream, without drawing those before it.

Index and key go through a 32-bit integer hash (multiply and xor-shift; the constants are the two-round ones found by
C. Wellons' hash prospector, with the upper half of the key mixed in between the rounds). It needs no state, so a loop
over i vectorises; this file is its readable form in NumPy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GOLDEN_64 = 0x9E3779B97F4A7C15
_GOLDEN_32 = np.uint32(0x9E3779B9)
_MASK_64 = 2**64 - 1


def mixed(key: int, step: int) -> int:
    """A 64-bit key for transition `step` of the stream `key`, by SplitMix64 (Steele, Lea and Flood 2014)."""
    z = (int(key) + (step + 1) * _GOLDEN_64) & _MASK_64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK_64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK_64
    return z ^ (z >> 31)


def bits(key: int, step: int, count: int) -> NDArray[np.uint32]:
    """`count` words of 32 bits. Shape (count,)."""
    both = mixed(key, step)
    low, high = np.uint32(both & 0xFFFFFFFF), np.uint32(both >> 32)
    x = np.arange(count, dtype=np.uint32) * _GOLDEN_32 + low
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x21F0AAAD)
    x ^= x >> np.uint32(15)
    x ^= high
    x *= np.uint32(0x735A2D97)
    x ^= x >> np.uint32(15)
    return x


def uniform(
    key: int, step: int, low: NDArray[np.float32], high: NDArray[np.float32], count: int
) -> NDArray[np.float32]:
    """`count` points, uniform on the box [low, high). Shapes (a,), (a,) -> (count, a).

    Coordinate j of point n is number j count + n of the stream, so that a loop over the points reads neighbours.
    """
    unit = (bits(key, step, len(low) * count) >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)
    return np.ascontiguousarray(low[:, None] + (high - low)[:, None] * unit.reshape(len(low), count)).T


def indices(key: int, step: int, count: int, size: int) -> NDArray[np.int64]:
    """`size` indices below `count`, drawn with replacement. Shape (size,)."""
    return ((bits(key, step, size).astype(np.uint64) * np.uint64(count)) >> np.uint64(32)).astype(np.int64)


def unit(key: int, step: int) -> float:
    """One number, uniform on [0, 1), with 53 bits."""
    return (mixed(key, step) >> 11) * 2.0**-53
