"""A run that is killed, or asked to stop, goes on as if nothing had been."""

import csv
import os
import random
import re
import signal
import subprocess
import time

import pytest

ITERATIONS = 150
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
    """Starts or continues the run; sends a signal some time after its first new checkpoint: (exit code, stderr)."""
    folder = tmp_path / "run"

    def interrupt(number, delay=0.0, ranks=None):
        arguments = command("train", *RUN, *EACH, "--out", folder, ranks=ranks)
        newest = folder / "checkpoint"
        before = newest.stat().st_mtime_ns if newest.exists() else 0
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, start_new_session=True)
        while process.poll() is None and not (newest.exists() and newest.stat().st_mtime_ns > before):
            time.sleep(0.002)
        time.sleep(delay)
        # A kill hits all processes of the job at once; a request goes to the one that the user or the system started.
        (os.killpg if number == signal.SIGKILL else os.kill)(process.pid, number)
        _, said = process.communicate()
        return process.returncode, said

    interrupt.folder = folder
    return interrupt


def resumed_at(said):
    return int(re.search(r"^itt: resumed at iteration (\d+)$", said, re.MULTILINE)[1])


@pytest.mark.fault
@pytest.mark.parametrize("ranks", RANKS)
def test_a_run_that_is_killed_three_times_ends_as_if_it_had_not_been(started, interrupted, whole, ranks):
    moments = random.Random(ranks)
    at = [0]
    for _ in range(3):
        code, said = interrupted(signal.SIGKILL, moments.uniform(0, 0.1), ranks)
        assert code == -signal.SIGKILL, f"it had ended before it could be killed: {said}"
        at.append(resumed_at(said) if len(at) > 1 else 0)
    done = started("train", *RUN, "--out", interrupted.folder, ranks=ranks)
    assert done.code == 0
    assert 0 < at[2] < at[3] < resumed_at(done.err) < ITERATIONS
    assert result(interrupted.folder) == whole


@pytest.mark.fault
@pytest.mark.parametrize("ranks", RANKS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_a_run_that_is_asked_to_stop_saves_and_says_so_and_goes_on(started, interrupted, whole, number, ranks):
    code, said = interrupted(number, ranks=ranks)
    assert code == 75, said
    stopped = re.search(rf"^itt: stopped by {number.name} after (\d+) of {ITERATIONS} iterations; ", said, re.MULTILINE)
    assert "Traceback" not in said
    done = started("train", *RUN, "--out", interrupted.folder, ranks=ranks)
    assert done.code == 0
    assert resumed_at(done.err) == int(stopped[1]) > 0
    assert result(interrupted.folder) == whole
