"""How far runs are, told from their records alone."""

import json
import os
import platform
import shutil
import subprocess
import time

import pytest

from itt import status
from itt.record.run_folder import run_yaml
from itt.resolve import resolve
from itt.study import single

FEW = ["algorithm.iterations=6", "algorithm.directions=1", "record.checkpoint_seconds=0"]
RUN = resolve(single("CartPole-v1", "explicit", overrides=FEW))
NAME = "CartPole-v1/explicit/vanilla/seed0"


@pytest.fixture
def stopped(train, tmp_path):
    """The folder of a run that was stopped after four of six iterations."""
    train(RUN, "seed0", stop_after=4)
    return tmp_path / "seed0"


def look(folder, **about):
    return status.look(NAME, folder, **about)


def owned(folder, host, process):
    (folder / ".lock").write_text(json.dumps({"host": host, "process": process, "job": "77", "since": "x"}))


def test_a_run_that_has_not_begun_waits(tmp_path):
    one = look(tmp_path / "absent", iterations=6)
    assert (one.state, one.iteration, one.iterations, one.score) == ("waiting", 0, 6, None)


def test_a_stopped_run_waits_with_what_it_has(stopped):
    one = look(stopped)
    assert (one.state, one.iteration, one.iterations) == ("waiting", 4, 6)
    assert one.score is not None and one.steps_per_s > 0
    assert one.seconds_left is None
    assert one.checkpoint_seconds is not None


def test_a_finished_run_is_done(train, tmp_path):
    train(RUN, "seed0")
    one = look(tmp_path / "seed0")
    assert (one.state, one.iteration) == ("done", 6)


@pytest.mark.parametrize("damage", ["deleted", "emptied", "garbage"])
def test_where_a_workflow_has_deleted_its_outputs_the_checkpoint_tells(stopped, damage):
    whole = look(stopped)
    for name in ("run.yaml", "metrics.csv", "provenance.json"):
        (stopped / name).unlink()
    if damage != "deleted":
        (stopped / "metrics.csv").write_bytes(b"" if damage == "emptied" else b"\xff\x00,1\n")
    one = look(stopped, iterations=6)
    assert (one.state, one.iteration, one.score) == ("waiting", 4, whole.score)


def test_a_row_that_is_being_written_is_not_counted(stopped):
    with open(stopped / "metrics.csv", "a") as file:
        file.write("4,17")
    assert look(stopped).iteration == 4


def test_a_run_whose_writer_lives_is_running(stopped):
    owned(stopped, platform.node(), os.getpid())
    one = look(stopped)
    assert (one.state, one.job) == ("running", "77")
    assert one.seconds_left >= 0


def test_a_run_whose_writer_died_here_waits_and_says_so(stopped):
    dead = subprocess.Popen(["true"])
    dead.wait()
    owned(stopped, platform.node(), dead.pid)
    one = look(stopped)
    assert one.state == "waiting"
    assert f"process {dead.pid}" in one.note


def test_a_run_of_another_machine_is_running_until_nothing_is_heard_for_long(stopped):
    owned(stopped, "elsewhere", 1)
    assert look(stopped).state == "running"
    long_ago = time.time() - 7200
    for name in (".lock", "metrics.csv", "checkpoint"):
        os.utime(stopped / name, (long_ago, long_ago))
    one = look(stopped)
    assert one.state == "waiting"
    assert one.note == "silent since 120 min: elsewhere, process 1"


@pytest.mark.parametrize(
    ("log", "state", "note"),
    [
        ("itt: error: no such env\nlogged: exit code 2\n", "failed", "no such env"),
        ("Traceback\nlogged: exit code 1\n", "failed", "exit code 1: see"),
        ("itt: stopped by SIGTERM\nlogged: exit code 75\n", "waiting", ""),
        ("slurmstepd: error: CANCELLED\nlogged: exit code 137\n", "waiting", "killed (exit code 137)"),
        ("logged: exit code 2\nlogged: 2026-11-25T18:00:00Z, vm: itt train\n", "waiting", ""),
    ],
    ids=["a mistake", "a fault", "stopped", "killed", "started again"],
)
def test_a_run_has_failed_if_its_log_ends_so(stopped, tmp_path, log, state, note):
    (tmp_path / "train.log").write_text(log)
    one = look(stopped, log=tmp_path / "train.log")
    assert one.state == state
    assert one.note.startswith(note)


@pytest.fixture
def study(stopped, tmp_path):
    """Results with that run, one that is done, and one that has not begun, as the workflow lists them."""
    results = tmp_path / "results"
    for seed in (0, 1):
        shutil.copytree(stopped, results / f"runs/CartPole-v1/explicit/vanilla/seed{seed}")
    for name in ("policy.npz", "best.npz"):
        (results / "runs/CartPole-v1/explicit/vanilla/seed1" / name).touch()
    rows = "".join(
        f"runs/CartPole-v1/explicit/vanilla/seed{seed},a,CartPole-v1,explicit,vanilla,{seed},h,6,\n"
        for seed in range(3)
    )
    header = "folder,study,env,method,variant,seed,hash,iterations,left_out\n"
    (results / "inventory.csv").write_text(f"{header}{rows}# 1\n")
    return results


def test_a_study_shows_runs_in_between_and_counts_the_others(itt, study):
    shown = itt("status", study).out
    assert "CartPole-v1/explicit/vanilla/seed0" in shown
    assert "seed1" not in shown and "seed2" not in shown
    assert "3 runs: 1 done, 2 waiting; 8 of 16 iterations" in shown


def test_all_shows_every_run(itt, study):
    shown = itt("status", study, "--all").out
    assert all(f"seed{seed}" in shown for seed in range(3))


def test_json_has_every_run(itt, study):
    told = json.loads(itt("status", study, "--json").out)
    assert [one["iteration"] for one in told] == [4, 4, 0]


def test_without_an_inventory_runs_are_found_on_disk(itt, study):
    (study / "inventory.csv").unlink()
    assert [one["iterations"] for one in json.loads(itt("status", study, "--json").out)] == [6, 6]


def test_a_folder_without_runs_is_one_line(itt, tmp_path):
    refused = itt("status", tmp_path)
    assert refused.code == 2
    assert "no run found" in refused.err


def test_a_run_of_any_algorithm_tells_how_long_it_is(tmp_path):
    for seed in (0, 1):
        run = single("Pendulum-v1", "sac", seed=seed, overrides=["algorithm.steps=20000"])
        folder = tmp_path / f"seed{seed}"
        folder.mkdir()
        (folder / "run.yaml").write_bytes(run_yaml(run))
        assert look(folder).iterations == run.length == 21


@pytest.mark.parametrize("row", ["1,nan,200,2.0", "1,inf,200,2.0", "1,,200,", "1,2.0,,2.0", ",2.0,200,2.0"])
def test_json_is_json_whatever_a_row_lacks(itt, tmp_path, row):
    (tmp_path / "run.yaml").touch()
    (tmp_path / "metrics.csv").write_text(f"step,return,env_steps,seconds\n0,nan,100,1.0\n{row}\n")
    owned(tmp_path, platform.node(), os.getpid())

    def refuse(constant):
        raise AssertionError(constant)

    [one] = json.loads(itt("status", tmp_path, "--json").out, parse_constant=refuse)
    assert one["state"] == "running"


def test_the_last_score_is_the_newest_that_there_is(tmp_path):
    rows = ["step,return,env_steps,seconds", "0,-5.0,0,1.0", "1,7.5,1000,2.0", "2,,2000,3.0", ""]
    (tmp_path / "metrics.csv").write_text("\n".join(rows))
    found = status.look("one", tmp_path, 10)
    assert (found.iteration, found.score) == (3, 7.5)
