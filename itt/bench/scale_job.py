"""What `itt bench scale` starts under mpiexec: trains on sleeping episodes and says what an iteration took.

    mpiexec -n RANKS python -m itt.bench.scale_job SECONDS ROUNDS ITERATIONS

Each worker has ROUNDS episodes of SECONDS an iteration. Two iterations warm up: each rank makes its env and loads its
kernels. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from itt.algorithms.es.settings import ESRun
from itt.algorithms.es.trainer import train as trained
from itt.bench.sleeping import ENV
from itt.ranks import Team, lead
from itt.resolve import resolve
from itt.study import single

_WARM_UP = 2


def main(seconds: float, rounds: int, iterations: int) -> int:
    """Leads a team, or serves in it."""
    return lead(lambda team: _measure(team, seconds, rounds, iterations))


def _measure(team: Team, seconds: float, rounds: int, iterations: int) -> int:
    directions = (rounds * team.workers - 1) // 2  # theta's own episode is one more
    settings = [f"algorithm.directions={directions}", f"env_kwargs={{seconds: {seconds}}}", "policy.width=8"]
    ideal = -(-(1 + 2 * directions) // team.workers) * seconds
    ends: list[float] = []

    def train(folder: str, count: int) -> None:
        run = resolve(
            ESRun.of(single(ENV, "explicit", overrides=[*settings, f"algorithm.iterations={count}"]), "scale")
        )
        ends[:] = [time.perf_counter()]
        trained(Path(folder), run, team, lambda line: None, lambda done, row: ends.append(time.perf_counter()))

    with TemporaryDirectory() as folder:
        train(f"{folder}/warm-up", _WARM_UP)
        before, sent, busy = team.map(_vitals, None, range(team.workers)), team.traffic, time.process_time()
        train(f"{folder}/run", iterations + 1)
        sent, busy = team.traffic.since(sent), time.process_time() - busy
        after = team.map(_vitals, None, range(team.workers))
    times = [end - start for start, end in pairwise(ends[1:])]  # what comes before has the run's start
    spent = {one["pid"]: -one["cpu"] for one in before}
    for one in after:
        spent[one["pid"]] += one["cpu"]
    figures = {
        "ranks": team.ranks,
        "episode_seconds": seconds,
        "directions": directions,
        "iterations": iterations,
        "ideal_seconds": ideal,
        "seconds": median(times),
        "efficiency": ideal / median(times),
        "efficiency_of_the_mean": ideal / mean(times),
        "messages_an_iteration": sent.messages / (iterations + 1),
        "bytes_an_iteration": sent.bytes / (iterations + 1),
        "coordinator_cpu": busy / sum(times),
        "worker_cpu": mean(spent.values()) / sum(times),
        "rss_mb": max(one["rss"] for one in after),
        "pss_mb": mean(one["pss"] for one in after),
    }
    print(json.dumps(figures), flush=True)
    return 0


def _vitals(shared: None, item: int) -> dict[str, float]:
    """CPU seconds so far, and MB of memory: resident, and with its share only of what others have, too."""
    time.sleep(1.0)  # as many items as workers, each long enough that every worker gets one
    text = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    kb = {key: int(value) for key, value in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}
    return {"pid": os.getpid(), "cpu": time.process_time(), "rss": kb["Rss"] / 1024, "pss": kb["Pss"] / 1024}


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
