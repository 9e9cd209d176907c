"""What a killed run needs to go on: two generations of one file, each with a checksum.

    checkpoint            the newest
    checkpoint.previous   the one before, for the day when the newest is damaged

A checkpoint holds all that a run has brought forth so far (also its metrics and sessions), since a workflow may delete
the files that it declared as outputs before it starts a job again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.errors import UserError
from itt.record.arrays import read, unpacked
from itt.record.files import beside

GENERATIONS = _NEWEST, _PREVIOUS = "checkpoint", "checkpoint.previous"
_MAGIC = b"itt checkpoint 1 sha256 "


@dataclass(frozen=True)
class Checkpoint:
    """A run at the end of an iteration.

    Attributes:
        spec: What the run is (`Run.spec`).
        step: Iterations done.
        rows: Metrics so far, shape (step, columns).
        state: The algorithm's own arrays, by name.
        sessions: What provenance.json holds.
    """

    spec: dict[str, Any]
    step: int
    rows: NDArray[np.float64]
    state: dict[str, NDArray[Any]] = field(default_factory=dict)
    sessions: list[dict[str, Any]] = field(default_factory=list)


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes the newest generation; what was the newest becomes the previous.

    Raises:
        OSError: It cannot be written, for want of space, say. Both generations are as they were.
    """
    buffer = io.BytesIO()
    about = json.dumps({"spec": checkpoint.spec, "step": checkpoint.step, "sessions": checkpoint.sessions})
    arrays = {f"state/{name}": array for name, array in checkpoint.state.items()}
    np.savez(buffer, allow_pickle=False, about=np.array(about), rows=checkpoint.rows, **arrays)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest().encode()
    with beside(folder / _NEWEST, _MAGIC + digest + b"\n" + content) as new:
        if (folder / _NEWEST).exists():
            _keep(folder / _NEWEST, folder / _PREVIOUS)
        os.replace(new, folder / _NEWEST)


def _keep(newest: Path, previous: Path) -> None:
    """Makes the newest the previous as well, so that one of that name is there at any time."""
    link = newest.with_name(f".{newest.name}.previous")
    try:
        link.unlink(missing_ok=True)
        os.link(newest, link)
    except OSError:  # a file system without second names
        os.replace(newest, previous)
        return
    os.replace(link, previous)


def load(folder: Path, warn: Callable[[str], None]) -> Checkpoint | None:
    """The newest checkpoint that is whole, or None where there is none.

    Args:
        folder: A run's folder.
        warn: Told in one line when the newest is damaged and the previous is taken.

    Raises:
        UserError: There are checkpoints and all are damaged.
    """
    damage = []
    for name in GENERATIONS:
        path = folder / name
        try:
            checkpoint = _read(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except _Damaged as error:
            damage.append(f"{path} {error}")
            continue
        if damage:
            warn(f"{damage[0]}; going on from {path}, iteration {checkpoint.step}")
        return checkpoint
    if damage:
        raise UserError(
            f"{'; '.join(damage)}: no whole checkpoint is left; delete the folder to start from the beginning"
        )
    return None


class _Damaged(Exception):
    """Not a whole checkpoint; the message continues a sentence that begins with the path."""


def _read(path: Path) -> Checkpoint:
    """The checkpoint in a file, which a training may be replacing at this moment."""
    try:
        content = read(path)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise _Damaged(f"cannot be read ({error.strerror})") from None
    head, newline, body = content.partition(b"\n")
    if not newline or not head.startswith(_MAGIC):
        raise _Damaged("is truncated or no checkpoint")
    if hashlib.sha256(body).hexdigest().encode() != head.removeprefix(_MAGIC):
        raise _Damaged("is damaged (its checksum does not fit)")
    try:
        arrays = unpacked(body)
        about = json.loads(str(arrays["about"]))
        state = {name.removeprefix("state/"): array for name, array in arrays.items() if name.startswith("state/")}
        return Checkpoint(about["spec"], about["step"], arrays["rows"], state, about["sessions"])
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise _Damaged(f"cannot be read ({error})") from None
