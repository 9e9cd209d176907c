"""Policies for reinforcement learning, and how they are trained: a reproduction that others can extend.

The rooms of this package and what flows between them are described in docs/architecture.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from itt.training import Policy

__version__ = "0.1.0"


def load(run: Path | str) -> Policy:
    """A trained policy that can act: `itt.load(RUN).act(observation)`.

    Args:
        run: The folder of a run, or a file with a policy.

    Raises:
        itt.errors.UserError: There is none, or it cannot act here.
    """
    from itt import training

    return training.load(run)
