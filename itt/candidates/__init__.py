"""Where A* comes from, and how one of it is chosen."""

from itt.candidates.selection import argmax, draw, log_weights
from itt.candidates.sources import Actions, Box, Source, Standing, all_actions, source

__all__ = ["Actions", "Box", "Source", "Standing", "all_actions", "argmax", "draw", "log_weights", "source"]
