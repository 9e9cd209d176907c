"""Signed random projections (Sec. 2.3.1): hashing that turns the maximum inner product into few candidates to score."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.settings import SignedRandomProjections

Values = NDArray[np.float64]
Integers = NDArray[np.int32]


class Buckets(NamedTuple):
    """Hash tables over A*; the compiled engine reads the same arrays.

    T tables, m bits, N candidates of d coordinates.
    """

    wanted: int
    """how many candidates a table scores at least"""
    omega: Values
    """projections, (T, m, d)"""
    thresholds: Values
    """what a state's projections are compared with, (T, m)"""
    masks: Integers
    """all m-bit numbers in Hamming order: hash ^ mask are the buckets in the order of search, (2^m,)"""
    offsets: Integers
    """bucket b of a table holds its places offsets[b] ... offsets[b + 1] - 1, (T, 2^m + 1)"""
    order: Integers
    """the candidate at each place, ascending in a bucket, (T, N)"""
    latents: Values
    """its latent, (T, d, N)"""

    def choose(self, latent: Values, selection: int = 0, transition: int = 0) -> int:
        """See `itt.candidates.searches.Index`."""
        best, chosen = -math.inf, -1
        for table in range(len(self.omega)):
            code, seen = self.code(latent, table), 0
            for mask in self.masks:
                start, end = self.offsets[table, code ^ mask], self.offsets[table, (code ^ mask) + 1]
                if start < end:
                    scores = _products(self.latents[table, :, start:end], latent)
                    place = int(np.argmax(scores))
                    score, candidate = scores[place], int(self.order[table, start + place])
                    if score > best or (score == best and candidate < chosen):
                        best, chosen = score, candidate
                seen += end - start
                if seen >= self.wanted:
                    break
        return max(chosen, 0)

    def code(self, latent: Values, table: int) -> int:
        """A state's hash: bit i is set where projection i exceeds its threshold."""
        bits = _products(self.omega[table].T, latent) > self.thresholds[table]
        return int(bits @ (1 << np.arange(len(bits))))


def build(settings: SignedRandomProjections, latents: Values, random: np.random.Generator) -> Buckets:
    """Hashes the candidates. Shape of `latents`: (d, N)."""
    size, count = latents.shape
    index = empty(settings, size, count)
    augmented = augment(latents, _bound(settings, latents))
    for table in range(settings.tables):
        omega = orthogonal(settings.projections, size + 1, random)
        products = omega @ augmented
        if settings.thresholds == "median":
            medians = np.median(products, axis=1)
            products -= medians[:, None]
        codes: NDArray[Any] = np.zeros(count, dtype=np.uint16 if settings.projections <= 16 else np.uint32)
        for bit, row in enumerate(products):
            codes += (row > 0.0) * codes.dtype.type(2**bit)
        order = np.argsort(codes, kind="stable")
        index.omega[table] = omega[:, :-1]
        index.order[table] = order
        index.offsets[table, 1:] = np.cumsum(np.bincount(codes, minlength=2**settings.projections))
        np.take(latents, order, axis=1, out=index.latents[table])
    return index


def empty(settings: SignedRandomProjections, size: int, count: int) -> Buckets:
    """Room for tables over `count` candidates of `size` coordinates."""
    tables, m = settings.tables, settings.projections
    return Buckets(
        wanted=-(-(settings.min_candidates or -(-count // 2**m)) // tables),
        omega=np.zeros((tables, m, size)),
        thresholds=np.zeros((tables, m)),
        masks=hamming_order(m),
        offsets=np.zeros((tables, 2**m + 1), dtype=np.int32),
        order=np.zeros((tables, count), dtype=np.int32),
        latents=np.zeros((tables, size, count)),
    )


def augment(latents: Values, bound: float) -> Values:
    """Eq. 6 for candidates: a coordinate more, with which all have the length C = `bound`. (d, N) -> (d + 1, N).

    A state's is 0, so products stay what they are (Eq. 7).
    """
    squares = np.einsum("ij,ij->j", latents, latents)
    return np.concatenate([latents, np.sqrt(np.maximum(bound**2 - squares, 0.0))[None]])


def orthogonal(count: int, size: int, random: np.random.Generator) -> Values:
    """omega_1 ... omega_m: N(0, I) rows, orthogonal in blocks of at most `size` rows (Sec. 3.2). (count, size)."""
    blocks = []
    for start in range(0, count, size):
        rows = min(size, count - start)
        q, r = np.linalg.qr(random.standard_normal((size, rows)))
        # R's diagonal made positive, Q is uniform (Mezzadri 2007); with chi(size) lengths its columns are Gaussian.
        haar = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
        blocks.append(np.sqrt(random.chisquare(size, rows))[:, None] * haar.T)
    return np.concatenate(blocks)


def hamming_order(bits: int) -> Integers:
    """All numbers of so many bits: fewest set bits first, then in numerical order. (2^bits,)."""
    numbers = np.arange(2**bits, dtype=np.int32)
    return numbers[np.argsort(np.bitwise_count(numbers), kind="stable")]


def _bound(settings: SignedRandomProjections, latents: Values) -> float:
    """C of Eq. 6. tanh, the one bounded activation, has B = 1."""
    if settings.bound == "sqrt_d":
        return math.sqrt(len(latents))
    return float(np.sqrt(np.einsum("ij,ij->j", latents, latents).max()))


def _products(columns: Values, vector: Values) -> Values:
    """columns^T vector, (d, n), (d,) -> (n,), each sum in the order in which the compiled engine takes it."""
    sums: Values = columns[0] * vector[0]
    for j in range(1, len(vector)):
        sums = sums + columns[j] * vector[j]
    return sums
