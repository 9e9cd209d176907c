"""The searches of `itt.candidates.searches` in the compiled engine: room for what they build, and who chooses.

What is built comes from the NumPy function that both engines share; it is copied into arrays of the actor's own, so
that the actor stays what it is for every run: one type, compiled once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from itt.algorithms.es.settings import Kernel, RandomFeatureTree, Search, SignedRandomProjections
from itt.candidates import feature_tree as trees
from itt.candidates.feature_tree import FeatureTree
from itt.candidates.projections import Buckets, empty
from itt.candidates.searches import Index
from itt.native.kernel import kernel
from itt.rollouts.compiled import feature_tree, projections

EXACT, SRP, RFT = 0, 1, 2
CODES = {"exact": EXACT, "srp": SRP, "rft": RFT}


class Room(NamedTuple):
    """Room for what each search builds; without candidates for those that a run does not use."""

    probe: projections.Probe
    walk: feature_tree.Walk


def room(settings: Search, kernel: Kernel, size: int, count: int) -> Room:
    """Room for a search over `count` candidates with latents of `size` numbers."""
    buckets = empty(SignedRandomProjections(projections=1), size, 0)
    tree = trees.empty(RandomFeatureTree(features=1), kernel, size, 0)
    if isinstance(settings, SignedRandomProjections):
        buckets = empty(settings, size, count)
    if isinstance(settings, RandomFeatureTree):
        tree = trees.empty(settings, kernel, size, count)
    return Room(probe=projections.probe(buckets, count), walk=feature_tree.walk(tree))


def fill(room: Room, index: Index) -> None:
    """Copies what was built into its room."""
    if isinstance(index, Buckets):
        _copy(room.probe.buckets, index)
    if isinstance(index, FeatureTree):
        _copy(room.walk.tree, index)


def _copy(arrays: Iterable[Any], built: Iterable[Any]) -> None:
    for place, array in zip(arrays, built, strict=True):
        if isinstance(place, np.ndarray):
            place[...] = array


@kernel
def choose(search: Any, room: Any, latent: Any, selection: Any, transition: Any) -> Any:
    """The twin of `Index.choose`: an index in A* for a state's latent, whose d numbers stand in front."""
    if search == RFT:
        return feature_tree.choose(room.walk, latent, selection, transition)
    return projections.choose(room.probe, latent)
