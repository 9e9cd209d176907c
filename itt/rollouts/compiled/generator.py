"""The compiled twin of `itt.candidates.generator`: the same bits, many at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import uint64

from itt.native.hashing import RUN, fill_run, hashed
from itt.native.kernel import kernel

LANES = 128
"""Candidates that are treated together. A multiple of any vector's width; such buffers stay in the L1 cache."""

_GOLDEN_64 = np.uint64(0x9E3779B97F4A7C15)


@kernel
def mixed(key: Any, step: Any) -> Any:
    """See `itt.candidates.generator.mixed`."""
    z = uint64(key) + uint64(step + 1) * _GOLDEN_64
    z = (z ^ (z >> uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


@kernel
def word(both: Any, index: Any) -> Any:
    """Word `index` of the stream whose key and step `mixed` made `both`; see `itt.candidates.generator.bits`."""
    return hashed(index, both)


@kernel
def coordinate(both: Any, low: Any, span: Any, count: Any, n: Any, j: Any) -> Any:
    """Coordinate j of point n of `count`; see `itt.candidates.generator.uniform`."""
    unit = np.float32(np.int32(word(both, j * count + n) >> np.uint32(8))) * np.float32(2.0**-24)
    return low[j] + span[j] * unit


@kernel
def fill(both: Any, low: Any, span: Any, count: Any, start: Any, target: Any) -> Any:
    """Points start ... start + LANES - 1 into the columns of `target`, shape (a, LANES), float32."""
    for j in range(len(low)):
        # 2^-24 changes no bit of a product, wherever it is multiplied in.
        base, scale = j * count + start, span[j] * np.float32(2.0**-24)
        for lane in range(0, LANES, RUN):
            fill_run(both, base + lane, low[j], scale, target, j, lane)


@kernel
def unit(key: Any, step: Any) -> Any:
    """See `itt.candidates.generator.unit`."""
    return np.float64(mixed(key, step) >> uint64(11)) * 2.0**-53


@kernel
def index_below(both: Any, position: Any, count: Any) -> Any:
    """Entry `position` of `itt.candidates.generator.indices`."""
    return np.int64((uint64(word(both, position)) * uint64(count)) >> uint64(32))
