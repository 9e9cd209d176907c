"""The command line, started in this process or as a user would start it, and small runs to start."""

import contextlib
import csv
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from itt import cli
from itt.algorithms.es import trainer
from itt.errors import Stopped
from itt.ranks.signals import ASKING, Signals
from itt.ranks.team import Alone
from itt.resolve import resolve
from itt.run import Run

ROOT = Path(__file__).parents[1]

# No time limits in tests: this machine may be busy. Every run tries the same examples.
hypothesis.settings.register_profile("statements", deadline=None, derandomize=True, max_examples=40)
hypothesis.settings.register_profile("fuzz", hypothesis.settings.get_profile("statements"), max_examples=1500)
hypothesis.settings.load_profile("statements")


@pytest.fixture(scope="session")
def brought_envs() -> ModuleType:
    """tests/brought_envs.py, imported under that name."""
    path = ROOT / "tests" / "brought_envs.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def mpiexec() -> str:
    """The launcher beside this Python, which the wheel brings, or the machine's own."""
    beside = Path(sys.executable).with_name("mpiexec")
    found = str(beside) if beside.exists() else shutil.which("mpiexec")
    assert found is not None, "no mpiexec; pip install 'itt[mpi]'"
    return found


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def command(request: pytest.FixtureRequest) -> Callable[..., list[str]]:
    """`itt` with arguments, as a list for `subprocess`; on `ranks` MPI ranks if that is given."""

    def build(*arguments: object, ranks: int | None = None) -> list[str]:
        launcher = [] if ranks is None else [request.getfixturevalue("mpiexec"), "-n", str(ranks)]
        return [*launcher, sys.executable, "-m", "itt.cli", *map(str, arguments)]

    return build


@pytest.fixture(scope="session")
def started(command: Callable[..., list[str]]) -> Callable[..., Ended]:
    """Runs `itt` in a process of its own, or in several under mpiexec, to its end."""

    def run(*arguments: object, ranks: int | None = None, **environment: str) -> Ended:
        done = subprocess.run(
            command(*arguments, ranks=ranks), env=os.environ | environment, capture_output=True, text=True, check=False
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def itt(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Runs `itt` in this process, which saves the time of its imports."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["itt", *map(str, arguments)])
        capfd.readouterr()
        with _signal_handlers_restored(), pytest.raises(SystemExit) as ending:
            cli.main()
        out, err = capfd.readouterr()
        assert isinstance(ending.value.code, int)
        return Ended(ending.value.code, out, err)

    return run


@contextlib.contextmanager
def _signal_handlers_restored() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (*ASKING, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, tuple[bytes, int]]]:
    """Every file below a folder, with its bytes and the time it was written at."""

    def take(folder: Path) -> dict[str, tuple[bytes, int]]:
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    return take


class StopsAfter(Alone):
    """A team of one that hears a signal before its `maps`-th map."""

    def __init__(self, maps: int) -> None:
        super().__init__(Signals())
        self.left = maps

    def map(self, task: Any, shared: Any, items: Any) -> list[Any]:
        self.left -= 1
        if self.left < 0:
            raise Stopped("stopped by SIGTERM")
        return super().map(task, shared, items)


@dataclass
class Training:
    """A folder, and what was said about it."""

    folder: Path
    said: list[str]

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def rows(self) -> list[dict[str, float]]:
        """metrics.csv, without the columns that tell times."""
        with open(self.folder / "metrics.csv", newline="", encoding="utf-8") as file:
            rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        return [{name: value for name, value in row.items() if "seconds" not in name} for row in rows]


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., Training]:
    """Trains a run in this process: `train(run, "folder", stop_after=3, extend=True)`."""

    def start(run: Run, name: str = "run", stop_after: int = sys.maxsize, extend: bool = False) -> Training:
        training = Training(tmp_path / name, [])
        with contextlib.suppress(Stopped):
            trainer.train(
                training.folder, resolve(run), StopsAfter(stop_after), training.said.append, lambda *_: None, extend
            )
        return training

    return start
