"""A saved policy of evolution strategies: theta, and the moments that its observations are normalised by, if any."""

from __future__ import annotations

from itt.algorithms.es.settings import ESRun
from itt.observations import Learned, packed, unpacked
from itt.record import SavedPolicy
from itt.record.policy_file import Arrays


def arrays(learned: Learned) -> Arrays:
    """What is saved of it; `learned_of` is the inverse."""
    return {"theta": learned.theta} | packed(learned.met)


def learned_of(saved: SavedPolicy) -> Learned:
    """theta, shape (D,), and its moments."""
    normalised = ESRun.of(saved.run, "theta").policy.observations == "normalised"
    return Learned(saved.arrays["theta"], unpacked(saved.arrays) if normalised else None)
