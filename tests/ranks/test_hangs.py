"""A rank that stops, never comes up or never ends its task does not stop a job for ever; a slow one not for long."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.mpi, pytest.mark.fault]

PROGRAMS = Path(__file__).with_name("programs.py")
HERE = os.uname().nodename


@pytest.fixture(scope="module")
def play(mpiexec):
    """Runs one of programs.py's programs to its end, with its patience in seconds."""

    def run(program, silence, task=3600.0, ranks=3, **environment):
        command = [mpiexec, "-n", str(ranks), sys.executable, str(PROGRAMS), program]
        patience = {"SILENCE": str(silence), "TASK": str(task)}
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | patience | environment)

    return run


def test_a_rank_that_is_stopped_is_named_and_then_ends_the_job(play):
    ended = play("stopped_worker", silence=10.0)
    assert ended.returncode == 75
    silent = rf"^itt: rank {ended.stdout.strip()} \({HERE}\) has given no sign of life for \d+ s"
    assert re.search(rf"{silent}; after 10 s the job ends, to go on later$", ended.stderr, re.MULTILINE)
    assert re.search(rf"{silent}$", ended.stderr, re.MULTILINE)


def test_a_rank_that_is_stopped_when_all_is_done_ends_the_job_too(play):
    ended = play("stopped_at_the_end", silence=10.0)
    assert ended.returncode == 75
    assert re.search(r"has given no sign of life for \d+ s$", ended.stderr, re.MULTILINE)


def test_a_rank_that_is_alive_may_take_longer_than_silence_lasts(play):
    ended = play("long_task", silence=5.0)
    assert ended.returncode == 0
    # On a busy machine a sign of life may be late, but it comes.
    assert ended.stderr.count("has given no sign of life") == ended.stderr.count("is heard again")


def test_a_task_without_end_ends_the_job(play):
    ended = play("endless_task", silence=3600.0, task=5.0)
    assert ended.returncode == 75
    assert re.search(rf"^itt: rank \d \({HERE}\) has been at one task for \d+ s$", ended.stderr, re.MULTILINE)


def test_a_task_without_end_ends_a_single_process(play):
    command = [sys.executable, str(PROGRAMS), "endless_task"]
    ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"TASK": "2"})
    assert (ended.returncode, ended.stderr) == (75, "one task took more than 2 s\n")


@pytest.mark.parametrize("when", ["before MPI", "after MPI"])
def test_a_rank_that_never_comes_up_ends_the_job(play, when):
    ended = play("order", silence=20.0, STOPS=when)
    if when == "before MPI":  # rank 0 sits in MPI's own start, which nothing but its death ends
        assert ended.returncode not in (0, 1, 2)
        assert f"itt: rank 0 ({HERE}) has waited 20 s for a rank that has not come up" in ended.stderr
    else:
        assert ended.returncode == 75
        assert re.search(r"^itt: rank 2 has given no sign of life for \d+ s$", ended.stderr, re.MULTILINE)


def test_a_slow_rank_gets_nothing_that_the_others_would_do_sooner_and_is_named(play):
    ended = play("one_is_slow", silence=3600.0)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["right"]
    assert found["slow_in_a_short_map"] == 0
    assert 0 < found["slow_in_a_long_map"] < 50
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"itt: rank 2 ({HERE}) is slow: ")
    seconds = {one["rank"]: one["seconds"] / one["tasks"] for one in found["by_rank"]}
    assert seconds[2] > 5 * seconds[1] > 0
    assert {one["host"] for one in found["by_rank"]} == {HERE}
