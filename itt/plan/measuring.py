"""How fast a policy plays on this machine. Here are the engines; who only reads a benchmark does without."""

from __future__ import annotations

import time

from itt.algorithms.es import strategy
from itt.plan.speeds import Speed
from itt.resolve import architecture_of
from itt.rollouts import player, ready
from itt.run import Run
from itt.seeding import Key

_EPISODES, _THETAS = 2, 16
"""Episodes that are played at least, and thetas that are tried for one that does not fall over at once."""


def measured(run: Run, seconds: float) -> Speed:
    """Plays a random policy of a resolved run for so many core-seconds at least; its steps bear the resets, too."""
    ready(run)
    architecture, ours = architecture_of(run), player(run)
    thetas = [strategy.initial(run.algorithm, architecture, seed).theta for seed in range(_THETAS)]
    theta = max(thetas, key=lambda one: ours.play(one, Key(0)).steps)
    started, steps, episodes = time.thread_time(), 0, 0
    while episodes < _EPISODES or time.thread_time() - started < seconds:
        episodes += 1
        steps += ours.play(theta, Key(run.seed, episode=episodes)).steps
    return Speed(steps / (time.thread_time() - started), 0.0, "measured here")
