"""One process at a time, on file systems with and without locks.

    with held(folder / ".lock"):
        ...

`flock` decides where it is served, and leaves nothing to clear up after a crash. Some network file systems (Lustre as
it is often mounted) do not serve it. There a second file, `.lock.owner`, is the lock: it is created exclusively and
removed at the end. One that a dead process of this machine left behind is taken over; one from another machine is not,
since nothing here can tell whether that process lives.

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
from collections.abc import Iterator
from pathlib import Path

_IN_USE = (errno.EWOULDBLOCK, errno.EAGAIN)
_NOT_SERVED = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)
_JOBS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID")
"""Where batch systems tell a process the name of its job."""


class HeldElsewhere(Exception):
    """Another process holds it; the message says who, as far as is known, and how to clear what a crash left."""


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Holds the lock file `path`, which is made if it is not there.

    Raises:
        HeldElsewhere: Another process has it.
        OSError: The file cannot be made, or is no plain file.
    """
    # Neither through a link, which may lead to a file that matters, nor by waiting for a pipe's other end.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "is no plain file", str(path))
        if not _locked(file, path):
            with _owned(path.with_name(path.name + ".owner")):
                yield
            return
        try:
            os.ftruncate(file, 0)
            os.pwrite(file, _this_process(), 0)
            yield
        finally:
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def _locked(file: int, path: Path) -> bool:
    """Locks the open file; False where the file system has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _IN_USE:
            raise HeldElsewhere(_told(_read(path))) from None
        if error.errno not in _NOT_SERVED:
            raise
        return False
    return True


@contextlib.contextmanager
def _owned(path: Path) -> Iterator[None]:
    """Holds an owner file, which is there as long as it is held."""
    mine = _this_process()
    try:
        _create(path, mine)
    except FileExistsError:
        _take_over(path, mine)
    try:
        yield
    finally:
        if _read(path) == mine:  # else someone removed it by hand, and another process may hold it now
            path.unlink()


def _take_over(path: Path, mine: bytes) -> None:
    """Replaces the owner file of a dead process. Of several newcomers one can create the next file, and replaces."""
    there, following = _read(path), path.with_name(path.name + ".next")
    clear = f"; if that process is no longer alive, remove {path}*"
    if not _dead(there):
        raise HeldElsewhere(_told(there) + clear)
    try:
        _create(following, mine)
    except FileExistsError:
        raise HeldElsewhere(_told(_read(following)) + clear) from None
    if _read(path) != there:
        following.unlink()
        raise HeldElsewhere(_told(_read(path)) + clear)
    os.replace(following, path)


def _create(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def batch_job() -> str | None:
    """The batch system's name of the job that this process is in, if it is in one."""
    return next((os.environ[name] for name in _JOBS if name in os.environ), None)


def _this_process() -> bytes:
    since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    owner = {"host": platform.node(), "process": os.getpid(), "job": batch_job(), "since": since}
    return json.dumps(owner).encode() + b"\n"


def _owner(content: bytes) -> dict[str, object]:
    """What an owner wrote about itself; nothing where it has not come to that yet."""
    try:
        owner = json.loads(content)
    except ValueError:
        return {}
    return owner if isinstance(owner, dict) else {}


def _told(content: bytes) -> str:
    """`host a, process 12, job 34, since 2026-01-01T00:00:00+00:00`, as far as it is known."""
    return ", ".join(f"{key} {value}" for key, value in _owner(content).items() if value is not None)


def _dead(content: bytes) -> bool:
    """Whether the owner was a process of this machine that is no more."""
    owner = _owner(content)
    process = owner.get("process")
    if owner.get("host") != platform.node() or not isinstance(process, int):
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
