"""Keeps what simulators say off the user's terminal and out of the user's folder."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_output() -> Iterator[None]:
    """Drops what is written to file descriptors 1 and 2 in this process, by C code too.

    C keeps its own buffer: what is in it when the block ends would come out later, so it is flushed at both ends.
    """
    c = ctypes.CDLL(None)
    sys.stdout.flush()
    sys.stderr.flush()
    c.fflush(None)
    terminal = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for descriptor in terminal:
            os.dup2(nowhere, descriptor)
        yield
    finally:
        c.fflush(None)
        for descriptor, saved in terminal.items():
            os.dup2(saved, descriptor)
            os.close(saved)
        os.close(nowhere)


def silence_mujoco() -> None:
    """Keeps MuJoCo from printing its warnings and from writing a MUJOCO_LOG.TXT, for the rest of the process.

    Nothing is lost: MuJoCo counts the warnings of a simulation in `MjData.warning`, for whoever plays it to read.
    """
    import mujoco

    mujoco.set_mju_user_warning(_drop)


def _drop(message: str) -> None:
    """Hears a warning of MuJoCo and says nothing."""
