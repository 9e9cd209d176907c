"""One process at a time, whether the file system has locks or not."""

import errno
import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys

import pytest

from itt import lock
from itt.lock import HeldElsewhere, NoLongerHeld, held

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


@pytest.mark.fault
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


@pytest.mark.fault
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


# One that waits


@pytest.mark.fault
def test_one_that_waits_is_told_once_who_holds_it_and_gets_it_when_it_is_free(path, other):
    told, pauses = [], []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            other.kill()
            other.wait()

    with held(path, pause, told.append):
        assert len(pauses) == 3
    (line,) = told
    assert line.startswith(f"host {platform.node()}, process {other.pid}, job 4711, since 2")


@pytest.mark.fault
def test_what_one_that_waits_raises_ends_its_wait(path, other):
    def stopped(seconds):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), held(path, stopped):
        pass


@pytest.fixture
def clock(monkeypatch):
    """A clock that a pause sets forward."""
    now = [1000.0]
    monkeypatch.setattr(lock.time, "monotonic", lambda: now[0])

    def pause(seconds):
        now[0] += seconds

    pause.now = now
    return pause


@pytest.mark.fault
def test_an_owner_on_another_machine_that_does_not_beat_is_taken_over_by_the_newcomers_clock(
    path, without_locks, clock
):
    owner_file(path, host="elsewhere", since="2099-01-01T00:00:00+00:00")
    with held(path, clock):
        waited = clock.now[0] - 1000.0
        assert lock._STILL < waited <= lock._STILL + 2 * lock._LOOK


@pytest.mark.fault
def test_an_owner_that_beats_is_waited_for(path, without_locks, clock):
    owner_file(path, host="elsewhere")
    beats = iter(range(1000))

    def pause(seconds):
        clock(seconds)
        if (beat := next(beats)) < 900:
            owner_file(path, host="elsewhere", beat=beat)
        else:
            path.with_name(".lock.owner").unlink(missing_ok=True)

    with held(path, pause):
        assert clock.now[0] - 1000.0 > 2 * lock._STILL


@pytest.mark.fault
def test_a_newcomer_that_was_suspended_has_not_seen_that_an_owner_is_still(path, without_locks, clock):
    owner_file(path, host="elsewhere")
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        clock(3600.0)

    with held(path, pause):
        assert len(pauses) > 100


@pytest.mark.fault
def test_an_owner_says_again_and_again_that_it_lives(path, without_locks, monkeypatch):
    monkeypatch.setattr(lock, "_BEAT", 0.01)
    with held(path) as hold:
        file = path.with_name(".lock.owner")
        while json.loads(file.read_text())["beat"] < "000000000003":
            pass
        hold.check()


@pytest.mark.fault
def test_what_this_job_left_before_it_was_requeued_is_taken_over(path, without_locks, monkeypatch):
    owner_file(path, host="elsewhere", job="4711", requeued=None)
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    with pytest.raises(HeldElsewhere), held(path):
        pass  # another step of the same job, perhaps
    monkeypatch.setenv("SLURM_RESTART_COUNT", "1")
    with held(path):
        pass


@pytest.mark.fault
def test_what_a_newcomer_left_that_died_as_it_took_over_is_cleared(path, without_locks):
    owner_file(path, process=ended())
    path.with_name(".lock.owner.next").write_text(json.dumps({"host": platform.node(), "process": ended()}))
    with held(path, lambda seconds: None):
        pass
    assert list(path.parent.iterdir()) == [path]


# One that was taken for dead


@pytest.mark.fault
@pytest.mark.parametrize("locks", [True, False])
def test_who_holds_a_lock_finds_out_that_its_folder_is_gone_or_anothers(tmp_path, request, locks):
    if not locks:
        request.getfixturevalue("monkeypatch").setattr(fcntl, "flock", not_served)
    folder = tmp_path / "run"
    folder.mkdir()
    with held(folder / ".lock") as hold:
        hold.check()
        shutil.rmtree(folder)
        with pytest.raises(NoLongerHeld):
            hold.check()
        folder.mkdir()
        with held(folder / ".lock") as other:
            other.check()
            with pytest.raises(NoLongerHeld):
                hold.check()


def not_served(file, how):
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
