"""Synthetic run folders: what training and `itt eval` leave behind, in the smallest form."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from itt.analysis.collect import collect

MakeRun = Callable[..., Path]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def make_run(results: Path) -> MakeRun:
    """Writes one run folder: `make_run("HalfCheetah-v2", "itt", seed=3, returns=[1.0, 2.0])`."""

    def make(
        env: str = "HalfCheetah-v2",
        method: str = "itt",
        variant: str = "vanilla",
        seed: int = 0,
        returns: Sequence[float] = (1.0, 2.0),
        evaluation: Sequence[float] | None = None,
        iterations: int = 2,
        study: str = "demo",
        hash: str = "0123456789abcdef",
        env_steps: int = 100,
    ) -> Path:
        folder = results / study / "runs" / env.replace("/", "--") / method / variant / f"seed{seed}"
        folder.mkdir(parents=True)
        algorithm = {"name": "es", "iterations": iterations}
        run = {"study": study, "env": env, "method": method, "variant": variant, "seed": seed, "hash": hash}
        # JSON is YAML, too.
        (folder / "run.yaml").write_text(json.dumps(run | {"algorithm": algorithm, "engine": "reference"}))
        rows = [f"{k},{value},{env_steps * (k + 1)},{0.5 * (k + 1)},{value - 1}\n" for k, value in enumerate(returns)]
        (folder / "metrics.csv").write_text("step,return,env_steps,seconds,es/mean_return\n" + "".join(rows))
        if evaluation is not None:
            rows = [f"{episode},{value},{2**31 + episode}\n" for episode, value in enumerate(evaluation)]
            (folder / "evaluation.csv").write_text("episode,return,seed\n" + "".join(rows))
        sessions = [{"ranks": 2, "core_seconds": 3.0}, {"ranks": 1, "core_seconds": 4.5}]
        (folder / "provenance.json").write_text(json.dumps(sessions))
        return folder

    return make


@pytest.fixture
def collected(results: Path, tmp_path: Path) -> Callable[[], Path]:
    """Collects the runs made so far and gives the folder."""

    def run_collect() -> Path:
        collect([results], tmp_path / "collected")
        return tmp_path / "collected"

    return run_collect
