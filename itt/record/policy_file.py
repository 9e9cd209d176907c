"""A saved policy: all that is needed to act, as named arrays, in bytes that depend on the run's spec alone."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.errors import UserError
from itt.record.arrays import read as read_file
from itt.record.arrays import unpacked
from itt.record.files import write_atomically
from itt.run import Run

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class SavedPolicy:
    """What a training came to, and the run that it belongs to (without the names of its study and variant)."""

    run: Run
    arrays: Arrays

    @property
    def parameters(self) -> int:
        """How many parameters it has."""
        return self.run.parameters(self.arrays)


def content(run: Run, arrays: Arrays) -> bytes:
    """The policy's file; the zip format's timestamps are NumPy's constant ones."""
    buffer = io.BytesIO()
    spec = np.array(json.dumps(run.spec(), sort_keys=True))
    np.savez(buffer, allow_pickle=False, spec=spec, **arrays)
    return buffer.getvalue()


def write(path: Path, run: Run, arrays: Arrays) -> None:
    """Writes the policy."""
    write_atomically(path, content(run, arrays))


def read(path: Path) -> SavedPolicy:
    """Reads a policy.

    Raises:
        UserError: There is none, or it is not one.
    """
    try:
        arrays = unpacked(read_file(path))
        run = Run.recorded(json.loads(str(arrays.pop("spec"))))
        run.check_policy(arrays)
        return SavedPolicy(run, arrays)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; `itt train` writes it when a run is finished") from None
    except (OSError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: not a policy of itt ({' '.join(str(error).split())[:100]})") from None
