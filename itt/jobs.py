"""What is to be told of a workflow's jobs that Snakemake does not tell: who is held in the queue, why one never began.

The workflow asks here while it waits, and when it has failed.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

_SQUEUE = ("squeue", "--noheader", "--states=PENDING", "--format=%i|%Z|%r|%k", "--user")
"""Id, folder, why it waits, and the comment, in which the executor names rule and run."""
_ENDLESS = {
    "JobHeldUser": "`scontrol release {}` lets it start",
    "JobHeldAdmin": "an administrator holds it",
    "launch failed requeued held": "its node could not start it; `scontrol release {}` tries again",
    "PartitionTimeLimit": "it asks for more time than its partition has: --config runtime=MINUTES",
    "PartitionNodeLimit": "its partition has no such nodes: --config partition= nodes=",
    "BadConstraints": "no node is what it asks for: --config constraint= memory= nodes=",
    "AccountingPolicy": "its account may not start it",
    "DependencyNeverSatisfied": "it waits for a job that failed",
}
"""Reasons for which a job waits until someone does something, and what."""
_SECONDS, _LINES = 60.0, 8


def held(listing: str, folder: Path) -> dict[str, str]:
    """A line for each job that waits for someone to do something, by its id.

    Args:
        listing: What squeue says, a line a job.
        folder: Where the jobs work that are told of.
    """
    told = {}
    for line in listing.splitlines():
        number, place, reason, about = (*line.split("|", 3), "", "", "")[:4]
        advice = next((advice for name, advice in _ENDLESS.items() if reason.startswith(name)), None)
        if advice is not None and place == str(folder):
            told[number] = f"Slurm job {number} ({about}) is not going to start ({reason}): {advice.format(number)}"
    return told


def watch(say: Callable[[str], None], folder: Path, user: str) -> None:
    """From now on says once of each job that it is held, in a thread that ends with this process."""

    def look() -> None:
        known: dict[str, str] = {}
        while True:
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                answer = subprocess.run([*_SQUEUE, user], capture_output=True, text=True, check=True, timeout=_SECONDS)
                now = held(answer.stdout, folder)
                for number in now.keys() - known.keys():
                    say(now[number])
                known = now
            threading.Event().wait(_SECONDS)

    threading.Thread(target=look, daemon=True).start()


def unsaid(logs: Iterable[Path]) -> Iterator[str]:
    """What Slurm's log says last of the first job that failed before its own log said anything.

    Args:
        logs: Snakemake's, which name both logs of a failed job.
    """
    text = "".join(log.read_text(errors="replace") for log in logs if log.is_file())
    for own, slurms in re.findall(r"^    log: (.+), (\S+/slurm_logs/\S+\.log)", text, re.M):
        if any(_size(path) for path in own.split(", ")):
            continue
        with contextlib.suppress(OSError):
            lines = [line for line in Path(slurms).read_text(errors="replace").splitlines() if line.strip()]
            yield f"A job failed before it began; {slurms} ends with:"
            yield from (f"    {line}" for line in lines[-_LINES:])
            return


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
