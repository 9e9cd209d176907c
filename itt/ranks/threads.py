"""Ranks are the parallelism, so each process computes with one thread."""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """From here on BLAS and OpenMP keep to one thread, whoever loaded them and whatever the environment says.

    What is loaded later is told where it is loaded, as PyTorch is (`itt.rollouts.reference`). No result depends on it:
    many ranks would only stand in each other's way.
    """
    import numpy  # noqa: F401 - a library can be told once it is loaded

    threadpool_limits(1)
