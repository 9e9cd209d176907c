"""Which candidates share a subtree of a random feature tree: Sec. 2.3.2 splits at random, Sec. 4 wishes for neighbours.

The tree is the heap over N leaves: node 1 is the root, the children of node i < N are 2 i and 2 i + 1, and nodes N to
2 N - 1 are the leaves, on two levels if N is no power of two. Every leaf is a candidate, so none is made up.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Leaves = NDArray[np.int64]
"""The candidate at each leaf, in heap order, (N,)."""
Latents = NDArray[np.float64]
"""l_A of the candidates, (d, N)."""
_STEPS = 3
"""Power iterations. A split needs a direction in which a node is wide, not an eigenvector's digits."""


def at_random(latents: Latents, random: np.random.Generator) -> Leaves:
    """Any order (Sec. 2.3.2)."""
    return random.permutation(latents.shape[1])


def principal(latents: Latents, random: np.random.Generator) -> Leaves:
    """Each node's candidates are cut across their principal direction, so that the halves have small diameters."""
    points = latents.T
    count = len(points)
    sizes = _leaves_below(count)
    order = np.arange(count)
    first = 1
    while first < count:  # the nodes first ... 2 first - 1 of a level, from left to right, have all candidates
        below = sizes[first : 2 * first]
        places = _along_principal_direction(points[order], below)
        reach = np.abs(places).max()
        group = np.repeat(np.arange(first), below)
        order = order[np.argsort(group + (places / (3.0 * reach) if reach > 0.0 else 0.0), kind="stable")]
        first *= 2
    leaves = np.empty(count, dtype=np.int64)
    leaves[np.concatenate([np.arange(first, 2 * count), np.arange(count, first)]) - count] = order
    return leaves


SPLITS: dict[str, Callable[[Latents, np.random.Generator], Leaves]] = {"random": at_random, "principal": principal}
"""By name."""


def levels(count: int) -> list[slice]:
    """The inner nodes of the heap over `count` leaves, level by level from the lowest to the root."""
    starts = [2**level for level in range((count - 1).bit_length())]
    return [slice(start, min(2 * start, count)) for start in reversed(starts)]


def _leaves_below(count: int) -> NDArray[np.int64]:
    """How many leaves each node of the heap has below it, (2 count,)."""
    sizes = np.ones(2 * count, dtype=np.int64)
    for nodes in levels(count):
        sizes[nodes] = sizes[2 * nodes.start : 2 * nodes.stop : 2] + sizes[2 * nodes.start + 1 : 2 * nodes.stop : 2]
    return sizes


def _along_principal_direction(points: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each point's coordinate along the widest direction of its group; groups of `sizes` follow each other.

    (N, d) -> (N,).
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    means = np.add.reduceat(points, starts, axis=0) / sizes[:, None]
    centred = points - np.repeat(means, sizes, axis=0)
    spread = np.add.reduceat(centred**2, starts, axis=0)
    directions = np.eye(points.shape[1])[spread.argmax(axis=1)]
    places: NDArray[np.float64] = np.einsum("nd,nd->n", centred, np.repeat(directions, sizes, axis=0))
    for _ in range(_STEPS):
        directions = np.add.reduceat(centred * places[:, None], starts, axis=0)
        lengths = np.sqrt(np.sum(directions * directions, axis=1, keepdims=True))
        directions /= np.where(lengths > 0.0, lengths, 1.0)
        places = np.einsum("nd,nd->n", centred, np.repeat(directions, sizes, axis=0))
    return places
