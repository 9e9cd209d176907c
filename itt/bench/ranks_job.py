"""What `itt bench ranks` starts, plainly or under mpiexec: plays HalfCheetah and says how fast.

    python -m itt.bench.ranks_job SECONDS

Plays until every worker has loaded its kernels, prints a line, waits for a line, plays for about SECONDS, prints what
came of it as JSON. The wait lets several jobs begin together.
"""

from __future__ import annotations

import json
import sys
import time

from itt.algorithms.es import strategy
from itt.algorithms.es.settings import ESRun
from itt.policies import architecture_of
from itt.ranks import Team, lead
from itt.resolve import resolve
from itt.rollouts import Rollout, Shared, play
from itt.seeding import Key
from itt.study import single

_TRIAL = 4
"""Episodes a worker that tell how many fill the time."""


def main(seconds: float) -> int:
    """Leads a team, or serves in it."""
    return lead(lambda team: _measure(team, seconds))


def _measure(team: Team, seconds: float) -> int:
    run = resolve(ESRun.of(single("HalfCheetah-v2", "itt"), "ranks"))
    shared = Shared(run)
    theta = strategy.initial(run.algorithm, architecture_of(run), run.seed).theta

    def episodes(count: int) -> list[Rollout]:
        """One theta in one episode, so that no team has harder work than another."""
        return [Rollout(theta, Key(run.seed))] * count

    team.map(play, shared, episodes(2 * team.workers))
    started = time.perf_counter()
    team.map(play, shared, episodes(_TRIAL * team.workers))
    trial = time.perf_counter() - started

    print("ready", flush=True)
    sys.stdin.readline()
    started, busy = time.perf_counter(), time.process_time()
    played = team.map(play, shared, episodes(max(1, round(_TRIAL * seconds / trial)) * team.workers))
    elapsed, busy = time.perf_counter() - started, time.process_time() - busy
    steps = sum(episode.steps for episode in played)
    at_play = sum(episode.seconds for episode in played)
    figures = {"steps_per_s": steps / elapsed, "cpu_share": busy / elapsed, "at_play": at_play / team.workers / elapsed}
    print(json.dumps(figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
