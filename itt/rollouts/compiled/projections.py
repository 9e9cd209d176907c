"""Signed random projections, compiled: the twin of `itt.candidates.projections.Buckets.choose`, to the bit."""

from __future__ import annotations

import math
from typing import Any

from itt.rollouts.compiled.kernel import kernel


@kernel
def choose(buckets: Any, latent: Any) -> Any:
    """The index in A* of the choice for a state's latent, whose d numbers stand in front."""
    best, chosen = -math.inf, -1
    for table in range(len(buckets.omega)):
        code, seen = _code(buckets, table, latent), 0
        for mask in buckets.masks:
            start, end = buckets.offsets[table, code ^ mask], buckets.offsets[table, (code ^ mask) + 1]
            for place in range(start, end):
                score = 0.0
                for j in range(buckets.latents.shape[1]):
                    score += buckets.latents[table, j, place] * latent[j]
                candidate = buckets.order[table, place]
                if score > best or (score == best and candidate < chosen):
                    best, chosen = score, candidate
            seen += end - start
            if seen >= buckets.wanted:
                break
    return max(chosen, 0)


@kernel
def _code(buckets: Any, table: Any, latent: Any) -> Any:
    """A state's hash in a table."""
    code = 0
    for bit in range(buckets.omega.shape[1]):
        product = 0.0
        for j in range(buckets.omega.shape[2]):
            product += buckets.omega[table, bit, j] * latent[j]
        code |= int(product > buckets.thresholds[table, bit]) << bit
    return code
