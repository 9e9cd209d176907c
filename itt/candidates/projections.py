"""Signed random projections (Sec. 2.3.1): hashing that turns the maximum inner product into few candidates to score."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.orthogonal import orthogonal
from itt.settings import SignedRandomProjections

Values = NDArray[np.float64]
Integers = NDArray[np.int32]


class Buckets(NamedTuple):
    """Hash tables over A*; the compiled engine reads the same arrays.

    T tables, m bits, N candidates whose latents have d numbers.
    """

    wanted: int
    """how many candidates a table scores at least"""
    by_margin: bool
    """whether the order of search depends on how sure the state's bits are"""
    by_median: bool
    """whether projections are compared with thresholds"""
    window: bool
    """released: the state's bucket only says where a window on A*, in A*'s own order, begins"""
    omega: Values
    """projections of a state, (T, d, m)"""
    thresholds: Values
    """what they are compared with, times the length of a state, (T, m)"""
    length: Values
    """the length of a state that hashes see is |length l_S|, (d, d)"""
    masks: Integers
    """all m-bit numbers in the order of search, (2^m,): bits to turn over in the state's hash, or in `by_margin` their
    ranks, the least sure first"""
    parents: Integers
    highest: Integers
    """the highest bit of each mask, and the place of the same mask without it, (2^m,): masks are made from others"""
    offsets: Integers
    """bucket b of a table holds its places offsets[b] ... offsets[b + 1] - 1, (T, 2^m + 1)"""
    order: Integers
    """the candidate at each place, ascending in a bucket, (T, N)"""
    latents: Values
    """its latent, (T, d, N)"""
    margins: Values
    ranks: Integers
    turned: Integers
    scores: Values
    """room for a state: how far its m projections are above their thresholds, and their order; the 2^m masks; scores"""

    def choose(self, latent: Values, selection: int = 0, transition: int = 0) -> int:
        """See `itt.candidates.searches.Index`."""
        best, chosen = -math.inf, -1
        for table in range(len(self.omega)):
            for start, end in self.places(latent, table):
                scores = _products(self.latents[table, :, start:end], latent)
                place = int(np.argmax(scores))
                score, candidate = scores[place], int(self.order[table, start + place])
                if score > best or (score == best and candidate < chosen):
                    best, chosen = score, candidate
        return max(chosen, 0)

    def places(self, latent: Values, table: int) -> list[tuple[int, int]]:
        """The buckets that are searched for a state in a table, as (first place, last place + 1), none empty."""
        offsets = self.offsets[table]
        margins = _products(self.omega[table], latent) - self.thresholds[table] * _length(self.length, latent)
        code = int((margins > 0.0) @ (1 << np.arange(len(margins))))
        if self.window:
            start = min(int(offsets[code]), len(self.order[table]) - self.wanted)
            return [(start, start + self.wanted)]
        ranks = np.argsort(np.abs(margins), kind="stable") if self.by_margin else np.arange(len(margins))
        found, seen = [], 0
        for mask in self.masks:
            bucket = code ^ sum(1 << int(bit) for rank, bit in enumerate(ranks) if mask >> rank & 1)
            start, end = int(offsets[bucket]), int(offsets[bucket + 1])
            if start < end:
                found.append((start, end))
            seen += end - start
            if seen >= self.wanted:
                break
        return found


def build(settings: SignedRandomProjections, latents: Values, random: np.random.Generator) -> Buckets:
    """Hashes the candidates, whose latents have the shape (d, N)."""
    size, count = latents.shape
    buckets = empty(settings, size, count)
    hashed, back = whiten(latents) if settings.latents == "whitened" else (latents, np.eye(size))
    bound = math.sqrt(size) if settings.bound == "sqrt_d" else math.sqrt(_squares(hashed).max())
    augmented = released_augment(hashed, bound) if buckets.window else augment(hashed, bound)
    if buckets.by_median and bound > 0.0:
        # A state meets the medians at the length C of candidates: omega . l_S > b |l_S| / C.
        buckets.length[...] = back / bound
    for table in range(settings.tables):
        omega = orthogonal(settings.bits(count), size + 1, random)
        products = omega @ augmented
        if buckets.by_median:
            medians = _medians(products)
            products -= medians[:, None]
            buckets.thresholds[table] = medians
        codes = _codes(products)
        order = np.arange(count) if buckets.window else np.argsort(codes, kind="stable")
        buckets.omega[table] = (omega[:, :-1] @ back).T
        buckets.order[table] = order
        buckets.offsets[table, 1:] = np.cumsum(np.bincount(codes, minlength=2 ** len(omega)))
        np.take(latents, order, axis=1, out=buckets.latents[table], mode="clip")  # the mode that needs no copy
    return buckets


def empty(settings: SignedRandomProjections, size: int, count: int) -> Buckets:
    """Room for tables over `count` candidates whose latents have `size` numbers."""
    tables, m = settings.tables, settings.bits(count)
    masks, parents, highest = _probing(settings.probing, m)
    return Buckets(
        wanted=min(-(-settings.wanted(count) // tables), count),
        by_margin=settings.probing == "margin",
        by_median=settings.thresholds == "median",
        window=settings.mode == "released",
        omega=np.zeros((tables, size, m)),
        thresholds=np.zeros((tables, m)),
        length=np.zeros((size, size)),
        masks=masks,
        parents=parents,
        highest=highest,
        offsets=np.zeros((tables, 2**m + 1), dtype=np.int32),
        order=np.zeros((tables, count), dtype=np.int32),
        latents=np.zeros((tables, size, count)),
        margins=np.zeros(m),
        ranks=np.zeros(m, dtype=np.int32),
        turned=np.zeros(2**m, dtype=np.int32),
        scores=np.zeros(count),
    )


def augment(latents: Values, bound: float) -> Values:
    """Eq. 6 for candidates: a number more, with which all have the length C = `bound`. (d, N) -> (d + 1, N).

    A state's is 0, so products stay what they are (Eq. 7).
    """
    return np.concatenate([latents, np.sqrt(np.maximum(bound**2 - _squares(latents), 0.0))[None]])


def released_augment(latents: Values, bound: float) -> Values:
    """The same as the published code has it, where lengths differ: the root of C - |l_A|."""
    return np.concatenate([latents, np.sqrt(np.maximum(bound - np.sqrt(_squares(latents)), 0.0))[None]])


def whiten(latents: Values) -> tuple[Values, Values]:
    """Latents with mean 0 and covariance I, and the matrix that takes a state's latent to where they are.

    With S S^T the covariance, l_A becomes S^-1 (l_A - mean) and l_S becomes S^T l_S: their product is l_S . l_A up to a
    number that all candidates share. Directions in which latents do not vary are left as they are, at length 0.

    Returns:
        Shapes (d, N) and (d, d).
    """
    centred = latents - latents.mean(axis=1, keepdims=True)
    variances, axes = np.linalg.eigh(centred @ centred.T / latents.shape[1])
    deviations = np.sqrt(np.maximum(variances, 0.0))
    varies = deviations > _FLAT * deviations.max()
    inverse = np.where(varies, 1.0 / np.where(varies, deviations, 1.0), 0.0)
    return (axes * inverse).T @ centred, (axes * np.where(varies, deviations, 0.0)).T


_FLAT = 1e-7
"""Deviations so much smaller than the largest are rounding."""


def hamming_order(bits: int) -> Integers:
    """All numbers of so many bits: fewest set bits first, then in numerical order. (2^bits,)."""
    numbers = np.arange(2**bits, dtype=np.int32)
    return numbers[np.argsort(np.bitwise_count(numbers), kind="stable")]


def margin_order(bits: int) -> Integers:
    """All numbers of so many bits by the sum of their bits' ranks 1, 2, ..., then in numerical order. (2^bits,).

    What to turn over where bit r has the r-th smallest margin: margins near 0 grow about evenly, so the sum of ranks
    stands for the sum of margins (Lv et al. 2007, Sec. 4.4, without a sort of sums at each query).
    """
    numbers = np.arange(2**bits, dtype=np.int32)
    sums = sum((numbers >> bit & 1) * (bit + 1) for bit in range(bits))
    return numbers[np.argsort(sums, kind="stable")]


@cache
def _probing(probing: str, bits: int) -> tuple[Integers, Integers, Integers]:
    """The order of search; for each mask the place of the same without its highest bit, and that bit; 0 is its own."""
    masks = margin_order(bits) if probing == "margin" else hamming_order(bits)
    highest = np.maximum(np.frexp(masks)[1] - 1, 0).astype(np.int32)
    places = np.argsort(masks).astype(np.int32)
    return masks, places[masks & ~(1 << highest)], highest


def _codes(products: Values) -> NDArray[Any]:
    """Hashes, (m, N) -> (N,): bit i is set where projection i is positive."""
    # A stable sort of 16 bits is NumPy's fastest by far.
    codes: NDArray[Any] = np.zeros(products.shape[1], dtype=np.uint16 if len(products) <= 16 else np.uint32)
    for bit, row in enumerate(products):
        codes += (row > 0.0) * codes.dtype.type(2**bit)
    return codes


def _medians(rows: Values) -> Values:
    """`np.median` of each row, without the copies that make it slow."""
    middle = rows.shape[1] // 2
    places = (middle - 1, middle) if rows.shape[1] % 2 == 0 else (middle, middle)
    medians: Values = np.partition(rows, places, axis=1)[:, places].mean(axis=1)
    return medians


def _squares(columns: Values) -> Values:
    squares: Values = np.einsum("ij,ij->j", columns, columns)
    return squares


def _products(columns: Values, vector: Values) -> Values:
    """columns^T vector, (d, n), (d,) -> (n,), each sum in the order in which the compiled engine takes it."""
    sums: Values = columns[0] * vector[0]
    for j in range(1, len(vector)):
        sums = sums + columns[j] * vector[j]
    return sums


def _length(matrix: Values, vector: Values) -> float:
    """|matrix vector|, its sums likewise."""
    return math.sqrt(sum(float(value) ** 2 for value in _products(matrix.T, vector)))
