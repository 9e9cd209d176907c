"""Synthetic run folders: what training and `itt eval` leave behind, in the smallest form."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itt.analysis.collect import collect
from itt.analysis.paper_settings import paper_run
from itt.analysis.tables import read
from itt.analysis.tables.ours import Ours
from itt.published import zhao2022
from itt.record import policy_file
from itt.study import single

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
        settings: Mapping[str, Any] | None = None,
        end: str | None = None,
        core_seconds: float = 7.5,
        own: Mapping[str, float] | None = None,
        env_steps: int = 100,
    ) -> Path:
        folder = results / study / "runs" / env.replace("/", "--") / method / variant / f"seed{seed}"
        folder.mkdir(parents=True)
        algorithm = {"name": "es", "iterations": iterations}
        run = {"study": study, "env": env, "method": method, "variant": variant, "seed": seed, "hash": hash}
        # JSON is YAML, too.
        about = {"algorithm": algorithm, "engine": "reference"} | dict(settings or {})
        (folder / "run.yaml").write_text(json.dumps(run | about))
        own = dict(own or {})
        rows = [
            ",".join(map(str, (k, value, env_steps * (k + 1), 0.5 * (k + 1), value - 1, *own.values())))
            for k, value in enumerate(returns)
        ]
        header = ",".join(["step,return,env_steps,seconds,es/mean_return", *own])
        (folder / "metrics.csv").write_text("\n".join([header, *rows, ""]))
        if evaluation is not None:
            rows = [f"{episode},{value},{2**31 + episode}\n" for episode, value in enumerate(evaluation)]
            (folder / "evaluation.csv").write_text("episode,return,seed\n" + "".join(rows))
        sessions = [
            {"ranks": 2, "core_seconds": 0.4 * core_seconds},
            {"ranks": 1, "core_seconds": 0.6 * core_seconds, "end": end},
        ]
        (folder / "provenance.json").write_text(json.dumps(sessions))
        return folder

    return make


@pytest.fixture
def paper_cell(make_run: MakeRun) -> Callable[..., None]:
    """Writes finished runs with the paper's settings, one a score: `paper_cell("Swimmer-v2", "itt", [344.0, 350.0])`.

    Those of the variant, too, where the paper has it. D is the paper's. `changed` are settings that are others:
    `{"algorithm": {"eta": 1.0}}`.
    """

    def make(
        env: str,
        method: str,
        scores: Sequence[float],
        variant: str = "vanilla",
        changed: Mapping[str, Mapping[str, Any]] | None = None,
        finished: bool = True,
        **more: Any,
    ) -> None:
        settings = paper_run(env, method, variant).spec()
        for section, others in (changed or {}).items():
            settings[section] = settings[section] | dict(others)
        size = zhao2022.parameters()[env, method]
        settings["algorithm"]["directions"] = settings["algorithm"]["directions"] or size
        for seed, score in enumerate(scores):
            about = settings | {"study": "demo", "variant": variant, "seed": seed, "hash": f"{seed:016x}"}
            end = "2026-01-01T00:00:00+00:00" if finished else None
            folder = make_run(
                env, method, variant, seed, returns=[score, score], evaluation=[score], settings=about, end=end, **more
            )
            policy_file.write(folder / "policy.npz", single(env, method), {"theta": np.zeros(size)})

    return make


@pytest.fixture
def ours(collected: Callable[[], Path]) -> Callable[..., Ours]:
    """Collects the runs made so far, for the tables."""

    def read_collected(speed: Path | None = None) -> Ours:
        return read(collected(), speed)

    return read_collected


@pytest.fixture
def collected(results: Path, tmp_path: Path) -> Callable[[], Path]:
    """Collects the runs made so far and gives the folder."""

    def run_collect() -> Path:
        collect([results], tmp_path / "collected")
        return tmp_path / "collected"

    return run_collect
