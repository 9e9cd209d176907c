"""Signed random projections, compiled: the twin of `itt.candidates.projections.Buckets.choose`, to the bit."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.candidates.projections import Buckets
from itt.native.kernel import kernel

Values = NDArray[np.float64]
Integers = NDArray[np.int32]


class Probe(NamedTuple):
    """Hash tables, and room to search them for a state."""

    buckets: Buckets
    highest: Integers
    parents: Integers
    """the highest bit of each mask, and the place of the same mask without it, (2^m,): masks are made from others"""
    turned: Integers
    """the masks of a state, (2^m,)"""
    margins: Values
    ranks: Integers
    """how far a state's projections are above their thresholds, and their order by size, (m,)"""
    scores: Values
    """of the candidates in a bucket, (N,)"""


def probe(buckets: Buckets, count: int) -> Probe:
    """Room to search tables over `count` candidates."""
    masks, m = buckets.masks, buckets.omega.shape[2]
    highest = np.maximum(np.frexp(masks)[1] - 1, 0).astype(np.int32)
    places = np.argsort(masks).astype(np.int32)
    return Probe(
        buckets=buckets,
        highest=highest,
        parents=places[masks & ~(1 << highest)],
        turned=np.zeros(2**m, dtype=np.int32),
        margins=np.zeros(m),
        ranks=np.zeros(m, dtype=np.int32),
        scores=np.zeros(count),
    )


@kernel
def choose(probe: Any, latent: Any) -> Any:
    """The index in A* of the choice for a state's latent, whose d numbers stand in front."""
    buckets, best, chosen = probe.buckets, -math.inf, -1
    for table in range(len(buckets.omega)):
        code, offsets, wanted, seen = _code(probe, table, latent), buckets.offsets[table], buckets.wanted[table], 0
        if buckets.window:
            start = min(offsets[code], len(buckets.order) - wanted)
            best, chosen = _scan(probe, start, start + wanted, latent, best, chosen)
            continue
        for number in range(len(buckets.masks)):
            if buckets.masks[number] >> buckets.bits[table] != 0:
                continue
            bucket = code ^ (_turned(probe, number) if buckets.by_margin else buckets.masks[number])
            start, end = offsets[bucket], offsets[bucket + 1]
            if start < end:
                best, chosen = _scan(probe, start, end, latent, best, chosen)
                seen += end - start
                if seen >= wanted:
                    break
    return max(chosen, 0)


@kernel
def _code(probe: Any, table: Any, latent: Any) -> Any:
    """A state's hash in a table; leaves its margins, and in `by_margin` their order."""
    buckets = probe.buckets
    margins, ranks = probe.margins[: buckets.bits[table]], probe.ranks[: buckets.bits[table]]
    omega, thresholds = buckets.omega[table], buckets.thresholds[table]
    for bit in range(len(margins)):
        margins[bit] = 0.0
    for j in range(len(omega)):
        for bit in range(len(margins)):
            margins[bit] += omega[j, bit] * latent[j]
    if buckets.by_median:
        length = _length(buckets.length, latent)
        for bit in range(len(margins)):
            margins[bit] -= thresholds[bit] * length
    code = 0
    for bit in range(len(margins)):
        code |= int(margins[bit] > 0.0) << bit
    if buckets.by_margin:
        _rank(margins, ranks)
    return code


@kernel
def _rank(margins: Any, ranks: Any) -> None:
    """The bits by the sizes of their margins, ascending, NaN last; of equals the lower bit first."""
    for bit in range(len(margins)):
        size, place = abs(margins[bit]), bit
        while place > 0 and not math.isnan(size) and not abs(margins[ranks[place - 1]]) <= size:
            ranks[place] = ranks[place - 1]
            place -= 1
        ranks[place] = bit


@kernel
def _turned(probe: Any, number: Any) -> Any:
    """Entry `number` of `masks` with bits for ranks; the entries before it have been asked for."""
    if number == 0:
        probe.turned[0] = 0
    else:
        bit = np.int32(1) << probe.ranks[probe.highest[number]]
        probe.turned[number] = probe.turned[probe.parents[number]] | bit
    return probe.turned[number]


@kernel
def _scan(probe: Any, start: Any, end: Any, latent: Any, best: Any, chosen: Any) -> Any:
    """The better of (score, candidate) so far and the best of places start ... end - 1."""
    latents, count = probe.buckets.latents, end - start
    size, scores, order = len(latents), probe.scores[:count], probe.buckets.order[start:end]
    fours = size // 4 * 4
    for lane in range(count):
        scores[lane] = 0.0
    for j in range(0, fours, 4):
        q0, q1, q2, q3 = latent[j], latent[j + 1], latent[j + 2], latent[j + 3]
        a, b = latents[j, start:end], latents[j + 1, start:end]
        c, d = latents[j + 2, start:end], latents[j + 3, start:end]
        for lane in range(count):
            scores[lane] = scores[lane] + a[lane] * q0 + b[lane] * q1 + c[lane] * q2 + d[lane] * q3
    for j in range(fours, size):
        q0, a = latent[j], latents[j, start:end]
        for lane in range(count):
            scores[lane] += a[lane] * q0
    for lane in range(count):
        if scores[lane] >= best and (scores[lane] > best or order[lane] < chosen):
            best, chosen = scores[lane], order[lane]
    return best, chosen


@kernel
def _length(matrix: Any, vector: Any) -> Any:
    """|matrix vector|."""
    squares = 0.0
    for i in range(len(matrix)):
        product = 0.0
        for j in range(len(matrix)):
            product += matrix[i, j] * vector[j]
        squares += product * product
    return math.sqrt(squares)
