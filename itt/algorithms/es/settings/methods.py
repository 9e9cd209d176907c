"""The methods: what a reader of their names wants to know, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["itt", "iot", "explicit"]


@dataclass(frozen=True)
class Traits:
    """What a method is, wherever more than its name matters.

    Attributes:
        code: How compiled code calls it.
        candidates: Whether an action is chosen from A* (an implicit policy); else the network's output is the action.
        latents: Whether candidates have a tower, and so latents, of their own, which is what searches are built from
            and what lazy updates leave standing.
        settings: The keys of the section `policy` that it uses beside those that all use.
    """

    code: int
    candidates: bool
    latents: bool
    settings: tuple[str, ...]


METHODS: dict[Method, Traits] = {
    "itt": Traits(0, candidates=True, latents=True, settings=("kernel", "latent", "state", "action")),
    "iot": Traits(1, candidates=True, latents=False, settings=("tower",)),
    "explicit": Traits(2, candidates=False, latents=False, settings=("tower",)),
}
"""In the order of the paper's columns."""
