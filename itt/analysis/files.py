"""The folder that `collect` fills and `tables` and `figures` read, and how any of them writes a file.

collected/
    runs.csv     one row a run: who it is, its settings' hash, how far it came, its returns and what it cost
    curves.csv   one row a run and recorded iteration: the run's metrics.csv with the run's name before it
"""

from pathlib import Path

import pandas as pd

from itt.errors import UserError
from itt.record.files import write_atomically

NAME = ["study", "env", "method", "variant"]
"""Text columns that say, with `seed`, which run a row is about."""


def write(path: Path, content: str | bytes) -> Path:
    """Writes a whole file or nothing: a reader never meets half of it. Makes the folder; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content.encode() if isinstance(content, str) else content)
    return path


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Writes a frame without its index; missing values are empty, numbers are exact when read back."""
    return write(path, frame.to_csv(index=False, lineterminator="\n"))


def read_collected(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two tables of a collected folder: (runs, curves).

    Raises:
        UserError: The folder lacks one of them.
    """
    return _read(folder / "runs.csv"), _read(folder / "curves.csv")


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise UserError(f"{path}: no such file; `itt collect` writes it from run folders")
    # Text stays text: a hash may consist of digits and a variant may be called `none`. Only an empty field is missing.
    text = dict.fromkeys([*NAME, "hash"], str)
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])
