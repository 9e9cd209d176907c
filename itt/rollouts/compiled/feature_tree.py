"""The random feature tree, compiled: the twin of `itt.candidates.feature_tree.FeatureTree.choose`."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.candidates.feature_tree import FeatureTree
from itt.native.instructions import prefetch
from itt.native.kernel import kernel
from itt.rollouts.compiled import generator

_AHEAD = 16
"""The nodes four levels below node i are 16 i ... 16 i + 15: one line of the cache."""


class Walk(NamedTuple):
    """A tree, and room for what a state makes of it."""

    tree: FeatureTree
    mapped: NDArray[np.float64]
    """the state's latent, or its phi of Eq. 9; (d,) or (m,)"""
    cumulated: NDArray[np.float64]
    """the features' probabilities, summed up, (r,)"""


def walk(tree: FeatureTree) -> Walk:
    """Room to walk down a tree."""
    return Walk(tree, np.zeros(tree.projections.shape[1]), np.zeros(len(tree.projections)))


@kernel
def choose(room: Any, latent: Any, selection: Any, transition: Any) -> Any:
    """The index in A* that is drawn for a state's latent, whose d numbers stand in front."""
    tree, both = room.tree, generator.mixed(selection, transition)
    feature = _feature(room, latent, _unit(both, 0))
    row, count = tree.shares[feature], len(tree.leaves)
    node, level = 1, 1
    while node < count:
        prefetch(row, min(_AHEAD * node, count))
        node = 2 * node + int(_unit(both, level) >= row[node])
        level += 1
    return tree.leaves[node - count]


@kernel
def _feature(room: Any, latent: Any, unit: Any) -> Any:
    """The feature that is drawn for a state."""
    tree, mapped, cumulated = room.tree, room.mapped, room.cumulated
    signs, features = len(tree.hyperplanes), len(cumulated)
    for i in range(len(mapped)):
        if signs:
            product = _product(tree.hyperplanes[i], latent)
            mapped[i] = (int(product > 0.0) - int(product < 0.0)) / math.sqrt(signs)
        else:
            mapped[i] = latent[i]
    largest, first = -math.inf, 0
    for i in range(features):
        cumulated[i] = _product(tree.projections[i], mapped) + tree.totals[i]
        if cumulated[i] > largest:  # never true of NaN
            largest, first = cumulated[i], i
    if not math.isfinite(largest):
        return first
    total = 0.0
    for i in range(features):
        if not math.isnan(cumulated[i]):
            total += math.exp(cumulated[i] - largest)
        cumulated[i] = total
    passed = 0
    for i in range(features - 1):
        passed += int(cumulated[i] <= unit * total)
    return passed


@kernel
def _product(weights: Any, vector: Any) -> Any:
    """weights . vector, of which the first entries count."""
    total = 0.0
    for j in range(len(weights)):
        total += weights[j] * vector[j]
    return total


@kernel
def _unit(both: Any, index: Any) -> Any:
    """Word `index` of a transition as a number in [0, 1)."""
    return np.float64(generator.word(both, index)) * 2.0**-32
