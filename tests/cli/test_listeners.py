"""Nobody has to listen: a closed pipe, a closed terminal or a full log ends no command."""

import os
import pty
import signal
import subprocess
import time

import pytest

RUN = ("train", "--env", "CartPole-v1", "--method", "itt", "--set", "algorithm.iterations=3")


@pytest.fixture
def trained(tmp_path):
    """Whether the run is finished."""
    return lambda: (tmp_path / "run" / "policy.npz").exists()


def closed_pipe():
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.fault
@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_a_training_outlives_its_listener(command, tmp_path, trained, closed):
    pipe = closed_pipe()
    streams = {name: pipe if closed in (name, "both") else subprocess.PIPE for name in ("stdout", "stderr")}
    process = subprocess.Popen(command(*RUN, "--out", tmp_path / "run"), text=True, **streams)
    os.close(pipe)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "Traceback" not in f"{out}{err}"
    assert trained()


def test_a_training_without_any_stream_keeps_its_files_whole(command, tmp_path, trained):
    """A number below 3 that is free goes to the next file that is opened, and then errors are written there."""
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    assert subprocess.run([*closed, *command(*RUN, "--out", tmp_path / "run")], check=False).returncode == 0
    assert trained()
    assert len((tmp_path / "run" / "metrics.csv").read_text().splitlines()) == 1 + 3


@pytest.mark.fault
def test_a_log_without_room_ends_no_training(command, tmp_path, trained):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command(*RUN, "--out", tmp_path / "run"), stderr=full, check=False)
    assert ended.returncode == 0
    assert trained()


@pytest.mark.parametrize("asked", [("schema",), ("envs",), ("--help",)])
def test_other_commands_end_quietly_when_nobody_reads(command, asked):
    pipe = closed_pipe()
    ended = subprocess.run(command(*asked), stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    os.close(pipe)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_results_that_find_no_room_are_an_error(command):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command("schema"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "itt: error: <stdout>: No space left on device\n")


LONG = (*RUN[:-1], "algorithm.iterations=60")


def began(folder, ended):
    while not (folder / "metrics.csv").exists():
        assert not ended(), "it ended before it began"
        time.sleep(0.01)


@pytest.mark.fault
def test_a_hang_up_does_not_end_a_training(command, tmp_path, trained):
    process = subprocess.Popen(command(*LONG, "--out", tmp_path / "run"), stderr=subprocess.DEVNULL)
    began(tmp_path / "run", lambda: process.poll() is not None)
    process.send_signal(signal.SIGHUP)
    assert process.wait() == 0
    assert trained()


def test_a_terminal_that_is_closed_does_not_end_a_training(command, tmp_path, trained):
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("env", ["env", "TERM=xterm", *command(*LONG, "--out", tmp_path / "run")])
    began(tmp_path / "run", lambda: os.waitpid(child, os.WNOHANG) != (0, 0))
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert trained()
