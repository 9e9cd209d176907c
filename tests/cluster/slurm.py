"""A Slurm of its own on this machine: munged, slurmctld, and two slurmd that are two nodes with three CPUs each.

Both nodes are this host, on two addresses of the loopback. There is neither accounting nor cgroups; whoever runs the
tests is Slurm's user. A job in the partition `urgent` preempts those in `cpu`, which are then queued again.
"""

from __future__ import annotations

import getpass
import os
import platform
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel")
"""apt-get install slurmctld slurmd slurm-client munge"""

CONFIGURATION = """\
ClusterName=itt
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,bf_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
ReturnToService=2
MinJobAge=300
KillWait=5
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdParameters=config_overrides
NodeName=a NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=3 RealMemory=8000 State=UNKNOWN
NodeName=b NodeHostname={host} NodeAddr=127.0.0.2 Port={ports[2]} CPUs=3 RealMemory=8000 State=UNKNOWN
PartitionName=cpu Nodes=a,b Default=YES MaxTime=1440 State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=urgent Nodes=a,b MaxTime=1440 State=UP PriorityTier=10 PreemptMode=OFF
"""


def missing() -> list[str]:
    """The commands of Slurm and MUNGE that this machine lacks; the daemons may be where only root looks."""
    return [name for name in NEEDED if shutil.which(name, path=_path()) is None]


def _path() -> str:
    return os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])


class Refused(Exception):
    """A command of Slurm's or MUNGE's failed; the message is its own."""


class Slurm:
    """The running cluster; its commands find it by SLURM_CONF alone, as on a site without /etc/slurm."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The tests may themselves be a job of another Slurm.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "SBATCH"))}
        self.environment = inherited | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": _path()}

    def ask(self, *command: str) -> str:
        """What one of Slurm's commands prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise Refused(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
        return done.stdout.strip()

    def jobs(self, state: str = "", reason: str = "") -> list[str]:
        """The ids of the jobs that are not over or, if given, are in that state and wait for that reason."""
        states = [f"--states={state}"] if state else []
        lines = self.ask("squeue", "--noheader", *states, "--format=%i %r").splitlines()
        return [job for job, why in (line.split(maxsplit=1) for line in lines) if why == (reason or why)]

    def told(self) -> str:
        """The last lines of all that its daemons and jobs have said."""
        logs = [*self.folder.glob("*.log"), *self.folder.glob("work/**/*.log")]
        return "\n".join(f"== {log}\n{_last_lines(log)}" for log in sorted(logs))


@contextmanager
def started() -> Iterator[Slurm]:
    """A cluster, until the end of the block; then nothing of it is left."""
    # MUNGE wants a socket that all can reach, which pytest's own folders are not.
    folder = Path(tempfile.mkdtemp(prefix="itt-slurm-"))
    folder.chmod(0o755)
    slurm = Slurm(folder)
    try:
        _configure(folder)
        _start_munge(slurm)
        for daemon in (("slurmctld", "-c"), ("slurmd", "-N", "a"), ("slurmd", "-N", "b")):
            slurm.ask(*daemon)
        until(lambda: slurm.ask("sinfo", "--noheader", "--partition=cpu", "--states=idle", "--format=%D") == "2")
        yield slurm
    finally:
        _end(slurm)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path) -> None:
    for name in ("munge", "state", "spool-a", "spool-b"):
        (folder / name).mkdir()
    (folder / "munge").chmod(0o711)
    (folder / "munge" / "key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge" / "key").chmod(0o600)
    host, user = platform.node().partition(".")[0], getpass.getuser()
    (folder / "slurm.conf").write_text(CONFIGURATION.format(folder=folder, host=host, user=user, ports=_free_ports(3)))


def _start_munge(slurm: Slurm) -> None:
    files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    slurm.ask("munged", *(f"--{option}={slurm.folder}/munge/{name}" for option, name in files.items()))


def _free_ports(number: int) -> list[int]:
    """Ports that nobody listens at, below those that the kernel gives to whoever connects to somewhere."""
    found: list[int] = []
    with ExitStack() as held:
        for port in random.sample(range(10_000, 32_000), 1000):
            probe = held.enter_context(socket.socket())
            with suppress(OSError):
                probe.bind(("", port))
                found.append(port)
            if len(found) == number:
                break
    return found


def _end(slurm: Slurm) -> None:
    """Ends all jobs and daemons, by force those that do not go."""
    with suppress(Refused, AssertionError):
        for job in slurm.jobs("SUSPENDED"):
            slurm.ask("scontrol", "resume", job)
        slurm.ask("scancel", f"--user={getpass.getuser()}")
        until(lambda: not slurm.jobs(), seconds=60)
    files = [slurm.folder / name for name in ("slurmd-a.pid", "slurmd-b.pid", "slurmctld.pid", "munge/pid")]
    daemons = [int(file.read_text()) for file in files if file.exists()]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for daemon in daemons:
            with suppress(ProcessLookupError):
                os.kill(daemon, number)
        with suppress(AssertionError):
            until(lambda: not any(Path("/proc", str(daemon)).exists() for daemon in daemons), seconds=30)


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-40:])


def until(true: Callable[[], object], seconds: float = 1200.0) -> None:
    """Waits until something is true; the bound is for what hangs."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.5)
