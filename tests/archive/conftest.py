"""A tiny study's results, with all that an archive has: two runs of two iterations on CartPole, really trained."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from itt.algorithms.es import trainer
from itt.analysis import inventory
from itt.analysis.collect import collect, collect_listed
from itt.analysis.figures import figures
from itt.analysis.runs import dumped
from itt.analysis.tables import tables
from itt.archive.making import make
from itt.ranks.signals import Signals
from itt.ranks.team import Alone
from itt.resolve import resolve
from itt.settings_file import read
from itt.study import single
from itt.theory import outputs as theory_outputs

EVALUATION = "episode,return,seed\n0,9.0,2147483648\n1,10.0,2147483649\n"


def _draw(results: Path) -> None:
    """Makes the tables and figures of what is recorded."""
    collect([results / "runs"], results / "collected")
    tables(results / "collected", results / "tables")
    figures(results / "collected", results / "figures")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """results/tiny, as the workflow leaves it, not to be changed."""
    results = tmp_path_factory.mktemp("archive") / "results" / "tiny"
    few = ["algorithm.iterations=2", "algorithm.directions=3"]
    run = single("CartPole-v1", "itt", "vanilla", 0, few, "tiny")
    lean = single("CartPole-v1", "explicit", "vanilla", 3, [*few, "policy.width=2"], "tiny")
    for one in (run, lean.model_copy(update={"variant": "lean"})):
        trainer.train(results / one.folder, resolve(one), Alone(Signals()), lambda line: None, lambda *_: None)
        (results / one.folder / "evaluation.csv").write_text(EVALUATION)
    _draw(results)
    (results / "report.html").write_text("<title>tiny</title>")
    (results / "theory").mkdir()
    for name in theory_outputs.FILES:
        (results / "theory" / name).write_text(name)
    return results


@pytest.fixture
def draw() -> Callable[[Path], None]:
    """Makes a study's tables and figures of what is recorded."""
    return _draw


@pytest.fixture
def plan() -> Callable[..., None]:
    """Writes a study's inventory of these runs, as the workflow does, and makes its tables and figures of them."""

    def write(results: Path, *folders: str, left_out: str = "", name: str = "inventory.csv") -> None:
        listed = []
        for folder in folders:
            about = read(results / folder / "run.yaml")
            who = {column: str(about[column]) for column in ("study", "env", "method", "variant", "seed", "hash")}
            mark = inventory.LEFT_OUT if folder == left_out else ""
            listed.append(inventory.Listed(folder=folder, iterations="2", left_out=mark, **who))
        inventory.write(results / name, listed, due=True)
        collect_listed(results / name, results / "collected")
        tables(results / "collected", results / "tables")
        figures(results / "collected", results / "figures")

    return write


@pytest.fixture
def results(trained: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(trained, tmp_path / "results" / "tiny"))


@pytest.fixture
def older_seed() -> Callable[[Path], None]:
    """Adds the record of a seed that was trained with an older setting, as a study leaves it that dropped it."""

    def add(results: Path) -> None:
        seed = results / "runs/CartPole-v1/itt/vanilla/seed1"
        shutil.copytree(seed.with_name("seed0"), seed)
        about = read(seed / "run.yaml")
        about["seed"], about["algorithm"]["eta"] = 1, 0.5
        (seed / "run.yaml").write_bytes(dumped(about))

    return add


@pytest.fixture(scope="session")
def archived(trained: Path) -> Path:
    """Its archive, not to be changed."""
    file = trained.parents[1] / "tiny.crate.zip"
    make(trained, file)
    return file


@pytest.fixture
def refused(itt: Callable[..., object]) -> Callable[..., str]:
    """Runs `itt`, which must end with code 2 and one line; returns it."""

    def run(*arguments: object) -> str:
        done = itt(*arguments)
        assert done.code == 2, done
        assert done.err.startswith("itt: error: ")
        assert done.err.count("\n") == 1
        return done.err

    return run
