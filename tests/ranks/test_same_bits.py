"""Any number of ranks gives the same bits, also after kills."""

import csv
import os
import signal
import subprocess
import time

import pytest

pytestmark = pytest.mark.mpi
TINY = ("--set", "algorithm.iterations=2", "--set", "algorithm.directions=2", "--set", "candidates.count=40")


def metrics(folder):
    with open(folder / "metrics.csv") as file:
        return [{name: value for name, value in row.items() if "seconds" not in name} for row in csv.DictReader(file)]


def trained(started, folder, *arguments, ranks=None):
    done = started("train", *arguments, "--out", folder, ranks=ranks)
    assert done.code == 0, done.err
    return (folder / "policy.npz").read_bytes(), metrics(folder)


def compared(started, tmp_path, arguments, counts):
    alone = trained(started, tmp_path / "alone", *arguments)
    for ranks in counts:
        assert trained(started, tmp_path / f"on-{ranks}", *arguments, ranks=ranks) == alone


def test_any_rank_count_gives_the_same_policy_and_metrics(started, tmp_path):
    compared(started, tmp_path, ("--env", "Acrobot-v1", "--method", "itt", *TINY), (1, 2, 3, 4))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
@pytest.mark.parametrize("env", ["Swimmer-v2", "Acrobot-v1"])
def test_any_rank_count_gives_the_same_bits_for_each_method(started, tmp_path, env, method):
    compared(started, tmp_path, ("--env", env, "--method", method, *TINY), (1, 2, 3, 4))


@pytest.mark.slow
def test_a_run_whose_directions_need_more_than_one_blas_thread_gives_the_same_bits(started, tmp_path):
    arguments = ("--set", "algorithm.iterations=1", "--set", "candidates.count=40")
    compared(started, tmp_path, ("--env", "HalfCheetah-v2", "--method", "itt", *arguments), (2, 3))


LONG = ("--env", "Acrobot-v1", "--method", "itt", "--set", "algorithm.iterations=40")


def stopped_after_a_checkpoint(command, folder, number, ranks=None):
    """Starts a run, sends a signal to its process group after a checkpoint, and returns (exit code, what it said)."""
    arguments = command("train", *LONG, "--set", "record.checkpoint_seconds=0", "--out", folder, ranks=ranks)
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, start_new_session=True)
    newest = folder / "checkpoint"
    before = newest.stat().st_mtime_ns if newest.exists() else 0
    while process.poll() is None and not (newest.exists() and newest.stat().st_mtime_ns > before):
        time.sleep(0.005)
    (os.killpg if number == signal.SIGKILL else os.kill)(process.pid, number)
    _, said = process.communicate()
    return process.returncode, said


@pytest.mark.parametrize("ranks", [None, 3])
def test_a_run_killed_three_times_ends_with_the_same_bits(started, command, tmp_path, ranks):
    whole = trained(started, tmp_path / "whole", *LONG)
    for _ in range(3):
        stopped_after_a_checkpoint(command, tmp_path / "killed", signal.SIGKILL, ranks)
    done = started("train", *LONG, "--out", tmp_path / "killed", ranks=ranks)
    assert done.code == 0
    assert int(done.err.split("resumed at iteration ")[1].split()[0]) > 0
    assert ((tmp_path / "killed" / "policy.npz").read_bytes(), metrics(tmp_path / "killed")) == whole


@pytest.mark.parametrize(("number", "ranks"), [(signal.SIGTERM, None), (signal.SIGUSR1, None), (signal.SIGTERM, 3)])
def test_a_signal_saves_a_checkpoint_and_exits_with_75(started, command, tmp_path, number, ranks):
    code, said = stopped_after_a_checkpoint(command, tmp_path / "run", number, ranks)
    assert code == 75, said
    assert f"stopped by {number.name}" in said
    done = started("train", *LONG, "--out", tmp_path / "run", ranks=ranks)
    assert done.code == 0
    assert "resumed at iteration" in done.err
