"""A run that is killed, or asked to stop, goes on as if nothing had been."""

import csv
import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

ITERATIONS = 120
RUN = ("--env", "Acrobot-v1", "--method", "itt", "--seed", 4, "--set", f"algorithm.iterations={ITERATIONS}")
EACH = ("--set", "record.checkpoint_seconds=0")
RANKS = [None, pytest.param(3, marks=pytest.mark.mpi)]


def metrics(folder):
    with open(folder / "metrics.csv", newline="") as file:
        return [{name: value for name, value in row.items() if "seconds" not in name} for row in csv.DictReader(file)]


def result(folder):
    return [(folder / name).read_bytes() for name in ("policy.npz", "best.npz")], metrics(folder)


@pytest.fixture(scope="module")
def whole(started, tmp_path_factory):
    """What the run gives when nothing happens to it."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert started("train", *RUN, "--out", folder).code == 0
    return result(folder)


@pytest.fixture
def interrupted(command, tmp_path):
    """Starts or continues the run; something happens to it after its first new checkpoint: (exit code, stderr)."""
    folder = tmp_path / "run"

    def interrupt(happens, ranks=None):
        arguments = command("train", *RUN, *EACH, "--out", folder, ranks=ranks)
        newest = folder / "checkpoint"
        before = newest.stat().st_mtime_ns if newest.exists() else 0
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not (newest.exists() and newest.stat().st_mtime_ns > before):
            time.sleep(0.002)
        happens(process)
        _, said = process.communicate()
        return process.returncode, said

    interrupt.folder = folder
    return interrupt


def descendants(pid):
    """The processes that a process has started, and those that they have: under mpiexec a proxy and the ranks."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [one for child in children for one in descendants(child)]


def has_ended(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def leader(process):
    """The process that leads: rank 0, or the only one."""
    ranks = [pid for pid in descendants(process.pid) if b"\0PMI_RANK=0\0" in Path(f"/proc/{pid}/environ").read_bytes()]
    return ranks[0] if ranks else process.pid


def kill_all(process):
    for pid in [process.pid, *descendants(process.pid)]:
        os.kill(pid, signal.SIGKILL)


def resumed_at(said):
    return int(re.search(r"^itt: resumed at iteration (\d+)$", said, re.MULTILINE)[1])


@pytest.mark.fault
@pytest.mark.parametrize("ranks", RANKS)
def test_a_run_that_is_killed_three_times_ends_as_if_it_had_not_been(started, interrupted, whole, ranks):
    moments = random.Random(ranks)
    at = [0]
    for _ in range(3):
        code, said = interrupted(lambda process: (time.sleep(moments.uniform(0, 0.1)), kill_all(process)), ranks)
        assert code == -signal.SIGKILL, f"it had ended before it could be killed: {said}"
        at.append(resumed_at(said) if len(at) > 1 else 0)
    done = started("train", *RUN, "--out", interrupted.folder, ranks=ranks)
    assert done.code == 0
    assert 0 < at[2] < at[3] < resumed_at(done.err) < ITERATIONS
    assert result(interrupted.folder) == whole


@pytest.mark.fault
@pytest.mark.parametrize(
    ("number", "ranks"), [(signal.SIGTERM, None), pytest.param(signal.SIGUSR1, 3, marks=pytest.mark.mpi)]
)
def test_a_run_that_is_asked_to_stop_saves_and_says_so_and_goes_on(started, interrupted, whole, number, ranks):
    code, said = interrupted(lambda process: process.send_signal(number), ranks)
    assert code == 75, said
    stopped = re.search(rf"^itt: stopped by {number.name} after (\d+) of {ITERATIONS} iterations; ", said, re.MULTILINE)
    assert "Traceback" not in said
    done = started("train", *RUN, "--out", interrupted.folder, ranks=ranks)
    assert done.code == 0
    assert resumed_at(done.err) == int(stopped[1]) > 0
    assert result(interrupted.folder) == whole


@pytest.mark.fault
@pytest.mark.mpi
def test_where_the_launcher_alone_is_killed_its_ranks_end_and_the_run_goes_on(started, interrupted, whole):
    ranks = []

    def kill_the_launcher(process):
        ranks.extend(descendants(process.pid))
        process.kill()

    interrupted(kill_the_launcher, ranks=3)
    assert len(ranks) >= 3
    while not all(map(has_ended, ranks)):
        time.sleep(0.1)
    done = started("train", *RUN, "--out", interrupted.folder, ranks=3)
    assert done.code == 0
    assert 0 < resumed_at(done.err) < ITERATIONS
    assert result(interrupted.folder) == whole


@pytest.mark.fault
@pytest.mark.parametrize("ranks", RANKS)
def test_a_leader_that_is_stopped_saves_when_the_scheduler_wakes_it_to_end_it(started, interrupted, whole, ranks):
    def stop_and_end(process):
        stopped = leader(process)
        os.kill(stopped, signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert not has_ended(stopped)
        os.kill(stopped, signal.SIGCONT)

    code, said = interrupted(stop_and_end, ranks)
    assert code == 75, said
    done = started("train", *RUN, "--out", interrupted.folder, ranks=ranks)
    assert done.code == 0
    assert 0 < resumed_at(done.err) < ITERATIONS
    assert result(interrupted.folder) == whole
