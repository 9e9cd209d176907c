"""A saved policy: theta and all that is needed to act, in bytes that depend on the run's spec alone."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from itt.errors import UserError
from itt.observations import Moments, Normaliser, packed
from itt.observations import unpacked as moments
from itt.record.arrays import read as read_file
from itt.record.arrays import unpacked
from itt.record.files import write_atomically
from itt.run import Run


@dataclass(frozen=True)
class SavedPolicy:
    """theta, shape (D,), and the run that it belongs to (without the names of its study and variant).

    `met` has the moments that its observations are normalised by; None if it sees raw ones.
    """

    run: Run
    theta: NDArray[np.float64]
    met: Moments | None = None

    @property
    def normaliser(self) -> Normaliser | None:
        """What the policy sees states through, if anything."""
        return None if self.met is None else self.met.normaliser


def content(run: Run, theta: NDArray[np.float64], met: Moments | None = None) -> bytes:
    """The policy's file; the zip format's timestamps are NumPy's constant ones."""
    buffer = io.BytesIO()
    spec = np.array(json.dumps(run.spec(), sort_keys=True))
    np.savez(buffer, allow_pickle=False, spec=spec, theta=theta, **packed(met))
    return buffer.getvalue()


def write(path: Path, run: Run, theta: NDArray[np.float64], met: Moments | None = None) -> None:
    """Writes the policy."""
    write_atomically(path, content(run, theta, met))


def read(path: Path) -> SavedPolicy:
    """Reads a policy.

    Raises:
        UserError: There is none, or it is not one.
    """
    try:
        arrays = unpacked(read_file(path))
        run = Run.recorded(json.loads(str(arrays["spec"])))
        theta = arrays["theta"]
        if theta.ndim != 1 or theta.dtype != np.float64:
            raise ValueError(f"theta: a vector of float64, not {theta.dtype} of shape {theta.shape}")
        return SavedPolicy(run, theta, moments(arrays) if run.policy.observations == "normalised" else None)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; `itt train` writes it when a run is finished") from None
    except (OSError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: not a policy of itt ({' '.join(str(error).split())[:100]})") from None
