"""The folder that `collect` fills and `tables` and `figures` read, and how any of them writes a file.

collected/
    runs.csv     one row a run: who it is, its settings' hash, how far it came, its returns and what it cost
    curves.csv   one row a run and recorded iteration: the run's metrics.csv with the run's name before it
"""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from itt.analysis.outputs import COLLECTED
from itt.errors import UserError
from itt.record.files import beside, write_atomically

NAME = ["study", "env", "method", "variant"]
"""Text columns that say, with `seed`, which run a row is about."""
WHO = [*NAME, "seed"]

SETTINGS = ["sigma", "parameters", "layers", "layers_state", "layers_action"]
"""Columns of what Tables 3 to 5 are about: sigma, D and the matrices of each network; empty where a run has none."""

NUMBERS = (
    (
        "seed", "iterations", "rows", "final_return", "evaluation_mean", "evaluation_episodes", "env_steps", "seconds",
        "core_seconds", "play_seconds", "wait_seconds", "diverged", "evaluation_diverged", *SETTINGS,
    ),
    ("seed", "step", "return", "env_steps", "seconds"),
)  # fmt: skip
"""Columns of numbers that something is made of, in the files of `COLLECTED`."""
TEXT = (("end", "differs"), ())
"""Likewise, columns of text beside those of `NAME`."""


def write(path: Path, content: str | bytes) -> Path:
    """Writes a whole file or nothing: a reader never meets half of it. Makes the folder; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content.encode() if isinstance(content, str) else content)
    return path


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Writes a frame as `csv_text` has it; returns `path`."""
    return write(path, csv_text(frame))


def write_parts(path: Path, parts: Iterable[str]) -> Path:
    """Writes a file part by part, in memory for one of them, but whole or not at all; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path, b"") as new:
        with open(new, "w", newline="", encoding="utf-8") as file:
            file.writelines(parts)
        os.replace(new, path)
    return path


def csv_line(values: Iterable[str]) -> str:
    """A line of a CSV file, with its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


def csv_text(frame: pd.DataFrame) -> str:
    """A frame without its index; missing values are empty, numbers are exact when read back."""
    return str(frame.to_csv(index=False, lineterminator="\n"))


def read_collected(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two tables of a collected folder: (runs, curves).

    Raises:
        UserError: The folder lacks one of them, or it is damaged.
    """
    wanted, of_curves = ([*NAME, *text, *numbers] for text, numbers in zip(TEXT, NUMBERS, strict=True))
    runs = _read(folder / COLLECTED[0], wanted, str)
    # Millions of rows: each name is held once, and columns that nothing is made of are not read.
    curves = _read(folder / COLLECTED[1], of_curves, "category", usecols=lambda column: column in of_curves)
    if cut := [name for name, frame in zip(COLLECTED, (runs, curves), strict=True) if frame[WHO].isna().any(axis=None)]:
        raise UserError(f"{folder / cut[0]}: not CSV: a row is cut short")
    if bare := [name for name, frame in zip(COLLECTED, (runs, curves), strict=True) if frame.empty]:
        raise UserError(f"{folder / bare[0]}: has a header and no rows; `itt collect` writes it from run folders")
    if len(twice := runs[runs.duplicated([*NAME[1:], "seed"])]):
        raise UserError(f"{folder / COLLECTED[0]}: {'/'.join(map(str, twice.iloc[0][WHO[1:]]))} stands there twice")
    if len(twice := curves[curves.duplicated([*NAME[1:], "seed", "step"])]):
        raise UserError(f"{folder / COLLECTED[1]}: {'/'.join(map(str, twice.iloc[0][WHO[1:]]))} has a step twice")
    key = [*NAME[1:], "seed"]
    there = curves[key].drop_duplicates().astype(dict.fromkeys(NAME[1:], str))
    if len(lost := there[~pd.MultiIndex.from_frame(there).isin(pd.MultiIndex.from_frame(runs[key]))]):
        name = "/".join(map(str, lost.iloc[0]))
        raise UserError(f"{folder / COLLECTED[1]}: {name} does not stand in {COLLECTED[0]}")
    begun = runs.loc[runs["rows"] > 0, key]
    if len(lost := begun[~pd.MultiIndex.from_frame(begun).isin(pd.MultiIndex.from_frame(curves[key]))]):
        name = "/".join(map(str, lost.iloc[0]))
        raise UserError(f"{folder / COLLECTED[1]}: has no row of {name}, of which {COLLECTED[0]} counts some")
    return runs, curves


def _read(path: Path, wanted: Sequence[str], names: Any, **options: Any) -> pd.DataFrame:
    if not path.is_file():
        raise UserError(f"{path}: no such file; `itt collect` writes it from run folders")
    # Text stays text: a hash may consist of digits and a variant may be called `none`. Only an empty field is missing.
    text = dict.fromkeys(NAME, names) | dict.fromkeys(["hash", "end", "differs"], str)
    return read_csv(path, wanted, text, keep_default_na=False, na_values=[""], **options)


def read_csv(path: Path, wanted: Sequence[str], text: Mapping[str, Any], **options: Any) -> pd.DataFrame:
    """A CSV file that has the `wanted` columns; those that are not in `text` hold numbers.

    An infinite number is none: a return that exploded is no score, and no mean is over it.

    Raises:
        UserError: It is not such a file; one line says why. Other columns are not looked at.
    """
    try:
        frame: pd.DataFrame = pd.read_csv(path, dtype=dict(text), **options)
    except pd.errors.EmptyDataError:
        raise UserError(f"{path}: empty") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError as error:  # pandas' ParserError, UnicodeDecodeError
        raise UserError(f"{path}: not CSV: {' '.join(str(error).split())}") from None
    if missing := [column for column in wanted if column not in frame]:
        raise UserError(f"{path}: no column {', '.join(missing)}")
    # Where rows have one field more than the header, pandas takes their first field for an index.
    if not isinstance(frame.index, pd.RangeIndex):
        raise UserError(f"{path}: not CSV: the rows have more fields than the header")
    for column in wanted:
        if column not in text and len(frame) and not pd.api.types.is_numeric_dtype(frame[column]):
            raise UserError(f"{path}: column {column} holds something that is not a number")
    return frame.replace([np.inf, -np.inf], np.nan)
