"""What MPI costs: one and two workers under mpiexec against one and two processes that know nothing of each other.

Two processes on one machine share memory, caches and clock, so two are not twice one even without MPI. Relative
efficiency takes that out: (2 workers / 1 worker) / (2 processes / 1 process), all four measured in one round.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from itt.errors import UserError

ROUNDS = 5
_JOB = [sys.executable, "-m", "itt.bench.ranks_job"]


def measure(seconds: float) -> dict[str, Any]:
    """Plays HalfCheetah with the paper's ITT policy on 1 and 2 workers or processes, `seconds` each, ROUNDS times.

    Returns:
        Env steps per second of wall clock for each, medians; `relative_efficiency`, the median of the rounds' own; and
        of 2 workers, `coordinator_cpu`, rank 0's CPU seconds a second, and `at_play`, the workers' share of the time
        that they spent in episodes. `rounds` has the figures of each round: two processes that are more than twice as
        fast as one tell of a machine that was busy with something else.

    Raises:
        UserError: There is no mpiexec.
    """
    launcher = mpiexec()
    rounds = [_round(launcher, seconds) for _ in range(ROUNDS)]
    return {
        "env": "HalfCheetah-v2",
        "method": "itt",
        **{key: median(each[key] for each in rounds) for key in rounds[0]},
        "rounds": rounds,
    }


def mpiexec() -> str:
    """The launcher beside this Python, which the mpich wheel brings, or the machine's own.

    Raises:
        UserError: There is none.
    """
    beside = Path(sys.executable).with_name("mpiexec")
    found = str(beside) if beside.exists() else shutil.which("mpiexec")
    if found is None:
        raise UserError(
            "itt bench ranks: there is no mpiexec; install 'itt[mpi]', or an MPI library and 'itt[mpi-site]'"
        )
    return found


def _round(launcher: str, seconds: float) -> dict[str, float]:
    one, two = (_together([[*_JOB, str(seconds)]] * count) for count in (1, 2))
    ranks = [[launcher, "-n", str(workers + 1), *_JOB, str(seconds)] for workers in (1, 2)]
    worker, workers = (_together([command]) for command in ranks)
    rate = {name: sum(job["steps_per_s"] for job in jobs) for name, jobs in
            (("process", one), ("processes", two), ("worker", worker), ("workers", workers))}  # fmt: skip
    return {
        "one_worker_steps_per_s": rate["worker"],
        "two_workers_steps_per_s": rate["workers"],
        "one_process_steps_per_s": rate["process"],
        "two_processes_steps_per_s": rate["processes"],
        "relative_efficiency": rate["workers"] / rate["worker"] / (rate["processes"] / rate["process"]),
        "coordinator_cpu": workers[0]["cpu_share"],
        "at_play": workers[0]["at_play"],
    }


def _together(commands: list[list[str]]) -> list[dict[str, float]]:
    """What the jobs print, all started, and begun at the same time."""
    # Under a launcher already, as in a batch job's step, its variables would make the bare processes believe in ranks.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PMI_", "PMIX_", "OMPI_"))}
    jobs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for command in commands
    ]
    try:
        for job in jobs:
            _line(job)
        for job in jobs:
            assert job.stdin is not None
            job.stdin.write("go\n")
            job.stdin.flush()
        return [json.loads(_line(job)) for job in jobs]
    finally:
        for job in jobs:
            job.communicate()


def _line(job: subprocess.Popen[str]) -> str:
    """The next line that a job prints.

    Raises:
        RuntimeError: It ended instead.
    """
    assert job.stdout is not None
    line = job.stdout.readline()
    if not line:
        raise RuntimeError(f"`{job.args!r}` ended with code {job.wait()}")
    return line
