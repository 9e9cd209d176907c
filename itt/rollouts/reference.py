"""The reference engine: the Gymnasium API and a PyTorch policy, one readable step at a time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from itt import seeding
from itt.candidates import Box, Source, Standing, all_actions, argmax, draw, generator, log_weights, source
from itt.candidates.derivative_free import refine
from itt.envs import EnvSpec, make
from itt.policies import Theta
from itt.policies.observations import Moments, Normaliser
from itt.policies.torch_policy import Explicit, OneTower, TwoTower, load_theta, module
from itt.rollouts.compiled.simulation import watched_step
from itt.rollouts.episode import Episode
from itt.rollouts.resolve import architecture_of
from itt.seeding import Key, Purpose
from itt.study import Run


class ReferencePlayer:
    """Plays episodes with any Gymnasium env."""

    def __init__(self, run: Run, spec: EnvSpec) -> None:
        """Makes the env and an empty policy. One thread: many players share a machine, and sums keep their order."""
        torch.set_num_threads(1)
        self.run, self.spec = run, spec
        self.env = make(run.env)
        self.policy = module(architecture_of(run, spec), run.policy.kernel)
        self.box = Box(np.array(spec.low, dtype=np.float32), np.array(spec.high, dtype=np.float32))

    @torch.no_grad()
    def play(self, theta: Theta, key: Key, normaliser: Normaliser | None = None) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before."""
        started = time.perf_counter()
        load_theta(self.policy, theta)
        act = self._actor(key)
        state, _ = self.env.reset(seed=seeding.env_seed(key))
        value, steps, over, diverged = 0.0, 0, False, False
        met = None if normaliser is None else Moments.none(self.spec.observation)
        while not over:
            seen = np.asarray(state, dtype=np.float64)
            if normaliser is not None and met is not None:
                met, seen = met.with_state(seen), normaliser(seen)
            action = act(torch.from_numpy(seen), steps)
            state, reward, terminated, truncated, diverged = watched_step(self.env, action)
            value += reward
            steps += 1
            over = terminated or truncated or diverged
        return Episode(value, steps, time.perf_counter() - started, diverged, met)

    def _actor(self, key: Key) -> Any:
        """The map (state, transition) -> action of one episode."""
        if isinstance(self.policy, Explicit):
            return _ExplicitActor(self.policy, self.run, self.spec, key)
        if self.spec.discrete:
            candidates: Source = Standing(all_actions(self.spec.action, self.run.policy.encoding == "one_hot"))
        else:
            candidates = source(self.run.candidates, self.box, key)
        return _ImplicitActor(self.policy, self.run, self.spec, candidates, self.box, key)


class _ImplicitActor:
    """Chooses one of A* by its score (ITT and IOT)."""

    def __init__(
        self, policy: TwoTower | OneTower, run: Run, spec: EnvSpec, candidates: Source, box: Box, key: Key
    ) -> None:
        self.policy, self.run, self.spec, self.candidates, self.box = policy, run, spec, candidates, box
        self.selection_key = int(seeding.words(key, Purpose.SELECTION)[0])
        self.search_random = seeding.generator(key, Purpose.SEARCH)
        if candidates.standing:
            self.actions = candidates.at(0)
            self.prepared = policy.prepare(torch.from_numpy(self.actions.astype(np.float64)))

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

    def __init__(self, policy: Explicit, run: Run, spec: EnvSpec, key: Key) -> None:
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


def _choose(run: Run, scores: NDArray[np.float64], key: int, transition: int) -> int:
    """Eq. 5 or Eq. 3."""
    if run.policy.selection == "argmax":
        return argmax(scores)
    kernel = run.policy.kernel if run.method == "itt" else "dot"
    return int(draw(log_weights(kernel, scores), np.array([generator.unit(key, transition)]))[0])
