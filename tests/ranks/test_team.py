"""A team does its tasks the same way however many processes it has, and never leaves anyone waiting.

What a test here would do if it could fail is often to hang: the suite would then not end.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).with_name("programs.py")


@pytest.fixture(scope="module")
def play(mpiexec):
    """Runs one of programs.py's programs to its end."""

    def run(program, *arguments, ranks=None):
        launcher = [] if ranks is None else [mpiexec, "-n", str(ranks)]
        command = [*launcher, sys.executable, str(PROGRAMS), program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def found(ended, code=0):
    assert ended.returncode == code, ended.stderr
    return json.loads(ended.stdout)


SQUARES = [[1 + i**2 for i in range(40)], [2 + i**2 for i in range(7)], []]


def test_without_mpiexec_one_process_does_all_and_never_imports_mpi(play):
    alone = found(play("share"))
    assert alone == {"pids": [alone["coordinator"]], "coordinator": alone["coordinator"], "mpi": False}
    assert found(play("order")) == {
        "results": SQUARES,
        "ranks": 1,
        "workers": 1,
        "hosts": [os.uname().nodename],
        "library": None,
    }


@pytest.mark.parametrize("ranks", [None, pytest.param(2, marks=pytest.mark.mpi)])
def test_each_process_computes_with_one_thread_whatever_was_imported_before_and_the_user_allows(
    play, monkeypatch, ranks
):
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(variable, "2")
    threads = found(play("threads", ranks=ranks))["threads"]
    assert {number for libraries in threads for number in libraries} == {1}


@pytest.mark.mpi
def test_one_rank_under_mpiexec_is_as_no_mpi(play):
    alone = found(play("share", ranks=1))
    assert (alone["pids"], alone["mpi"]) == ([alone["coordinator"]], False)


@pytest.mark.mpi
@pytest.mark.parametrize("ranks", [2, 4])
def test_results_are_in_the_order_of_the_items(play, ranks):
    team = found(play("order", ranks=ranks))
    assert team["results"] == SQUARES
    assert (team["ranks"], team["workers"]) == (ranks, ranks - 1)
    assert team["hosts"] == [os.uname().nodename] * ranks
    assert "\n" not in team["library"]


@pytest.mark.mpi
def test_all_workers_work_and_the_coordinator_does_not(play):
    team = found(play("share", ranks=4))
    assert len(team["pids"]) == 3
    assert team["coordinator"] not in team["pids"]


@pytest.mark.mpi
def test_a_task_that_fails_ends_the_job_with_its_ranks_message(play):
    ended = play("failure", ranks=3)
    assert ended.returncode == 1
    assert "rank 1 (" in ended.stderr or "rank 2 (" in ended.stderr
    assert "in fail_at_three" in ended.stderr
    assert "ValueError: item 3 cannot be played" in ended.stderr


@pytest.mark.fault
@pytest.mark.mpi
def test_a_task_that_fails_does_not_wait_for_the_tasks_of_others(play):
    ended = play("failure_beside_long_tasks", ranks=3)  # the others take an hour
    assert ended.returncode == 1
    assert "ValueError: item 0 cannot be played" in ended.stderr


def test_a_task_that_fails_in_one_process_fails_as_any_function_does(play):
    ended = play("failure")
    assert ended.returncode == 1
    assert ended.stderr.endswith("ValueError: item 3 cannot be played\n")


@pytest.mark.fault
@pytest.mark.mpi
@pytest.mark.parametrize("program", ["exit_of_a_worker", "death_of_a_worker", "death_of_the_leader"])
def test_a_rank_that_ends_ends_the_job(play, program):
    assert play(program, ranks=3).returncode not in (0, 2, 75)


@pytest.mark.mpi
def test_a_fault_of_rank_0_ends_the_job(play):
    ended = play("fault_of_the_leader", ranks=3)
    assert ended.returncode == 1
    assert "ZeroDivisionError: rank 0 has a fault" in ended.stderr


@pytest.mark.mpi
def test_a_users_mistake_on_rank_0_keeps_its_exit_code(play):
    ended = play("mistake", ranks=3)
    assert (ended.returncode, ended.stderr) == (2, "sigma is negative\n")


@pytest.mark.mpi
def test_items_and_results_of_many_megabytes_pass(play):
    assert found(play("large", ranks=3)) == {"right": True}


@pytest.mark.mpi
def test_after_a_signal_the_team_can_still_be_used(play):
    squares = [1 + i**2 for i in range(10)]
    for ranks in (None, 3):
        ended = found(play("stop", ranks=ranks), code=75)
        assert ended == {"stopped": "stopped by SIGTERM", "results": [squares, squares]}


@pytest.mark.mpi
def test_a_signal_while_megabytes_are_under_way_ends_the_job(play):
    ended = play("stop_and_leave", ranks=3)
    assert (ended.returncode, ended.stderr) == (75, "stopped by SIGTERM\n")
