"""Signed random projections (Sec. 2.3.1): hashing that turns the maximum inner product into few candidates to score."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import SignedRandomProjections
from itt.linear.cholesky import cholesky
from itt.linear.orthogonal import orthogonal
from itt.linear.products import product

Values = NDArray[np.float64]
Integers = NDArray[np.int32]


class Buckets(NamedTuple):
    """Hash tables over A*; the compiled engine reads the same arrays.

    T tables, the first of all N candidates, each further one of some of the one before and with at most as many bits as
    the first, m. They have P places in all. Latents have d numbers.
    """

    by_margin: bool
    """whether the order of search depends on how sure the state's bits are"""
    by_median: bool
    """whether projections are compared with thresholds"""
    window: bool
    """released: the state's bucket only says where a window on A*, in A*'s own order, begins"""
    bits: Integers
    """of each table's hashes, (T,)"""
    wanted: Integers
    """how many candidates each scores at least, (T,)"""
    omega: Values
    """projections of a state, (T, d, m)"""
    thresholds: Values
    """what they are compared with, times the length of a state, (T, m)"""
    length: Values
    """the length of a state that hashes see is |length l_S|, (d, d)"""
    masks: Integers
    """all m-bit numbers in the order of search, (2^m,): bits to turn over in the state's hash, or in `by_margin` their
    ranks, the least sure first; a table of fewer bits passes over the numbers that have more"""
    offsets: Integers
    """bucket b of a table holds the places offsets[b] ... offsets[b + 1] - 1, (T, 2^m + 1)"""
    order: Integers
    """the candidate at each place, ascending in a bucket, (P,)"""
    latents: Values
    """its latent, (d, P)"""

    def choose(self, latent: Values, selection: int = 0, transition: int = 0) -> int:
        """See `itt.candidates.searches.Index`."""
        best, chosen = -math.inf, -1
        for table in range(len(self.omega)):
            for start, end in self.places(latent, table):
                scores = _products(self.latents[:, start:end], latent)
                scores[np.isnan(scores)] = -math.inf
                place = int(np.argmax(scores))
                score, candidate = scores[place], int(self.order[start + place])
                if score > best or (score == best and candidate < chosen):
                    best, chosen = score, candidate
        return max(chosen, 0)

    def places(self, latent: Values, table: int) -> list[tuple[int, int]]:
        """The buckets that are searched for a state in a table, as (first place, last place + 1), none empty."""
        bits, wanted, offsets = self.bits[table], self.wanted[table], self.offsets[table]
        projected = _products(self.omega[table, :, :bits], latent)
        margins = projected
        if self.by_median:
            margins = projected - self.thresholds[table, :bits] * _length(self.length, latent)
        code = sum(1 << bit for bit in range(bits) if margins[bit] > 0.0)
        if self.window:
            start = min(int(offsets[code]), len(self.order) - wanted)
            return [(start, start + wanted)]
        ranks = np.argsort(np.abs(margins), kind="stable") if self.by_margin else np.arange(bits)
        found, seen = [], 0
        for mask in self.masks[self.masks < 2**bits]:
            bucket = code ^ sum(1 << int(bit) for rank, bit in enumerate(ranks) if mask >> rank & 1)
            start, end = int(offsets[bucket]), int(offsets[bucket + 1])
            if start < end:
                found.append((start, end))
            seen += end - start
            if seen >= wanted:
                break
        return found


def build(settings: SignedRandomProjections, latents: Values, random: np.random.Generator) -> Buckets:
    """Hashes the candidates, whose latents have the shape (d, N)."""
    size, count = latents.shape
    buckets = empty(settings, size, count)
    hashed, back = whiten(latents) if settings.latents == "whitened" else (latents, np.eye(size))
    buckets.length[...] = back
    squares = _squares(hashed)
    bound = math.sqrt(size) if settings.bound == "sqrt_d" else math.sqrt(squares.max(initial=0.0))
    augmented = (released_augment if buckets.window else augment)(hashed, bound)
    held: NDArray[np.intp] = np.arange(count)
    first = 0
    for table, (bits, amount) in enumerate(zip(buckets.bits, settings.amounts(count), strict=True)):
        if amount < len(held):
            longest = _longest(squares[held], amount)
            held, augmented = held[longest], augmented[:, longest]
        omega = orthogonal(bits, size + 1, random)
        products = product(omega, augmented)
        if buckets.by_median:
            medians = _medians(products)
            products -= medians[:, None]
            if bound > 0.0:
                # A state meets the medians at the length C of candidates: omega . l_S > b |l_S| / C.
                buckets.thresholds[table, :bits] = medians / bound
        codes = _codes(products)
        order = held if buckets.window else held[np.argsort(codes, kind="stable")]
        places = slice(first, first + amount)
        buckets.omega[table, :, :bits] = product(omega[:, :-1], back).T
        buckets.order[places] = order
        buckets.offsets[table, 0] = first
        buckets.offsets[table, 1 : 2**bits + 1] = first + np.cumsum(np.bincount(codes, minlength=2**bits))
        np.take(latents, order, axis=1, out=buckets.latents[:, places], mode="clip")  # the mode that needs no copy
        first += amount
    return buckets


def empty(settings: SignedRandomProjections, size: int, count: int) -> Buckets:
    """Room for tables over `count` candidates whose latents have `size` numbers."""
    tables, m, amounts = settings.tables, settings.bits(count), settings.amounts(count)
    wanted = settings.wanted(count)
    share = -(-wanted // tables) if wanted < count else count
    shares = [min(share, n) for n in amounts]
    shares[0] = min(max(share, wanted - sum(shares[1:])), count)  # the first makes up for what small tables lack
    return Buckets(
        by_margin=settings.probing == "margin",
        by_median=settings.thresholds == "median",
        window=settings.mode == "released",
        bits=np.array([max(m + n.bit_length() - count.bit_length(), 1) for n in amounts], dtype=np.int32),
        wanted=np.array(shares, dtype=np.int32),
        omega=np.zeros((tables, size, m)),
        thresholds=np.zeros((tables, m)),
        length=np.zeros((size, size)),
        masks=_ORDERS[settings.probing](m),
        offsets=np.zeros((tables, 2**m + 1), dtype=np.int32),
        order=np.zeros(sum(amounts), dtype=np.int32),
        latents=np.zeros((size, sum(amounts))),
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
    number that all candidates share. Which S does not matter: they differ by rotations, and projections are uniform.
    Directions in which latents do not vary are left out, at length 0; latents that are not finite have none that could
    be told apart.

    Returns:
        Shapes (d, N) and (d, d).
    """
    with np.errstate(invalid="ignore"):
        centred = latents - latents.mean(axis=1, keepdims=True)
    largest = float(np.abs(centred).max())
    if not math.isfinite(largest):
        return np.zeros_like(latents), np.zeros((len(latents), len(latents)))
    unit = math.ldexp(1.0, math.frexp(largest)[1] - 1)  # a power of 2, so nothing is rounded; squares do not overflow
    centred /= unit
    factor, inverse = cholesky(product(centred, centred.T) / latents.shape[1], _FLAT)
    return product(inverse, centred), unit * factor.T


_FLAT = 1e-7
"""Deviations so much smaller than the largest are rounding."""


@cache
def hamming_order(bits: int) -> Integers:
    """All numbers of so many bits: fewest set bits first, then in numerical order. (2^bits,)."""
    numbers = np.arange(2**bits, dtype=np.int32)
    return numbers[np.argsort(np.bitwise_count(numbers), kind="stable")]


@cache
def margin_order(bits: int) -> Integers:
    """All numbers of so many bits by the sum of their bits' ranks 1, 2, ..., then in numerical order. (2^bits,).

    What to turn over where bit r has the r-th smallest margin: margins near 0 grow about evenly, so the sum of ranks
    stands for the sum of margins (Lv et al. 2007, Sec. 4.4, without a sort of sums at each query).
    """
    numbers = np.arange(2**bits, dtype=np.int32)
    sums = sum((numbers >> bit & 1) * (bit + 1) for bit in range(bits))
    return numbers[np.argsort(sums, kind="stable")]


_ORDERS = {"hamming": hamming_order, "margin": margin_order}


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


def _longest(squares: Values, amount: int) -> NDArray[np.intp]:
    """The indices of the largest, (n,) -> (amount,), ascending; of equals the first."""
    squares = np.nan_to_num(squares, nan=math.inf, posinf=math.inf)
    least = np.partition(squares, -amount)[-amount]
    chosen = squares > least
    chosen[np.flatnonzero(squares == least)[: amount - int(chosen.sum())]] = True
    return np.flatnonzero(chosen)


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
    return math.sqrt(sum(float(value) * float(value) for value in _products(matrix.T, vector)))
