"""One process at a time, on file systems with and without locks.

    with held(folder / ".lock") as hold:
        ...
        hold.check()

`flock` decides where it is served, and leaves nothing to clear up after a crash. Some network file systems (Lustre as
it is often mounted) do not serve it. There a second file, `.lock.owner`, is the lock: it is created exclusively, says
with every beat that its owner lives, and is removed at the end. A newcomer takes over what a dead process left: one of
this machine, one of this batch job from before it was requeued or, if it waits, one that has not beaten for a while by
the newcomer's own clock.

Either file says who holds it: host, process, job and since when.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import fcntl
import json
import os
import platform
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_IN_USE = (errno.EWOULDBLOCK, errno.EAGAIN)
_NOT_SERVED = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)
_JOBS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID")
"""Where batch systems tell a process the name of its job."""
_LOOK = 1.0
"""Seconds between two looks of one who waits."""
_BEAT, _STILL = 15.0, 300.0
"""Seconds between two beats of an owner, and without one after which it is taken for dead."""


class HeldElsewhere(Exception):
    """Another process holds it; the message says who, as far as is known, and how to clear what a crash left."""


class NoLongerHeld(Exception):
    """The lock file is gone, or another's: its folder was removed, or this process was taken for dead."""


class Hold:
    """A lock that is held; `check` is to be called before anything is written that it protects."""

    def __init__(self, check: Callable[[], bool]) -> None:
        """`check` tells whether it still is."""
        self._check = check

    def check(self) -> None:
        """That it still is held.

        Raises:
            NoLongerHeld: It is not.
        """
        if not self._check():
            raise NoLongerHeld


@contextlib.contextmanager
def held(
    path: Path, pause: Callable[[float], None] | None = None, tell: Callable[[str], None] = lambda line: None
) -> Iterator[Hold]:
    """Holds the lock file `path`, which is made if it is not there.

    Args:
        path: The file.
        pause: What one who waits does for so many seconds; without it nobody waits.
        tell: Told once who is waited for.

    Raises:
        HeldElsewhere: Another process has it, and this one does not wait.
        OSError: The file cannot be made, or is no plain file.
    """
    still, told = _Stillness(), False
    with contextlib.ExitStack() as stack:
        while True:
            try:
                hold = stack.enter_context(_held_now(path, still))
                break
            except HeldElsewhere as holder:
                if pause is None:
                    raise
                if not told:
                    told = True
                    tell(str(holder))
            pause(_LOOK)
        yield hold


@contextlib.contextmanager
def _held_now(path: Path, still: _Stillness) -> Iterator[Hold]:
    # Neither through a link, which may lead to a file that matters, nor by waiting for a pipe's other end.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "is no plain file", str(path))
        if not _locked(file, path):
            with _owned(path.with_name(path.name + ".owner"), still) as hold:
                yield hold
            return
        hold = Hold(lambda: _is_same(path, file))
        if not _is_same(path, file):
            raise HeldElsewhere  # it was removed while this process opened it
        try:
            os.ftruncate(file, 0)
            os.pwrite(file, _written(_this_process(), 0), 0)
            yield hold
        finally:
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def _is_same(path: Path, file: int) -> bool:
    """Whether a name is still that of an open file."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(file))
    except OSError:
        return False


def _locked(file: int, path: Path) -> bool:
    """Locks the open file; False where the file system has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _IN_USE:
            raise HeldElsewhere(_told(_owner(path))) from None
        if error.errno not in _NOT_SERVED:
            raise
        return False
    return True


Owner = dict[str, object]
"""What an owner says of itself; empty where it has not come to that yet."""


class _Stillness:
    """For how long owner files have not changed, by a clock that counts only the time in which this process looks."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[Owner, float]] = {}
        self._clock, self._looked = 0.0, time.monotonic()

    def of(self, path: Path, owner: Owner) -> float:
        """Seconds in which `path` has said nothing but this."""
        now = time.monotonic()
        self._clock += min(now - self._looked, 2.0 * _LOOK)
        self._looked = now
        if path not in self._seen or self._seen[path][0] != owner:
            self._seen[path] = owner, self._clock
        return self._clock - self._seen[path][1]


@contextlib.contextmanager
def _owned(path: Path, still: _Stillness) -> Iterator[Hold]:
    """Holds an owner file, which is there as long as it is held."""
    mine = _this_process()
    try:
        file = _create(path, mine)
    except FileExistsError:
        file = _take_over(path, mine, still)
    over = threading.Event()
    beats = threading.Thread(target=_beat, args=(file, mine, over), daemon=True)
    beats.start()
    try:
        yield Hold(lambda: _is_of(path, mine))
    finally:
        over.set()
        beats.join()
        os.close(file)
        if _is_of(path, mine):  # else someone removed it, and another process may hold it now
            path.unlink()


def _beat(file: int, mine: Owner, over: threading.Event) -> None:
    """Says again and again that the owner lives, in the open file: if the name is another's by now, nobody hears it."""
    number = 0
    while not over.wait(_BEAT):
        number += 1
        with contextlib.suppress(OSError):  # of a full disk, say: then it is taken for dead, which `check` finds out
            os.pwrite(file, _written(mine, number), 0)
            os.fsync(file)


def _take_over(path: Path, mine: Owner, still: _Stillness) -> int:
    """Replaces the owner file of a dead process. Of several newcomers one can create the next file, and replaces."""
    there, following = _owner(path), path.with_name(path.name + ".next")
    clear = f"; if that process is no longer alive, remove {path}*"
    if not _is_gone(path, there, still):
        raise HeldElsewhere(_told(there) + clear)
    try:
        file = _create(following, mine)
    except FileExistsError:
        other = _owner(following)
        if _is_gone(following, other, still):
            following.unlink(missing_ok=True)
        raise HeldElsewhere(_told(other) + clear) from None
    try:
        if _owner(path) != there:
            following.unlink()
        else:
            os.replace(following, path)
    except FileNotFoundError:
        pass  # another newcomer took this one for dead
    if not _is_of(path, mine):
        os.close(file)
        raise HeldElsewhere(_told(_owner(path)) + clear)
    return file


def _is_gone(path: Path, owner: Owner, still: _Stillness) -> bool:
    """Whether the owner was a process of this machine that is no more, or of this job before it was requeued, or has
    not been heard of for long enough."""
    return _dead(owner) or _requeued(owner) or still.of(path, owner) > _STILL


def _create(path: Path, mine: Owner) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    os.pwrite(file, _written(mine, 0), 0)
    os.fsync(file)
    return file


def _is_of(path: Path, mine: Owner) -> bool:
    return {key: value for key, value in _owner(path).items() if key != "beat"} == mine


def _owner(path: Path) -> Owner:
    try:
        owner = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return owner if isinstance(owner, dict) else {}


def _written(owner: Owner, beat: int) -> bytes:
    """Always of one length: whoever reads while a beat is written still reads JSON."""
    return json.dumps(owner | {"beat": f"{beat:012}"}).encode() + b"\n"


def batch_job() -> str | None:
    """The batch system's name of the job that this process is in, if it is in one."""
    return next((os.environ[name] for name in _JOBS if name in os.environ), None)


def _this_process() -> Owner:
    since = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
    owner = {"host": platform.node(), "process": os.getpid(), "job": batch_job(), "since": since}
    return owner | {"requeued": os.environ.get("SLURM_RESTART_COUNT")}


def _told(owner: Owner) -> str:
    """`host a, process 12, job 34, since 2026-01-01T00:00:00+00:00`, as far as it is known."""
    return ", ".join(f"{key} {value}" for key, value in owner.items() if value is not None and key != "beat")


def _dead(owner: Owner) -> bool:
    """Whether the owner was a process of this machine that is no more."""
    process = owner.get("process")
    if owner.get("host") != platform.node() or not isinstance(process, int):
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _requeued(owner: Owner) -> bool:
    """Whether the owner was in this job before it was requeued, which ended it, on whatever machine."""
    mine = _this_process()
    same = mine["job"] is not None and owner.get("job") == mine["job"]
    return same and mine["requeued"] is not None and owner.get("requeued") != mine["requeued"]
