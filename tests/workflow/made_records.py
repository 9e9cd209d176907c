"""Records of a whole study as if its runs had been trained and evaluated: to see what many runs cost.

python tests/workflow/made_records.py STUDY RESULTS
"""

import json
import sys
from functools import cache
from pathlib import Path

import numpy as np

from itt.algorithms.es.trainer import COLUMNS
from itt.policies import architecture_of
from itt.record import CORE_COLUMNS, finished, policy_file, provenance, run_yaml
from itt.resolve import resolve
from itt.study import load
from itt.training import algorithm_of

_TEXTS = 20
"""Different metrics.csv, one of which each run has."""


@cache
def metrics(rows: int, seed: int) -> bytes:
    """A metrics.csv as evolution strategies write it."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(rows, len(CORE_COLUMNS) + len(COLUMNS)))
    table[:, 1] += np.linspace(0.0, 1000.0, rows)
    table[:, 2] = 1000 * np.arange(1, rows + 1)
    table[:, 3] = 0.5 * np.arange(1, rows + 1)
    table[:, -1] = 0.0
    lines = (",".join([str(k), *(f"{value!r}" for value in row[1:].tolist())]) for k, row in enumerate(table))
    return "\n".join([",".join([*CORE_COLUMNS, *COLUMNS]), *lines, ""]).encode()


def make(study: str, results: Path) -> int:
    """Writes RESULTS/runs/... of every run of the study, each with all its rows; returns how many runs there are."""
    whole = load(study)
    session = provenance.session(2, ["here", "here"], None, 0)
    evaluation = "".join(f"{k},{100.0 + k},{2**31 + k}\n" for k in range(whole.evaluation.episodes))
    for number, given in enumerate(whole.runs):
        run = algorithm_of(given).identified(resolve(given))
        text = metrics(run.algorithm.iterations, number % _TEXTS)
        folder = results / run.folder
        folder.mkdir(parents=True)
        policy = policy_file.content(run, {"theta": np.zeros(architecture_of(run).size)})
        files = {finished.METRICS: text, "best.npz": policy, "policy.npz": policy}
        ended = session | {
            "core_seconds": 100.0,
            "iterations_done": run.algorithm.iterations,
            "end": provenance.now(),
            "sha256": finished.digests(files),
        }
        written = {
            **files,
            "run.yaml": run_yaml(run),
            "provenance.json": json.dumps([ended], indent=1).encode(),
            "evaluation.csv": f"episode,return,seed\n{evaluation}".encode(),
        }
        for name, content in written.items():
            (folder / name).write_bytes(content)
    return len(whole.runs)


if __name__ == "__main__":
    print(make(sys.argv[1], Path(sys.argv[2])))
