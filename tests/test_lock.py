"""One process at a time, whether the file system has locks or not."""

import errno
import fcntl
import json
import os
import platform
import subprocess
import sys

import pytest

from itt.lock import HeldElsewhere, held

HOLD = """
import sys, time
from pathlib import Path
from itt.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".lock"


@pytest.fixture
def other(path):
    """A process that holds the lock until it is told to go."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"SLURM_JOB_ID": "4711"},
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture(params=[errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def without_locks(request, monkeypatch):
    """A file system like Lustre without -o flock."""

    def flock(file, how):
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", flock)


def test_who_holds_a_lock_is_told(path, other):
    with pytest.raises(HeldElsewhere) as told, held(path):
        pass
    assert str(told.value).startswith(f"host {platform.node()}, process {other.pid}, job 4711, since 2")


def test_a_lock_is_free_when_its_process_is_dead(path, other):
    other.kill()
    other.wait()
    with held(path):
        pass


def test_a_lock_is_free_again_after_use_and_after_an_error(path):
    with pytest.raises(ZeroDivisionError), held(path):
        raise ZeroDivisionError
    with held(path):
        pass


@pytest.mark.parametrize("number", [errno.EWOULDBLOCK, errno.EIO])
def test_only_would_block_means_in_use(path, monkeypatch, number):
    def flock(file, how):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(HeldElsewhere if number == errno.EWOULDBLOCK else OSError), held(path):
        pass


def test_a_link_is_not_followed(path, tmp_path):
    (tmp_path / "precious").write_text("mine")
    path.symlink_to(tmp_path / "precious")
    with pytest.raises(OSError), held(path):
        pass
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_pipe_is_not_waited_for(path):
    os.mkfifo(path)
    with pytest.raises(OSError, match="no plain file"), held(path):
        pass


# Without locks


def owner_file(path, **owner):
    file = path.with_name(".lock.owner")
    file.write_text(
        json.dumps({"host": platform.node(), "process": os.getpid(), "job": None, "since": "today"} | owner)
    )
    return file


def ended():
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_without_locks_an_owner_file_is_there_while_the_lock_is_held(path, without_locks):
    file = path.with_name(".lock.owner")
    with held(path):
        owner = json.loads(file.read_text())
        assert (owner["host"], owner["process"]) == (platform.node(), os.getpid())
    assert not file.exists()


def test_without_locks_a_second_one_is_refused_and_told_how_to_clear(path, without_locks):
    with held(path), pytest.raises(HeldElsewhere) as told, held(path):
        pass
    assert f"process {os.getpid()}, since" in str(told.value)
    assert str(told.value).endswith(f"if that process is no longer alive, remove {path}.owner*")


def test_what_a_dead_process_of_this_machine_left_is_taken_over(path, without_locks):
    file = owner_file(path, process=ended())
    with held(path):
        assert json.loads(file.read_text())["process"] == os.getpid()
    assert list(path.parent.iterdir()) == [path]


def test_what_a_process_of_another_machine_left_is_not(path, without_locks):
    file = owner_file(path, host="elsewhere", process=ended())
    before = file.read_text()
    with pytest.raises(HeldElsewhere, match="host elsewhere, process"), held(path):
        pass
    assert file.read_text() == before


def test_an_owner_file_that_is_not_written_yet_is_an_owner(path, without_locks):
    path.with_name(".lock.owner").touch()
    with pytest.raises(HeldElsewhere), held(path):
        pass


def test_of_several_that_take_over_one_does(path, without_locks):
    owner_file(path, process=ended())
    path.with_name(".lock.owner.next").write_text(json.dumps({"host": "elsewhere", "process": 1}))
    with pytest.raises(HeldElsewhere, match="host elsewhere, process 1"), held(path):
        pass


def test_an_owner_that_was_removed_by_hand_does_not_remove_the_next(path, without_locks):
    with held(path):
        file = owner_file(path, host="elsewhere")
    assert json.loads(file.read_text())["host"] == "elsewhere"
