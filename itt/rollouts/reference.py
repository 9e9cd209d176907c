"""The reference engine: the Gymnasium API and a PyTorch policy, one readable step at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from itt import seeding
from itt.algorithms.es.settings import STANDING, ESRun
from itt.candidates import (
    Box,
    Index,
    Source,
    Standing,
    all_actions,
    argmax,
    build,
    draw,
    generator,
    log_weights,
    pool_key,
    pool_of,
    source,
)
from itt.candidates.derivative_free import refine
from itt.envs import EnvSpec, make, promised
from itt.envs.divergence import is_sound, watched_step
from itt.observations import Moments, Normaliser
from itt.policies import Theta, architecture_of
from itt.policies.latents import latents
from itt.policies.torch_policy import Explicit, OneTower, TwoTower, flatten, load_theta, module
from itt.rollouts.episode import Episode
from itt.seeding import Key, Purpose


class ReferencePlayer:
    """Plays episodes with any Gymnasium env."""

    def __init__(self, run: ESRun, spec: EnvSpec) -> None:
        """Makes the env and an empty policy. One thread: many players share a machine, and sums keep their order."""
        torch.set_num_threads(1)
        self.run, self.spec = run, spec
        self.env = make(run.env, **run.env_kwargs)
        self.architecture = architecture_of(run, spec)
        self.policy = module(self.architecture, run.policy.kernel)
        self.box = Box(np.array(spec.low, dtype=np.float32), np.array(spec.high, dtype=np.float32))
        self._kept: _Kept | None = None
        self._built: float | None = None

    def play(self, theta: Theta, key: Key, normaliser: Normaliser | None = None) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before."""
        started, self._built = time.perf_counter(), None
        act = self.chooser(theta, key)
        state = promised(self.spec, self.env.reset(seed=seeding.env_seed(key))[0])
        value, steps, diverged = 0.0, 0, not is_sound(state)
        over = diverged
        met = None if normaliser is None else Moments.none(self.spec.observation)
        while not over:
            seen = promised(self.spec, state)
            if normaliser is not None and met is not None:
                met, seen = met.with_state(seen), normaliser(seen)
            action = act(seen, steps)
            state, value, over, diverged = watched_step(self.env, action, value)
            steps += 1
            over = over or steps == self.spec.episode_limit
        seconds = time.perf_counter() - started
        return Episode(value, steps, seconds, diverged, met, self._built is not None, self._built or 0.0)

    def chooser(self, theta: Theta, key: Key) -> Callable[[NDArray[np.float64], int], Any]:
        """What theta does in an episode: (what it sees of a state, transition) -> action."""
        load_theta(self.policy, theta)
        act = torch.no_grad()(self.actor)(key)
        return torch.no_grad()(lambda seen, transition: act(torch.from_numpy(seen), transition))

    def actor(self, key: Key) -> Any:
        """The map (state, transition) -> action of one episode."""
        if isinstance(self.policy, Explicit):
            return _ExplicitActor(self.policy, self.run, self.spec, key)
        if self.spec.discrete:
            candidates: Source = Standing(
                all_actions(self.spec.action, self.run.policy.encoding == "one_hot", self.spec.parts)
            )
            return _ImplicitActor(self.policy, self.run, self.spec, candidates, self.box, key)
        if self.run.candidates.resample == "transition":
            candidates = source(self.run.candidates, self.box, key)
            return _ImplicitActor(self.policy, self.run, self.spec, candidates, self.box, key)
        kept = self._standing(self.policy, key)
        if kept.searched is not None and isinstance(self.policy, TwoTower):
            return _SearchingActor(self.policy, kept.actions, kept.searched, key)
        candidates = source(self.run.candidates, self.box, key, kept.actions)
        return _ImplicitActor(self.policy, self.run, self.spec, candidates, self.box, key, kept.prepared)

    def _standing(self, policy: TwoTower | OneTower, key: Key) -> _Kept:
        """What is kept of candidates that stand: computed anew when they or the action tower have changed."""
        pool = pool_key(self.run.candidates, key)
        parameters = flatten(policy.action if isinstance(policy, TwoTower) else policy)
        if self._kept is None or (self._kept.pool, self._kept.parameters) != (pool, parameters.tobytes()):
            started = time.thread_time()
            actions = pool_of(self.run.candidates, self.box, key)
            index, prepared = None, None
            if self.run.search.name in STANDING:
                tower = self.architecture.towers[1]
                index = build(self.run.search, self.run.policy.kernel, latents(tower, parameters, actions), pool)
            elif self.run.candidates.subsample is None:
                prepared = policy.prepare(torch.from_numpy(actions.astype(np.float64)))
            self._kept = _Kept(pool, parameters.tobytes(), actions, prepared, index)
            self._built = time.thread_time() - started
        return self._kept


class _Kept(NamedTuple):
    """Candidates that stand, whose they are, and what has been computed from them."""

    pool: Key
    parameters: bytes
    actions: NDArray[np.float32]
    prepared: torch.Tensor | None
    searched: Index | None


class _SearchingActor:
    """Chooses one of candidates that stand by an index over their latents (Sec. 2.3)."""

    def __init__(self, policy: TwoTower, actions: NDArray[np.float32], index: Index, key: Key) -> None:
        self.policy, self.actions, self.index = policy, actions, index
        self.selection_key = int(seeding.words(key, Purpose.SELECTION)[0])

    def __call__(self, state: torch.Tensor, transition: int) -> Any:
        chosen = self.index.choose(self.policy.state(state).numpy(), self.selection_key, transition)
        return self.actions[chosen].astype(np.float64)


class _ImplicitActor:
    """Chooses one of A* by its score (ITT and IOT)."""

    def __init__(
        self,
        policy: TwoTower | OneTower,
        run: ESRun,
        spec: EnvSpec,
        candidates: Source,
        box: Box,
        key: Key,
        prepared: torch.Tensor | None = None,
    ) -> None:
        self.policy, self.run, self.spec, self.candidates, self.box = policy, run, spec, candidates, box
        self.selection_key = int(seeding.words(key, Purpose.SELECTION)[0])
        self.search_random = seeding.generator(key, Purpose.SEARCH)
        if candidates.standing:
            self.actions = candidates.at(0)
            whole = torch.from_numpy(self.actions.astype(np.float64))
            self.prepared = policy.prepare(whole) if prepared is None else prepared

    def __call__(self, state: torch.Tensor, transition: int) -> Any:
        if not self.candidates.standing:
            self.actions = self.candidates.at(transition)
            if self.run.search.name == "dfo" and not self.spec.discrete:
                self.actions = refine(
                    lambda actions: self._scores(state, actions),
                    self.actions,
                    self.box,
                    self.run.search,
                    self.search_random,
                )
            self.prepared = self.policy.prepare(torch.from_numpy(self.actions.astype(np.float64)))
        scores = self.policy.scores(state, self.prepared).numpy()
        index = _choose(self.run, scores, self.selection_key, transition)
        return index if self.spec.discrete else self.actions[index].astype(np.float64)

    def _scores(self, state: torch.Tensor, actions: NDArray[np.float32]) -> NDArray[np.float64]:
        prepared = self.policy.prepare(torch.from_numpy(actions.astype(np.float64)))
        scores: NDArray[np.float64] = self.policy.scores(state, prepared).numpy()
        return scores


class _ExplicitActor:
    """The tower's output is the action, or scores the discrete actions."""

    def __init__(self, policy: Explicit, run: ESRun, spec: EnvSpec, key: Key) -> None:
        self.policy, self.run, self.spec = policy, run, spec
        self.selection_key = int(seeding.words(key, Purpose.SELECTION)[0])
        self.low, self.high = np.array(spec.low), np.array(spec.high)

    def __call__(self, state: torch.Tensor, transition: int) -> Any:
        output = self.policy(state).numpy()
        if self.spec.discrete:
            return _choose(self.run, output, self.selection_key, transition)
        if self.policy.tower.squashed:
            output = self.low + (output + 1.0) / 2.0 * (self.high - self.low)
        return np.clip(output, self.low, self.high)


def _choose(run: ESRun, scores: NDArray[np.float64], key: int, transition: int) -> int:
    """Eq. 5 or Eq. 3."""
    if run.policy.selection == "argmax":
        return argmax(scores)
    kernel = run.policy.kernel if run.traits.latents else "dot"
    return int(draw(log_weights(kernel, scores), np.array([generator.unit(key, transition)]))[0])
