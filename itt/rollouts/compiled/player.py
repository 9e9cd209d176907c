"""Players of the compiled engine."""

from __future__ import annotations

import time

import numpy as np

from itt import seeding
from itt.algorithms.es.settings import ESRun
from itt.envs import EnvSpec, describe, make, promised
from itt.envs.divergence import is_sound, watched_step
from itt.linear.orthogonal import orthogonal
from itt.linear.products import product
from itt.native.cache import compile_once
from itt.observations import Normaliser
from itt.policies import Theta, architecture_of
from itt.resolve import resolve
from itt.rollouts.compiled import loop, physics, policy, sight
from itt.rollouts.episode import Episode
from itt.seeding import Key
from itt.study import single

STEPS, CHOICES = 1000, 10**7
"""At most so many steps, and so many candidates met in them, in a row without Python, which between them sees signals.
The paper's episodes have no more."""


class CompiledPlayer:
    """Plays envs that have compiled physics: no Python between one step and the next."""

    def __init__(self, run: ESRun, spec: EnvSpec) -> None:
        """Makes the env, whose reset and memory are used, and the arrays that episodes are played on."""
        self.run, self.spec = run, spec
        self.env = make(run.env)
        self.physics = physics.attach(self.env, spec)
        self.actor = policy.make(run, spec, architecture_of(run, spec))
        self.limit = spec.episode_limit or np.iinfo(np.int64).max
        self.stride = max(1, min(STEPS, CHOICES // max(1, self.actor.candidates)))
        self.state = np.zeros(spec.observation)
        self.action = np.zeros(1 if spec.discrete else spec.action)
        self.sight = sight.make(spec.observation)

    def play(self, theta: Theta, key: Key, normaliser: Normaliser | None = None) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before."""
        started = time.perf_counter()
        built = policy.begin(self.actor, self.run, theta, key)
        state = promised(self.spec, physics.begin(self.physics, self.env, seeding.env_seed(key)))
        normalised = normaliser is not None
        if normaliser is not None:
            sight.begin(self.sight, normaliser)
        value, steps, diverged = 0.0, 0, not is_sound(state)
        over = diverged
        while not over:
            until = min(steps + self.stride, self.limit)
            value, steps, over, diverged = loop.play(
                self.physics, self.actor, self.state, self.action, self.sight, normalised, value, steps, until
            )
            over = over or steps >= self.limit
        met = self.sight.moments() if normalised else None
        seconds = time.perf_counter() - started
        return Episode(value, steps, seconds, diverged, met, built is not None, built or 0.0)


class SimulatorPlayer:
    """Plays any other env in its own simulator, with the compiled policy acting in it."""

    def __init__(self, run: ESRun, spec: EnvSpec) -> None:
        """Makes the env and the policy's arrays."""
        self.run, self.spec = run, spec
        self.env = make(run.env, **run.env_kwargs)
        self.actor = policy.make(run, spec, architecture_of(run, spec))
        self.limit = spec.episode_limit or np.iinfo(np.int64).max
        self.action = np.zeros(1 if spec.discrete else spec.action)
        self.sight = sight.make(spec.observation)

    def play(self, theta: Theta, key: Key, normaliser: Normaliser | None = None) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before."""
        started = time.perf_counter()
        built = policy.begin(self.actor, self.run, theta, key)
        state = promised(self.spec, self.env.reset(seed=seeding.env_seed(key))[0])
        if normaliser is not None:
            sight.begin(self.sight, normaliser)
        value, steps, diverged = 0.0, 0, not is_sound(state)
        over = diverged
        while not over:
            seen = promised(self.spec, state)
            if normaliser is not None:
                sight.see(self.sight, seen)
                seen = self.sight.seen
            policy.act(self.actor, seen, steps, self.action)
            action = int(self.action[0]) if self.spec.discrete else self.action.copy()
            state, value, over, diverged = watched_step(self.env, action, value)
            steps += 1
            over = over or steps >= self.limit
        met = None if normaliser is None else self.sight.moments()
        seconds = time.perf_counter() - started
        return Episode(value, steps, seconds, diverged, met, built is not None, built or 0.0)


def player(run: ESRun, spec: EnvSpec) -> CompiledPlayer | SimulatorPlayer:
    """The fastest player that the env has."""
    ready()
    return CompiledPlayer(run, spec) if physics.supported(spec) else SimulatorPlayer(run, spec)


def ready() -> None:
    """Sees to it that everything is compiled that a training may need, by one process for all that share a cache."""
    compile_once(_compile_all)


def _compile_all() -> None:
    """One short episode and what directions and tables are made with will do, since nothing is compiled twice."""
    run = resolve(ESRun.of(single("CartPole-v1", "itt"), "compiling"))
    CompiledPlayer(run, describe(run.env)).play(np.zeros(architecture_of(run).size), Key(0))
    product(np.eye(1), orthogonal(1, 1, np.random.default_rng(0)))
