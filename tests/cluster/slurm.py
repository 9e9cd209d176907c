"""A Slurm of its own on this machine: munged, slurmctld, and two slurmd that are two nodes with four CPUs each.

Both nodes are this host, on two addresses of the loopback. There is neither accounting nor cgroups; whoever runs the
tests is Slurm's user. A job in the partition `urgent` preempts one in `cpu`, which is then queued again.
"""

from __future__ import annotations

import getpass
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
NodeName=a NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=4 RealMemory=8000 State=UNKNOWN
NodeName=b NodeHostname={host} NodeAddr=127.0.0.2 Port={ports[2]} CPUs=4 RealMemory=8000 State=UNKNOWN
PartitionName=cpu Nodes=a,b Default=YES MaxTime=1440 State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=urgent Nodes=a,b MaxTime=1440 State=UP PriorityTier=10 PreemptMode=OFF
"""


def missing() -> list[str]:
    """The commands of Slurm and MUNGE that this machine lacks; the daemons may be where only root looks."""
    return [name for name in NEEDED if shutil.which(name, path=_path()) is None]


def _path() -> str:
    return os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])


class Slurm:
    """The running cluster; its commands find it by SLURM_CONF alone, as on a site without /etc/slurm."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": _path()}

    def ask(self, *command: str) -> str:
        """What one of Slurm's commands prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def jobs(self, state: str, about: str = "") -> list[str]:
        """The ids of the jobs in a state whose comment has `about` in it."""
        lines = self.ask("squeue", "--noheader", f"--states={state}", "--format=%i|%k").splitlines()
        return [line.partition("|")[0] for line in lines if about in line.partition("|")[2]]


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
        with suppress(subprocess.SubprocessError):
            slurm.ask("scancel", f"--user={getpass.getuser()}")
            until(lambda: not slurm.ask("squeue", "--noheader"), seconds=30)
        for name in ("slurmd-a.pid", "slurmd-b.pid", "slurmctld.pid", "munge/pid"):
            with suppress(OSError, ValueError):
                os.kill(int((folder / name).read_text()), signal.SIGTERM)
        until(lambda: not list(folder.glob("*.pid")), seconds=30)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path) -> None:
    for name in ("munge", "state", "spool-a", "spool-b"):
        (folder / name).mkdir()
    (folder / "munge").chmod(0o711)
    (folder / "munge" / "key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge" / "key").chmod(0o600)
    host, user = platform.node().partition(".")[0], getpass.getuser()
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(folder=folder, host=host, user=user, ports=[_free_port() for _ in range(3)])
    )


def _start_munge(slurm: Slurm) -> None:
    files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    slurm.ask("munged", *(f"--{option}={slurm.folder}/munge/{name}" for option, name in files.items()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(true: Callable[[], object], seconds: float = 600.0) -> None:
    """Waits until something is true; the bound is for what hangs."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.5)
