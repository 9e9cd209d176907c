"""A study's results as the workflow leaves them, with records that nobody trained, and a page as a browser reads it."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from itt.analysis import inventory
from itt.analysis.collect import collect_listed
from itt.analysis.figures import figures
from itt.analysis.runs import dumped
from itt.report.page import page
from itt.resolve import resolve
from itt.run import Run
from itt.study import single

SESSION: dict[str, Any] = {
    "start": "2026-11-25T16:35:39+00:00",
    "end": "2026-11-25T17:05:39+00:00",
    "ranks": 2,
    "hosts": ["a-host-of-ours"],
    "mpi": "MPICH Version: 4.3.2",
    "cpu": "Some Processor",
    "python": "3.11.7",
    "engine": "compiled",
    "versions": {"numpy": "2.4.6"},
    "git_commit": "4" * 40,
    "seconds": 1800.0,
    "core_seconds": 1800.0,
}


@dataclass
class Study:
    """A folder of results, to which runs are added."""

    results: Path
    listed: list[inventory.Listed] = field(default_factory=list)

    def add(self, method: str = "itt", seed: int = 0, variant: str = "vanilla", **record: Any) -> Path:
        """The record of a run of two iterations on CartPole."""
        few = ["algorithm.iterations=2", "algorithm.directions=3", *record.pop("settings", [])]
        run = single("CartPole-v1", method, "vanilla", seed, few, self.results.name)
        run = resolve(run.model_copy(update={"variant": variant}))
        self._list(run)
        return self._write(run, **record)

    def leave_out(self, method: str, seed: int) -> None:
        """Lists a run that has no record."""
        run = resolve(single("CartPole-v1", method, "vanilla", seed, ["algorithm.iterations=2"], self.results.name))
        self._list(run, inventory.LEFT_OUT)

    def _list(self, run: Run, left_out: str = "") -> None:
        about = {"study": run.study, "env": run.env, "method": run.method, "variant": run.variant, "hash": run.hash}
        line = inventory.Listed(run.folder.as_posix(), seed=str(run.seed), iterations="2", left_out=left_out, **about)
        self.listed.append(line)

    def _write(self, run: Run, sessions: Sequence[dict[str, Any]] = (SESSION,), rows: int = 2) -> Path:
        folder = self.results / run.folder
        folder.mkdir(parents=True)
        (folder / "run.yaml").write_bytes(dumped(run.model_dump(mode="json") | {"version": 1, "hash": run.hash}))
        metrics = [f"{step},{9 + step},{100 * (step + 1)},{step + 1}.5\n" for step in range(rows)]
        (folder / "metrics.csv").write_text("step,return,env_steps,seconds\n" + "".join(metrics))
        (folder / "evaluation.csv").write_text("episode,return,seed\n0,9.0,2147483648\n1,10.0,2147483649\n")
        (folder / "provenance.json").write_text(json.dumps(list(sessions)))
        return folder

    def collect(self) -> Path:
        """Collects as the workflow does; returns the folder of the results."""
        inventory.write(self.results / "inventory.csv", self.listed, due=True)
        collect_listed(self.results / "inventory.csv", self.results / "collected")
        return self.results

    def draw(self) -> Path:
        """Collects and draws; returns the folder of the results."""
        self.collect()
        figures(self.results / "collected", self.results / "figures")
        return self.results


@pytest.fixture
def study(tmp_path: Path) -> Callable[[str], Study]:
    """A study of this name, without runs yet."""
    return lambda name="tiny": Study(tmp_path / "results" / name)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of three runs with tables and figures, not to be changed."""
    study = Study(tmp_path_factory.mktemp("report") / "results" / "tiny")
    for method, variant in (("itt", "vanilla"), ("explicit", "vanilla"), ("itt", "lean")):
        study.add(method, variant=variant)
    return study.draw()


@pytest.fixture
def results(drawn: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(drawn, tmp_path / "results" / "tiny"))


@dataclass
class Element:
    """One element of a page."""

    name: str
    attributes: dict[str, str | None]
    text: str = ""


class Reader(HTMLParser):
    """The elements of a page, in order, each with its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in ("meta", "img"):
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, *names: str) -> list[Element]:
        """The elements of these names."""
        return [element for element in self.elements if element.name in names]


@pytest.fixture(scope="session")
def read() -> Callable[[Path], Reader]:
    """The page of a folder of results."""

    def of(results: Path) -> Reader:
        reader = Reader(page(results))
        assert reader.open == []
        return reader

    return of


@pytest.fixture(scope="session")
def shown(drawn: Path, read: Callable[[Path], Reader]) -> Reader:
    """The page of `drawn`."""
    return read(drawn)
