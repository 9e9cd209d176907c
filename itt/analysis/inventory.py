"""The runs that a study asks for, beside what there is on disk of each. Nothing heavy is imported.

results/NAME/
    inventory.csv   a row a run, written by the workflow, read by `itt collect --from`: its folder from here, who it is,
                    its settings' hash, its iterations, and `yes` if it is left out because it is not finished; a last
                    line with the time of writing
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from itt import settings_file
from itt.errors import UserError
from itt.record.files import write_atomically

RECORD = ("run.yaml", "metrics.csv", "policy.npz", "best.npz", "provenance.json")
"""What a finished training leaves in its folder."""

LEFT_OUT = "yes"

_HASH = re.compile(r"^hash: '?([0-9a-f]{16})'?$", re.M)


@dataclass(frozen=True)
class Listed:
    """One run of a study; `folder` is that of its record."""

    folder: str
    study: str
    env: str
    method: str
    variant: str
    seed: str
    hash: str
    iterations: str
    left_out: str = ""


_COLUMNS = [field.name for field in fields(Listed)]
_WHO = ("env", "method", "variant", "seed", "hash")


def is_finished(folder: Path) -> bool:
    """Whether a training has left its whole record in the folder."""
    return all((folder / name).is_file() for name in RECORD)


def recorded_hash(run_yaml: Path) -> str | None:
    """The hash that a run.yaml states, None where it states none.

    Where it stands in a line of its own, as `itt train` writes it, the rest is not parsed, which takes a hundred times
    as long.

    Raises:
        UserError: It cannot be read or is not YAML.
    """
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if len(lines := _HASH.findall(run_yaml.read_text(encoding="utf-8"))) == 1:
            return str(lines[0])
    there = settings_file.read(run_yaml)
    return there.get("hash") if isinstance(there, dict) else None


def has_episodes(evaluation: Path, episodes: int) -> bool:
    """Whether an evaluation.csv has so many rows."""
    with evaluation.open("rb") as file:
        return sum(1 for _ in file) == episodes + 1


def write(path: Path, runs: Sequence[Listed], due: bool) -> None:
    """Writes an inventory, unless it stands there already and nothing is `due`.

    Snakemake takes a file for new if it is newer and has another checksum, so the last line is a time.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(run) for run in runs)
    content = text.getvalue().encode()
    if due or not path.exists() or path.read_bytes().partition(b"#")[0] != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content + f"# {time.time_ns()}\n".encode())


def renew(path: Path) -> None:
    """Makes all due that depends on an inventory, if it is there."""
    if path.exists():
        write(path, read(path), due=True)


def is_of(collected: Path, runs: Sequence[Listed]) -> bool:
    """Whether a runs.csv that `itt collect` wrote is of these runs, with a result of all but those left out."""
    try:
        rows = _rows(collected)
        found = {_who(row | {"left_out": LEFT_OUT if row["rows"] == "0" else ""}) for row in rows}
    except (OSError, ValueError, KeyError, csv.Error):
        return False
    return found == {_who(asdict(run)) for run in runs}


def read(path: Path) -> list[Listed]:
    """The runs of an inventory.

    Raises:
        UserError: It cannot be read, or is none.
    """
    try:
        rows = _rows(path)
        return [Listed(**row) for row in rows]
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; the workflow writes it for each study") from None
    except (OSError, ValueError, TypeError, csv.Error):
        raise UserError(f"{path}: not a list of runs; a CSV file with the columns {', '.join(_COLUMNS)}") from None


def _who(row: dict[str, str]) -> tuple[str, ...]:
    return (*(row[key] for key in _WHO), row["left_out"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    if any(None in row or None in row.values() for row in rows):
        raise ValueError("rows of several lengths")
    return rows
