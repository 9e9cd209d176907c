"""The folder of a run, and the one process that may write to it.

    run.yaml                    what the run is, every setting resolved, and its hash
    metrics.csv                 row k describes theta_k, before update k
    policy.npz  best.npz        the final policy, and the best by its row's `return`; see policy_file.py
    provenance.json             one entry a session: a run that was continued has several
    checkpoint[.previous]       see checkpoint.py
    .lock                       held by the process that writes; see lock.py

policy.npz is written last. What a finished run left is checked whenever it is asked for again (`finished`), and brought
back from the checkpoint where it is damaged.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from itt import settings_file
from itt.errors import Stopped, UserError
from itt.lock import HeldElsewhere, Hold, NoLongerHeld, held
from itt.record import checkpoint, finished, policy_file, provenance
from itt.record.checkpoint import Checkpoint
from itt.record.files import sweep, write_atomically
from itt.record.policy_file import Arrays
from itt.run import Run
from itt.spec import VERSION, upgrade

CORE_COLUMNS = ("step", "return", "env_steps", "seconds")
"""Columns of metrics.csv that every algorithm has; its own are namespaced, like `es/grad_norm`."""
_INTEGERS = ("step", "env_steps")
Columns = Mapping[str, type]
_COMPLETE = ("run.yaml", "metrics.csv", "best.npz", "policy.npz", "provenance.json")
_EVALUATIONS = ("evaluation*.csv", "evaluation-*.yaml")
_PLACES = 100
"""Divergences of a session that provenance.json tells the places of; it counts all."""


class RunFolder:
    """A run's record while it is being written. Use `opened`.

    Attributes:
        path: The folder.
        run: What is recorded.
        columns: All of metrics.csv.
        state: The algorithm's state that the next checkpoint holds.
        step: Steps done.
        before_saving: Called before each checkpoint is written: for what the algorithm keeps beside it.
    """

    def __init__(self, path: Path, run: Run, columns: Columns, found: Checkpoint | None, hold: Hold) -> None:
        """Takes over what a checkpoint holds; nothing is written yet."""
        self._hold = hold
        self.path, self.run = path, run
        self.columns = (*CORE_COLUMNS, *columns)
        self._integers = {*_INTEGERS, *(name for name, kind in columns.items() if kind is int)}
        self.state = found.state if found else {}
        self.step = found.step if found else 0
        self.before_saving: Callable[[], None] = lambda: None
        self.rows: list[NDArray[np.float64]] = list(found.rows) if found else []
        self.sessions = found.sessions if found else []
        self._seconds_before = float(self.rows[-1][self.columns.index("seconds")]) if self.rows else 0.0
        self._started = self._saved = time.monotonic()
        self._workers = 1
        self._metrics: io.TextIOBase | None = None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Ends the training with a line where a disk is full or gone: what was saved goes on another time.

        Nothing is written into a folder that was removed, and is perhaps there once more as another process's.
        """
        try:
            self._hold.check()
            yield
        except NoLongerHeld:
            gone = "was removed, or taken over by another itt train; nothing more is written"
            raise Stopped(f"{self.path}: {gone}") from None
        except OSError as error:
            name = error.filename or self.path / "metrics.csv"
            raise Stopped(f"{name}: cannot be written ({error.strerror}); checkpoints so far are whole") from None

    def begin(
        self, ranks: int, workers: int, hosts: list[str], library: str | None, own: Mapping[str, Any] | None = None
    ) -> None:
        """Starts a session: from here on files are written. `own` is what the algorithm has to tell of it."""
        self._workers = workers
        self._started = self._saved = time.monotonic()
        self.sessions.append(provenance.session(ranks, hosts, library, self.step) | dict(own or {}))
        with self._writing():
            if _policy_hash(self.path) not in (None, self.run.hash):
                # These are about the shorter run's policy, or about one that nobody can read any more.
                for evaluation in [path for name in _EVALUATIONS for path in self.path.glob(name)]:
                    evaluation.unlink()
            write_atomically(self.path / "run.yaml", run_yaml(self.run))
            write_atomically(self.path / "metrics.csv", self._table())
            self._metrics = open(self.path / "metrics.csv", "a", encoding="utf-8")  # noqa: SIM115 - closed by `opened`
            self._write_provenance()

    @property
    def changed(self) -> str:
        """A line for the user if the session before had other versions of packages or of the C library, or nothing."""
        return provenance.changed(*self.sessions[-2:]) if len(self.sessions) > 1 else ""

    @property
    def seconds(self) -> float:
        """Wall-clock time of all sessions so far."""
        return self._seconds_before + time.monotonic() - self._started

    def add_row(self, row: dict[str, float]) -> None:
        """Appends a row; `step` and `seconds` are filled in."""
        values = {"step": len(self.rows), "seconds": self.seconds} | row
        self.rows.append(np.array([values[column] for column in self.columns], dtype=np.float64))
        assert self._metrics is not None
        with self._writing():
            self._metrics.write(self._line(self.rows[-1]) + "\n")
            self._metrics.flush()

    def column(self, name: str, newest: int) -> list[float]:
        """A column of the rows so far: its newest values, as many as there are."""
        place = self.columns.index(name)
        return [float(row[place]) for row in self.rows[-newest:]]

    @property
    def session(self) -> dict[str, Any]:
        """The session's entry in provenance.json, to which an algorithm may add."""
        return self.sessions[-1]

    def note_divergence(self, place: Mapping[str, Any]) -> None:
        """Notes in the session's provenance that a simulation diverged and, while there are few, where."""
        self.sessions[-1]["divergences"] += 1
        if len(self.sessions[-1]["diverged"]) == _PLACES:
            return
        self.sessions[-1]["diverged"].append(dict(place))

    def note_work(self, by_rank: list[dict[str, Any]]) -> None:
        """Notes what each rank has done in this session: rank, host, tasks, and the seconds that they took."""
        self.sessions[-1]["by_rank"] = by_rank

    def end_step(self, state: dict[str, NDArray[Any]]) -> None:
        """Takes note of the algorithm's state after a step, one that has a row, and saves it when it is time to."""
        self.state, self.step = state, self.step + 1
        if self.save_is_due:
            self.save()

    @property
    def save_is_due(self) -> bool:
        """Whether the last checkpoint is as old as one may be."""
        return time.monotonic() - self._saved >= self.run.record.checkpoint_seconds

    def save(self) -> None:
        """Writes a checkpoint now."""
        rows = np.array(self.rows[: self.step], dtype=np.float64).reshape(self.step, len(self.columns))
        with self._writing():
            self._write_provenance()
            self.before_saving()
            checkpoint.save(self.path, Checkpoint(self.run.spec(), self.step, rows, self.state, self.sessions))
        self._saved = time.monotonic()

    def finish(self, learned: Arrays, best: Arrays) -> None:
        """Ends the run: a last checkpoint, from which it can be lengthened, and all that it came to, whole on disk."""
        files = {
            finished.METRICS: self._table(),
            "best.npz": policy_file.content(self.run, best),
            "policy.npz": policy_file.content(self.run, learned),
        }
        self.sessions[-1] |= {"end": provenance.now(), "sha256": finished.digests(files)}
        self.save()
        with self._writing():
            for name, content in files.items():
                write_atomically(self.path / name, content)

    def close(self) -> None:
        """Closes the metrics."""
        if self._metrics is not None:
            with contextlib.suppress(OSError):  # a row that could not be written, which was told
                self._metrics.close()

    def _table(self) -> bytes:
        lines = [",".join(self.columns), *(self._line(row) for row in self.rows)]
        return ("\n".join(lines) + "\n").encode()

    def _line(self, row: NDArray[np.float64]) -> str:
        return ",".join(
            str(int(value)) if column in self._integers else "" if math.isnan(value) else repr(float(value))
            for column, value in zip(self.columns, row, strict=True)
        )

    def _write_provenance(self) -> None:
        seconds = time.monotonic() - self._started
        self.sessions[-1] |= {
            "iterations_done": self.step,
            "seconds": round(seconds, 3),
            "core_seconds": round(seconds * self._workers, 3),
        }
        write_atomically(self.path / "provenance.json", json.dumps(self.sessions, indent=1).encode() + b"\n")


@contextlib.contextmanager
def opened(
    path: Path,
    run: Run,
    columns: Columns,
    warn: Callable[[str], None],
    extend: bool = False,
    pause: Callable[[float], None] | None = None,
) -> Iterator[RunFolder | None]:
    """The run's folder, locked against other writers; None if the run is finished already.

    Args:
        path: The folder; made if it is not there.
        run: The resolved run.
        columns: The algorithm's own columns of metrics.csv, and whether each holds float or int.
        warn: Told in one line of a damaged checkpoint, or of a finished run that is brought back from it.
        extend: Whether a shorter run may be lengthened (`Run.lengthens`).
        pause: What to do for some seconds while another process holds the folder; without it that is an error.

    Raises:
        UserError: The folder holds another run or something else, is in use, cannot be written to, or its checkpoints
            are damaged. Nothing was changed.
    """
    _check_place(path)
    if _complete(path, run):
        yield None
        return
    _look(path, run, lambda line: None, extend)  # before the folder is touched; what it says is said below
    with contextlib.ExitStack() as stack:
        try:
            path.mkdir(parents=True, exist_ok=True)
            hold = stack.enter_context(
                held(path / ".lock", pause, lambda holder: warn(f"{_busy(path, holder)}; waiting for it"))
            )
        except HeldElsewhere as holder:
            raise UserError(f"{_busy(path, str(holder))}; --wait waits for it, or choose another --out") from None
        except OSError as error:
            raise UserError(f"{path}: cannot be written ({error.strerror})") from None
        # Only now what is read stays as it is: the run may have gone on, or ended, since the first look.
        if _complete(path, run):
            yield None
            return
        found = _look(path, run, warn, extend)
        damage = finished.damage_of(path, run.length) if _all_there(path) else None
        if damage and found and found.spec == run.spec():
            warn(f"{damage}; it comes back from the checkpoint")
        sweep(path, ("checkpoint", *_COMPLETE, *_EVALUATIONS))
        folder = RunFolder(path, run, columns, found, hold)
        try:
            yield folder
        finally:
            folder.close()


def _check_place(path: Path) -> None:
    """That the folder is one, if it is there, and that what is to be a file in it is one: a pipe would never end."""
    try:
        if path.exists() and not path.is_dir():
            raise UserError(f"{path}: is a file; --out names a folder")
        for file in (path / name for name in (*_COMPLETE, *checkpoint.GENERATIONS)):
            if file.exists() and not file.is_file():
                raise UserError(f"{file}: is no plain file, but stands where one of the run's belongs; move it away")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None


def _busy(path: Path, holder: str) -> str:
    return f"{path}: another itt train is writing to it{f' ({holder})' if holder else ''}"


def _complete(path: Path, run: Run) -> bool:
    """Whether the folder holds this run, finished and whole."""
    there = _all_there(path) and finished.is_finished(finished.last_session(path))
    return there and _policy_hash(path) == run.hash and finished.damage_of(path, run.length) is None


def _all_there(path: Path) -> bool:
    return all((path / name).is_file() for name in _COMPLETE)


def _policy_hash(path: Path) -> str | None:
    """The hash of the run whose policy.npz is there: None where there is none, empty where it cannot be read."""
    if not (path / "policy.npz").exists():
        return None
    try:
        return policy_file.read(path / "policy.npz").run.hash
    except UserError:
        return ""


def _look(path: Path, run: Run, warn: Callable[[str], None], extend: bool) -> Checkpoint | None:
    """The folder's checkpoint, after making sure that the folder is this run's, or nobody's."""
    found = checkpoint.load(path, warn)
    stored = found.spec if found else settings_file.read(path / "run.yaml") if (path / "run.yaml").exists() else None
    if stored is not None:
        _same(path, stored, run, extend)
        if done := upgrade(stored):
            warn(f"{path}: {done}")
    if found is None:
        _nothing_is_lost(path, run)
    return found


def _nothing_is_lost(path: Path, run: Run) -> None:
    """That a run which starts from the beginning finds nothing in its folder that it would overwrite."""
    if (path / "policy.npz").exists() and not _complete(path, run):
        damage = finished.damage_of(path, run.length)
        lacking = f"{damage}, and there is no" if damage else f"{path}: holds a finished run without its"
        raise UserError(f"{lacking} checkpoint; choose another --out")
    if not (path / "run.yaml").exists() and (foreign := sorted(entry.name for entry in path.glob("[!.]*"))):
        raise UserError(f"{path}: holds {', '.join(foreign[:3])} and no run; choose another --out")


def _same(path: Path, stored: Any, run: Run, extend: bool) -> None:
    try:
        there = Run.recorded({key: value for key, value in dict(stored).items() if key != "hash"}).spec()
    except (TypeError, ValueError) as error:
        raise UserError(f"{path}: not a run of itt ({_one_line(error)}); choose another --out") from None
    differences = list(_differences(there, run.spec()))
    longer = bool(differences) and all(run.lengthens(*difference) for difference in differences)
    if differences and not (longer and extend):
        differences.sort(key=lambda difference: difference[0] not in ("env", "method", "seed"))
        told = "; ".join(f"{key} is {old} there, {new} here" for key, old, new in differences[:3])
        hint = "; --extend lengthens a run" if longer else ""
        raise UserError(f"{path}: holds another run ({told}); choose another --out{hint}")


def _differences(there: dict[str, Any], here: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    for key in here | there:
        old, new = there.get(key), here.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{prefix}{key}.")
        elif old != new:
            yield f"{prefix}{key}", old, new


def run_yaml(run: Run) -> bytes:
    """run.yaml: what the run is."""
    buffer = io.BytesIO()
    YAML(typ="safe", pure=True).dump(run.model_dump(mode="json") | {"version": VERSION, "hash": run.hash}, buffer)
    return buffer.getvalue()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:100]
