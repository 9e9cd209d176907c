"""What many ranks cost: a training whose episodes sleep, so that many ranks fit on few cores."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from itt.bench.ranks import mpiexec


def measure(ranks: int, seconds: float, rounds: int, iterations: int) -> dict[str, Any]:
    """Trains on so many ranks; each worker has about `rounds` episodes of `seconds` an iteration.

    Returns:
        `ideal_seconds` of an iteration, ceil(episodes / workers) x seconds, with theta's own episode; `seconds`, the
        median iteration from update to update; `efficiency`, ideal over median; `efficiency_of_the_mean`; messages and
        bytes to and from rank 0 an iteration; shares of a core that rank 0 and a worker take; resident memory of a rank
        in MB, the largest (`rss_mb`), and with its share only of what others have, too, the mean (`pss_mb`).

    Raises:
        UserError: There is no mpiexec.
        RuntimeError: The training ended before its end.
    """
    job = [sys.executable, "-m", "itt.bench.scale_job", str(seconds), str(rounds), str(iterations)]
    done = subprocess.run([mpiexec(), "-n", str(ranks), *job], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"`{done.args!r}` ended with code {done.returncode}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
