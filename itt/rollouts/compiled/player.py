"""Players of the compiled engine."""

from __future__ import annotations

import time

import numpy as np

from itt import seeding
from itt.envs import EnvSpec, describe, make
from itt.linear.orthogonal import orthogonal
from itt.linear.products import product
from itt.native.cache import compile_once
from itt.observations import Normaliser
from itt.policies import Theta
from itt.resolve import architecture_of, resolve
from itt.rollouts.compiled import loop, physics, policy, sight
from itt.rollouts.compiled.simulation import watched_step
from itt.rollouts.episode import Episode
from itt.run import Run
from itt.seeding import Key
from itt.study import single


class CompiledPlayer:
    """Plays envs that have compiled physics: no Python between the first step and the last."""

    def __init__(self, run: Run, spec: EnvSpec) -> None:
        """Makes the env, whose reset and memory are used, and the arrays that episodes are played on."""
        self.run = run
        self.env = make(run.env)
        self.physics = physics.attach(self.env, spec)
        self.actor = policy.make(run, spec, architecture_of(run, spec))
        self.limit = spec.episode_limit or np.iinfo(np.int64).max
        self.state = np.zeros(spec.observation)
        self.action = np.zeros(1 if spec.discrete else spec.action)
        self.sight = sight.make(spec.observation)

    def play(self, theta: Theta, key: Key, normaliser: Normaliser | None = None) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before."""
        started = time.perf_counter()
        built = policy.begin(self.actor, self.run, theta, key)
        physics.begin(self.physics, self.env, seeding.env_seed(key))
        if normaliser is not None:
            sight.begin(self.sight, normaliser)
        value, steps, diverged = loop.play(
            self.physics, self.actor, self.limit, self.state, self.action, self.sight, normaliser is not None
        )
        met = None if normaliser is None else self.sight.moments()
        seconds = time.perf_counter() - started
        return Episode(value, steps, seconds, diverged, met, built is not None, built or 0.0)


class SimulatorPlayer:
    """Plays any other env in its own simulator, with the compiled policy acting in it."""

    def __init__(self, run: Run, spec: EnvSpec) -> None:
        """Makes the env and the policy's arrays."""
        self.run, self.spec = run, spec
        self.env = make(run.env)
        self.actor = policy.make(run, spec, architecture_of(run, spec))
        self.action = np.zeros(1 if spec.discrete else spec.action)
        self.sight = sight.make(spec.observation)

    def play(self, theta: Theta, key: Key, normaliser: Normaliser | None = None) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before."""
        started = time.perf_counter()
        built = policy.begin(self.actor, self.run, theta, key)
        state, _ = self.env.reset(seed=seeding.env_seed(key))
        if normaliser is not None:
            sight.begin(self.sight, normaliser)
        value, steps, over, diverged = 0.0, 0, False, False
        while not over:
            seen = np.asarray(state, dtype=np.float64)
            if normaliser is not None:
                sight.see(self.sight, seen)
                seen = self.sight.seen
            policy.act(self.actor, seen, steps, self.action)
            action = int(self.action[0]) if self.spec.discrete else self.action.copy()
            state, reward, terminated, truncated, diverged = watched_step(self.env, action)
            value += reward
            steps += 1
            over = terminated or truncated or diverged
        met = None if normaliser is None else self.sight.moments()
        seconds = time.perf_counter() - started
        return Episode(value, steps, seconds, diverged, met, built is not None, built or 0.0)


def player(run: Run, spec: EnvSpec) -> CompiledPlayer | SimulatorPlayer:
    """The fastest player that the env has."""
    ready()
    return CompiledPlayer(run, spec) if physics.supported(spec) else SimulatorPlayer(run, spec)


def ready() -> None:
    """Sees to it that everything is compiled that a training may need, by one process for all that share a cache."""
    compile_once(_compile_all)


def _compile_all() -> None:
    """One short episode and what directions and tables are made with will do, since nothing is compiled twice."""
    run = resolve(single("CartPole-v1", "itt"))
    CompiledPlayer(run, describe(run.env)).play(np.zeros(architecture_of(run).size), Key(0))
    product(np.eye(1), orthogonal(1, 1, np.random.default_rng(0)))
