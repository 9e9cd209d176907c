"""Signed random projections, compiled: the twin of `itt.candidates.projections.Buckets.choose`, to the bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from itt.rollouts.compiled.kernel import kernel


@kernel
def choose(buckets: Any, latent: Any) -> Any:
    """The index in A* of the choice for a state's latent, whose d numbers stand in front."""
    best, chosen = -math.inf, -1
    for table in range(len(buckets.omega)):
        code, offsets, seen = _code(buckets, table, latent), buckets.offsets[table], 0
        if buckets.window:
            start = min(offsets[code], buckets.order.shape[1] - buckets.wanted)
            best, chosen = _scan(buckets, table, start, start + buckets.wanted, latent, best, chosen)
            continue
        for number in range(len(buckets.masks)):
            bucket = code ^ (_turned(buckets, number) if buckets.by_margin else buckets.masks[number])
            start, end = offsets[bucket], offsets[bucket + 1]
            if start < end:
                best, chosen = _scan(buckets, table, start, end, latent, best, chosen)
                seen += end - start
                if seen >= buckets.wanted:
                    break
    return max(chosen, 0)


@kernel
def _code(buckets: Any, table: Any, latent: Any) -> Any:
    """A state's hash in a table; leaves its margins, and in `by_margin` their order."""
    margins, omega, thresholds = buckets.margins, buckets.omega[table], buckets.thresholds[table]
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
        _rank(margins, buckets.ranks)
    return code


@kernel
def _rank(margins: Any, ranks: Any) -> None:
    """The bits by the sizes of their margins, ascending; of equals the lower bit first."""
    for bit in range(len(margins)):
        size, place = abs(margins[bit]), bit
        while place > 0 and abs(margins[ranks[place - 1]]) > size:
            ranks[place] = ranks[place - 1]
            place -= 1
        ranks[place] = bit


@kernel
def _turned(buckets: Any, number: Any) -> Any:
    """Entry `number` of `masks` with bits for ranks; the entries before it have been asked for."""
    if number == 0:
        buckets.turned[0] = 0
    else:
        bit = np.int32(1) << buckets.ranks[buckets.highest[number]]
        buckets.turned[number] = buckets.turned[buckets.parents[number]] | bit
    return buckets.turned[number]


@kernel
def _scan(buckets: Any, table: Any, start: Any, end: Any, latent: Any, best: Any, chosen: Any) -> Any:
    """The better of (score, candidate) so far and the best of places start ... end - 1."""
    size, count = buckets.latents.shape[1], end - start
    fours, scores, order = size // 4 * 4, buckets.scores[:count], buckets.order[table, start:end]
    for lane in range(count):
        scores[lane] = 0.0
    for j in range(0, fours, 4):
        q0, q1, q2, q3 = latent[j], latent[j + 1], latent[j + 2], latent[j + 3]
        a, b = buckets.latents[table, j, start:end], buckets.latents[table, j + 1, start:end]
        c, d = buckets.latents[table, j + 2, start:end], buckets.latents[table, j + 3, start:end]
        for lane in range(count):
            scores[lane] = scores[lane] + a[lane] * q0 + b[lane] * q1 + c[lane] * q2 + d[lane] * q3
    for j in range(fours, size):
        q0, a = latent[j], buckets.latents[table, j, start:end]
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
