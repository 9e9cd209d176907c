"""The number of ranks is no part of a result: not a bit of it."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from itt.algorithms.es.settings import VARIANTS

PROGRAMS = Path(__file__).with_name("programs.py")
RUNS = [*((env, method) for env in ("Swimmer-v2", "Acrobot-v1") for method in ("itt", "iot", "explicit"))]
RUNS += [(env, "itt") for env in ("HalfCheetah-v2", "CartPole-v1", "Hopper-v2")]
RUNS += [("variants", name) for name in (*VARIANTS, "srp-paper", "srp-iteration", "rft-iteration")]


@pytest.fixture(scope="module")
def trained(mpiexec, tmp_path_factory):
    """The folder of all trainings, played by so many ranks; 0: without MPI."""
    base = tmp_path_factory.mktemp("trainings")

    def train(ranks, directions=6):
        folder = base / f"{ranks}-{directions}"
        if not folder.exists():
            launcher = [mpiexec, "-n", str(ranks)] if ranks else []
            command = [*launcher, sys.executable, PROGRAMS, "trainings", folder, directions]
            subprocess.run(list(map(str, command)), check=True)
        return folder

    return train


def metrics(folder):
    with open(folder / "metrics.csv", newline="") as file:
        return [{name: value for name, value in row.items() if "seconds" not in name} for row in csv.DictReader(file)]


@pytest.mark.mpi
@pytest.mark.parametrize("run", RUNS, ids="-".join)
@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_policies_and_metrics_are_the_same_for_any_number_of_ranks(trained, ranks, run):
    alone, together = trained(0).joinpath(*run), trained(ranks).joinpath(*run)
    for name in ("policy.npz", "best.npz"):
        assert (alone / name).read_bytes() == (together / name).read_bytes()
    assert metrics(alone) == metrics(together)
    assert all(float(row["es/grad_norm"]) > 0 for row in metrics(alone)), "nothing was learned, so nothing was compared"


@pytest.mark.mpi
@pytest.mark.slow
@pytest.mark.parametrize("ranks", [2, 4])
def test_as_many_directions_as_half_cheetah_has_parameters_change_nothing(trained, ranks):
    alone, together = (trained(n, directions=282) / "HalfCheetah-v2" / "itt" for n in (0, ranks))
    assert (alone / "policy.npz").read_bytes() == (together / "policy.npz").read_bytes()


ASK = """
import hashlib
import numpy
from itt.algorithms.es import strategy
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.study import single
run = resolve(single("HalfCheetah-v2", "itt"))
architecture = architecture_of(run)
epsilon = strategy.ask(strategy.initial(run.algorithm, architecture, 0), run.algorithm, architecture, 0)
print(epsilon.shape, hashlib.sha256(epsilon.tobytes()).hexdigest())
"""


def test_directions_do_not_know_how_many_threads_the_user_allows():
    """LAPACK's QR of a matrix of this size would give other bits with two threads than with one."""
    asked = {
        subprocess.run(
            [sys.executable, "-c", ASK],
            env=os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "MKL_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(asked) == 1
    assert asked.pop().startswith("(282, 282) ")
