"""The searches of `itt.candidates.searches` in the compiled engine: room for what they build, and who chooses.

What is built comes from the NumPy function that both engines share; it is copied into arrays of the actor's own, so
that the actor stays what it is for every run: one type, compiled once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from itt.candidates.projections import Buckets, empty
from itt.candidates.searches import Index
from itt.rollouts.compiled import projections
from itt.rollouts.compiled.kernel import kernel
from itt.settings import Search, SignedRandomProjections

EXACT, SRP = 0, 1
CODES = {"exact": EXACT, "srp": SRP}


class Room(NamedTuple):
    """Room for what each search builds; without candidates for those that a run does not use."""

    buckets: Buckets


def room(settings: Search, size: int, count: int) -> Room:
    """Room for a search over `count` candidates with latents of `size` numbers."""
    if isinstance(settings, SignedRandomProjections):
        return Room(buckets=empty(settings, size, count))
    return Room(buckets=empty(SignedRandomProjections(projections=1), size, 0))


def fill(room: Room, index: Index) -> None:
    """Copies what was built into its room."""
    if isinstance(index, Buckets):
        _copy(room.buckets, index)


def _copy(arrays: Iterable[Any], built: Iterable[Any]) -> None:
    for place, array in zip(arrays, built, strict=True):
        if isinstance(place, np.ndarray):
            place[...] = array


@kernel
def choose(search: Any, room: Any, latent: Any, selection: Any, transition: Any) -> Any:
    """The twin of `Index.choose`: an index in A* for a state's latent, whose d numbers stand in front."""
    return projections.choose(room.buckets, latent)
