"""The random feature tree (Sec. 2.3.2): draws a candidate with nearly the probabilities of Eq. 3, in O(log N).

Positive random features, psi_i(z) = exp(w_i.z - |z|^2 / 2) / sqrt(r) (FAVOR+, Choromanski et al. 2021), stand for the
softmax: E[psi(x).psi(y)] = exp(x.y). With kernel `dot` they are taken of the latents, with kernel `angular` of the
signs phi of Eq. 9, as Eq. 10 composes them. xi(v) is the sum of psi over the candidates below node v.

The odds psi(x).xi(left) : psi(x).xi(right) of Eq. 10 multiply along a path to

    P(n) = psi(x).psi(y_n) / psi(x).xi(root)
         = sum_i [psi_i(x) xi_i(root) / psi(x).xi(root)] [psi_i(y_n) / xi_i(root)],

a mixture over the features. So a state draws its feature first and goes down by the sums of that feature alone: the
same law, but a node costs one number instead of r. The law does not depend on which candidates share a node, either.

Exponentials are safe for any length of the latents: each feature's are divided by its own largest, and what then
underflows has less than 1e-38 of that feature's probability. A right child with less than 2^-25 of its parent's is not
reached, since shares are float32.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import Kernel, RandomFeatureTree
from itt.candidates import generator
from itt.candidates.selection import log_weights
from itt.candidates.splits import SPLITS, levels
from itt.linear.elementwise import exp, log
from itt.linear.orthogonal import orthogonal
from itt.linear.products import product

Values = NDArray[np.float64]
_LINE = 16
"""float32 numbers in a line of the cache."""
_CHUNK = 2**18
"""Sums over so many leaves are formed together: they stay in the cache."""


class FeatureTree(NamedTuple):
    """A tree over A*; the compiled engine reads the same arrays.

    N candidates of d coordinates, r features, m signs.
    """

    hyperplanes: Values
    """of Eq. 9, (m, d); (0, d) with kernel `dot`"""
    projections: Values
    """w_1 ... w_r, (r, d), or (r, m) with kernel `angular`"""
    totals: Values
    """ln xi_i(root), (r,)"""
    shares: NDArray[np.float32]
    """xi_i(left) / (xi_i(left) + xi_i(right)) of each inner node, (r, at least N); numbers as in `.splits`"""
    leaves: NDArray[np.int32]
    """the candidate at each leaf, (N,)"""

    def choose(self, latent: Values, selection: int, transition: int) -> int:
        """See `itt.candidates.searches.Index`. Word 0 of the transition draws the feature, word l a turn at level l."""
        count = len(self.leaves)
        units = generator.bits(selection, transition, 1 + count.bit_length()) * 2.0**-32
        cumulated = np.cumsum(self.mixture(latent))
        feature = min(int(np.searchsorted(cumulated, units[0] * cumulated[-1], side="right")), len(cumulated) - 1)
        node, level = 1, 1
        while node < count:
            node = 2 * node + int(units[level] >= self.shares[feature, node])
            level += 1
        return int(self.leaves[node - count])

    def mixture(self, latent: Values) -> Values:
        """The features' probabilities for a state's latent, up to a common factor: the greatest is 1. (d,) -> (r,)."""
        mapped = _mapped(self.hyperplanes, latent[:, None])
        exponents = product(self.projections, mapped)[:, 0] + self.totals
        return exp(log_weights("dot", exponents))

    def law(self, latent: Values) -> Values:
        """The probability with which `choose` ends at each candidate. (d,) -> (N,)."""
        weights, count = self.mixture(latent), len(self.leaves)
        heap = np.zeros((len(weights), 2 * count))
        heap[:, 1] = weights / weights.sum()
        for nodes in reversed(levels(count)):
            shares = self.shares[:, nodes].astype(np.float64)
            heap[:, 2 * nodes.start : 2 * nodes.stop : 2] = heap[:, nodes] * shares
            heap[:, 2 * nodes.start + 1 : 2 * nodes.stop : 2] = heap[:, nodes] * (1.0 - shares)
        probabilities = np.empty(count)
        probabilities[self.leaves] = heap[:, count:].sum(axis=0)
        return probabilities


def build(settings: RandomFeatureTree, kernel: Kernel, latents: Values, random: np.random.Generator) -> FeatureTree:
    """Draws projections and split, and sums the features from the leaves up. Shape of `latents`: (d, N)."""
    size, count = latents.shape
    tree = empty(settings, kernel, size, count)
    signs, features = len(tree.hyperplanes), settings.features
    if signs:
        tree.hyperplanes[:] = orthogonal(signs, size, random)
    tree.projections[:] = orthogonal(features, signs or size, random)
    tree.leaves[:] = SPLITS[settings.split](latents, random)
    points = _mapped(tree.hyperplanes, latents[:, tree.leaves])
    half = 0.5 * np.einsum("ij,ij->j", points, points)
    rows = max(1, _CHUNK // count)
    for row in range(0, features, rows):
        part = slice(row, min(row + rows, features))
        exponents = product(tree.projections[part], points) - half
        largest = exponents.max(axis=1, keepdims=True)
        sums = np.zeros((len(exponents), 2 * count), dtype=np.float32)
        np.exp((exponents - largest).astype(np.float32), out=sums[:, count:])
        for nodes in levels(count):
            left = sums[:, 2 * nodes.start : 2 * nodes.stop : 2]
            both = np.add(left, sums[:, 2 * nodes.start + 1 : 2 * nodes.stop : 2], out=sums[:, nodes])
            # A node with nothing below it has odds 0 : 0, and no walk comes to it: its parent's share is 0 or 1.
            np.divide(left, both, out=tree.shares[part, nodes], where=both > 0.0)
        tree.totals[part] = log(sums[:, 1].astype(np.float64)) + largest[:, 0]
    return tree


def empty(settings: RandomFeatureTree, kernel: Kernel, size: int, count: int) -> FeatureTree:
    """Room for a tree over `count` candidates of `size` coordinates."""
    signs, features = settings.signs if kernel == "angular" else 0, settings.features
    # Rows begin on lines of the cache, and are an odd number of lines long: else all roots would meet in one place.
    stride = (-(-count // _LINE) | 1) * _LINE
    room = np.zeros(features * stride + _LINE, dtype=np.float32)
    start = -(room.ctypes.data // room.itemsize) % _LINE
    return FeatureTree(
        hyperplanes=np.zeros((signs, size)),
        projections=np.zeros((features, signs or size)),
        totals=np.zeros(features),
        shares=room[start : start + features * stride].reshape(features, stride),
        leaves=np.zeros(count, dtype=np.int32),
    )


def _mapped(hyperplanes: Values, latents: Values) -> Values:
    """phi of Eq. 9, or the latents as they are: (d, n) -> (m, n). A latent of length zero is at right angles."""
    if not len(hyperplanes):
        return latents
    mapped: Values = np.sign(product(hyperplanes, latents)) / np.sqrt(len(hyperplanes))
    return mapped
