"""Where A* comes from, and how one of it is chosen."""

from itt.candidates.searches import Index, build
from itt.candidates.selection import argmax, draw, log_weights
from itt.candidates.sources import Actions, Box, Source, Standing, all_actions, pool_key, pool_of, source

__all__ = [
    "Actions",
    "Box",
    "Index",
    "Source",
    "Standing",
    "all_actions",
    "argmax",
    "build",
    "draw",
    "log_weights",
    "pool_key",
    "pool_of",
    "source",
]
