"""Searches that are built from the latents of candidates that stand, then asked for one of them in every state.

    index = build(settings, kernel, latents, key)           # when the action tower or the candidates change
    chosen = index.choose(latent, selection, transition)    # at every transition

Both engines build with the function here, so what is built has the same bits; the compiled engine has a twin of each
`choose`. Exact search builds nothing: it scores every candidate (`itt.candidates.selection`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from itt import seeding
from itt.algorithms.es.settings import Kernel, Search
from itt.candidates import feature_tree, projections
from itt.seeding import Key, Purpose

Values = NDArray[np.float64]


class Index(Protocol):
    """What a search has built."""

    def choose(self, latent: Values, selection: int, transition: int) -> int:
        """An index in A*. Of candidates with equal scores the lowest index wins.

        Args:
            latent: l_S of the state, shape (d,).
            selection: The key of the episode's SELECTION stream, for searches that draw.
            transition: Counted from 0.
        """


BUILDERS: dict[str, Callable[[Any, Kernel, Values, np.random.Generator], Index]] = {
    "srp": lambda settings, _, latents, random: projections.build(settings, latents, random),
    "rft": feature_tree.build,
}
"""By the search's name: (its settings, the kernel, latents of shape (d, N), a random stream) -> Index."""


def build(settings: Search, kernel: Kernel, latents: Values, key: Key) -> Index:
    """The index over the candidates whose latents are given, shape (d, N).

    Args:
        settings: A search of `itt.settings.STANDING`.
        kernel: K of Eq. 4.
        latents: What `itt.policies.latents` gave.
        key: The candidates' own (`itt.candidates.pool_key`): what is random in a search belongs to them, so that it is
            kept for as long as they are.
    """
    return BUILDERS[settings.name](settings, kernel, latents, seeding.generator(key, Purpose.SEARCH))
