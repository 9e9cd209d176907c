"""Rollouts against their floor and against the reference engine, in one process on one core.

A fixed theta plays fixed episodes over and over: (a) on the compiled engine, (b) as a replay of its controls
(`itt.bench.floor`), (c) on the reference engine, and (d) where EnvPool is installed as `itt.bench.peer`, in turn, so
that whatever else the machine does falls on all of them. Times are the CPU time of this thread, resets apart (EnvPool's
are of all threads, resets and all). A ratio is taken within a round; what is reported is the median.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from itt.algorithms.es import strategy
from itt.algorithms.es.settings import ESRun
from itt.bench.floor import Actions, Floor, floor
from itt.bench.peer import NAMES, Peer
from itt.envs import EnvSpec
from itt.policies import Theta, architecture_of
from itt.resolve import env_of, resolve
from itt.rollouts.compiled.player import CompiledPlayer, player
from itt.rollouts.episode import Player
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key

STEPS = 1000
"""Env steps in a round, at least: as many episodes as that takes."""
PAIRS = 5
"""Rollouts and replays in a round, for one time that the reference engine plays."""
FEWEST = 3
"""Rounds, whatever time they take."""
_TRIED = 256
"""Seeds of theta that are tried for one that does not fall over."""


def measure(run: ESRun, seconds: float) -> dict[str, Any]:
    """Plays a run's policy for about `seconds` and returns a row of figures.

    Steps per second are env steps per CPU second. `efficiency` is rollout over floor, `speedup` rollout over reference;
    `reset_seconds` is one reset of the env, which none of the others contains.

    Raises:
        UserError: As `resolve`; among others, the settings have no compiled twin.
    """
    stage = _staged(run)
    theirs = ReferencePlayer(stage.run.model_copy(update={"engine": "reference"}), stage.spec)
    theirs.env = _TimedResets(theirs.env)  # type: ignore[assignment]
    pairs: list[_Pair] = []
    references: list[float] = []
    speedups: list[float] = []
    outside = _peer(stage.run, stage.spec, stage.theta)
    peers: list[float] = []
    until = time.monotonic() + seconds
    while len(references) <= FEWEST or time.monotonic() < until:
        of_round = [stage.pair() for _ in range(PAIRS)]
        references.append(_played(theirs, stage.theta, stage.keys))
        if outside is not None:
            peers.append(outside.play(stage.steps))
        speedups.append(references[-1] / median(rollout for rollout, _ in of_round))
        pairs += of_round
        if len(references) == 1:  # the first round loads what all others find loaded
            pairs.clear()
            speedups.clear()
    return stage.figures(pairs) | {
        "reference_steps_per_s": stage.steps / median(references[1:]),
        "speedup": median(speedups),
        "envpool_steps_per_s": stage.steps / median(peers[1:]) if peers else None,
        "reference_repeats": len(speedups),
    }


def measure_briefly(run: ESRun, seconds: float) -> dict[str, Any]:
    """The same without the reference engine and EnvPool, which a study does not play on: a second a cell, or less.

    Raises:
        UserError: As `measure`.
    """
    stage = _staged(run)
    pairs: list[_Pair] = []
    stage.pair()  # loads what all others find loaded
    until = time.monotonic() + seconds
    while len(pairs) < FEWEST or time.monotonic() < until:
        pairs.append(stage.pair())
    missing = dict.fromkeys(["reference_steps_per_s", "speedup", "envpool_steps_per_s"])
    return stage.figures(pairs) | missing | {"reference_repeats": 0}


def is_measurable(run: ESRun) -> bool:
    """Whether the compiled engine plays a run, so that there is a floor to measure it by."""
    return resolve(run).engine == "compiled"


_Pair = tuple[float, float]
"""Seconds of a rollout and of its replay."""


@dataclass(frozen=True)
class _Stage:
    """Episodes that are played over and over."""

    run: ESRun
    spec: EnvSpec
    ours: Any
    theta: Theta
    bare: Floor
    keys: Sequence[Key]
    tapes: Sequence[Actions]

    @property
    def steps(self) -> int:
        """Env steps of all episodes together."""
        return sum(map(len, self.tapes))

    def pair(self) -> _Pair:
        """Plays all of it once, and replays it."""
        return _played(self.ours, self.theta, self.keys), _replayed(self.bare, self.keys, self.tapes)

    def figures(self, pairs: Sequence[_Pair]) -> dict[str, Any]:
        """What the pairs say of the compiled engine and the simulator."""
        rollouts, floors = zip(*pairs, strict=True)
        return {
            "env": self.run.env_label,
            "method": self.run.method,
            "variant": self.run.variant,
            **_asked(self.run, self.spec.discrete, self.spec.action),
            "engine": "compiled" if isinstance(self.ours, CompiledPlayer) else "compiled policy, env's own simulator",
            "steps_per_s": self.steps / median(rollouts),
            "floor_steps_per_s": self.steps / median(floors),
            "efficiency": median(replay / rollout for rollout, replay in pairs),
            "reset_seconds": self.ours.env.mean,
            "steps": self.steps,
            "episodes": len(self.keys),
            "repeats": len(pairs),
        }


def _staged(run: ESRun) -> _Stage:
    run = resolve(run.model_copy(update={"engine": "compiled"}))
    spec = env_of(run)
    ours = player(run, spec)
    theta = lasting_theta(run, ours)
    bare = floor(ours)
    keys, tapes = _episodes(bare, theta)
    ours.env = _TimedResets(ours.env)  # type: ignore[assignment]
    return _Stage(run, spec, ours, theta, bare, keys, tapes)


def lasting_theta(run: ESRun, with_player: Player) -> Theta:
    """theta_0 of the first seed whose episode is not ended early, else of the seed with the longest one.

    A random policy falls over after some 20 steps in Hopper and Walker2d, and a policy that is worth training does not.
    """
    architecture, longest, best = architecture_of(run), -1, None
    limit = env_of(run).episode_limit
    for seed in range(_TRIED):
        theta = strategy.initial(run.algorithm, architecture, seed).theta
        steps = with_player.play(theta, Key(0)).steps
        if steps > longest:
            longest, best = steps, theta
        if limit is not None and steps >= limit:
            break
    assert best is not None
    return best


def _peer(run: ESRun, spec: EnvSpec, theta: Theta) -> Peer | None:
    """EnvPool with this policy, if it is installed, has the env, and the policy is one that the peer plays."""
    plain = run.search.name == "exact" and run.policy.selection == "argmax" and run.policy.kernel != "angular"
    if run.env not in NAMES or not plain or run.candidates.subsample or importlib.util.find_spec("envpool") is None:
        return None
    return Peer(run, spec, theta)


def _asked(run: ESRun, discrete: bool, actions: int) -> dict[str, Any]:
    """How many candidates there are at a transition, and how long they stand."""
    if discrete:
        return {"candidates": actions, "resample": None}
    if not run.traits.candidates:
        return {"candidates": None, "resample": None}
    return {
        "candidates": run.candidates.subsample or run.candidates.count,
        "resample": "subsample" if run.candidates.subsample else run.candidates.resample,
    }


def _episodes(bare: Floor, theta: Theta) -> tuple[list[Key], list[Actions]]:
    """Episodes 0, 1, ... until they have STEPS steps together, and the actions taken in each."""
    keys: list[Key] = []
    tapes: list[Actions] = []
    while sum(map(len, tapes)) < STEPS:
        keys.append(Key(0, episode=len(keys)))
        tapes.append(bare.record(theta, keys[-1]))
    return keys, tapes


class _TimedResets:
    """An env whose resets are timed; everything else of it is its own."""

    def __init__(self, env: Any) -> None:
        self.env, self.step, self.unwrapped = env, env.step, env.unwrapped
        self.seconds, self.resets = 0.0, 0

    def reset(self, seed: int) -> Any:
        started = time.thread_time()
        answer = self.env.reset(seed=seed)
        self.seconds += time.thread_time() - started
        self.resets += 1
        return answer

    @property
    def mean(self) -> float:
        """Seconds a reset."""
        return self.seconds / self.resets


def _played(who: Any, theta: Theta, keys: Sequence[Key]) -> float:
    """Seconds that a player takes for the episodes, resets apart."""
    resets, started = who.env.seconds, time.thread_time()
    for key in keys:
        who.play(theta, key)
    elapsed: float = time.thread_time() - started - (who.env.seconds - resets)
    return elapsed


def _replayed(bare: Floor, keys: Sequence[Key], tapes: Sequence[Actions]) -> float:
    """Seconds that the replay of the episodes takes, resets apart."""
    total = 0.0
    for key, actions in zip(keys, tapes, strict=True):
        bare.begin(key)
        started = time.thread_time()
        bare.replay(actions)
        total += time.thread_time() - started
    return total
