"""A training step by step, without files: act, learn, and what it takes to go on from any step bit for bit.

    training = Training(settings, env, spec, seed)
    training.restore(arrays)    to go on from these; `itt.experience.segments` fills the replay
    training.step()             one env step, and after the warm-up one update
    training.arrays()           networks, optimisers, statistics, the env; without the replay

Once `step` has raised, nothing is to be saved any more: what was saved before is sound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray

from itt.algorithms.sac import policy
from itt.algorithms.sac.draws import Draws
from itt.algorithms.sac.networks import first_networks, shape_of
from itt.algorithms.sac.settings import SAC
from itt.algorithms.sac.summary import Summary
from itt.algorithms.sac.update import ReadableUpdate, Update
from itt.algorithms.sac.update_fast import FastUpdate
from itt.envs import EnvSpec, state
from itt.errors import UserError
from itt.experience import Batch, Normaliser, Replay
from itt.experience.replay import width
from itt.seeding import Key, env_seed

Arrays = dict[str, NDArray[Any]]
MOST = float(np.finfo(np.float32).max)
"""The largest number that a buffer can hold."""
_UPDATE, _ENV, _SEEN, _SUMMARY = "update/", "env/", "normaliser/", "summary/"


class Training:
    """One run of soft actor-critic.

    Attributes:
        steps: Env steps done, which is also how many transitions `replay` was given.
        replay: Transitions as the env gave them; they are drawn as networks see them.
        summary: What happened since the last row of metrics.
        exact: Whether the env's state can be saved, so that who goes on from `arrays` has the same bits.
    """

    def __init__(
        self,
        settings: SAC,
        env: gymnasium.Env[Any, Any],
        spec: EnvSpec,
        seed: int,
        episode_steps: int | None = None,
        scratch: Path | None = None,
    ) -> None:
        """At step 0, the env reset.

        Args:
            settings: They went through `checks.check` with this env.
            env: Which nobody else steps.
            spec: What it is.
            seed: The run's.
            episode_steps: Steps after which an episode is cut short, besides the env's own limit.
            scratch: The folder for a buffer on disk; None: in memory.
        """
        self.settings, self.env, self.seed, self.episode_steps = settings, env, seed, episode_steps
        self.low, self.high = np.array(spec.low), np.array(spec.high)
        sizes = spec.observation, spec.action
        self.replay = Replay(settings.buffer_capacity, *sizes, scratch)
        seen = settings.normaliser
        self.normaliser = Normaliser(
            seen.name, spec.observation, settings.warm_up_steps, seen.variance_scaling, seen.clip
        )
        self.draws = Draws(seed, settings.batch_size, spec.action)
        self.update = _update(settings, seed, *sizes)
        self.summary, self.steps = Summary(spec.action), 0
        self._observation: NDArray[np.float64]
        self._batch = Batch(np.empty((settings.batch_size, width(*sizes)), np.float32), *sizes)
        self._rows = np.zeros((2, spec.observation), np.float32)  # a single row would round otherwise than a batch
        self._noise = np.zeros((2, spec.action), np.float32)
        self._begin(0)
        try:
            state.saved(env)
            self.exact = True
        except state.Unknown:
            self.exact = False

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Goes on from what `arrays` gave, in an env made as that one was; `replay` is still to be filled.

        An env whose state could not be saved begins the episode after the one that it was in.

        Raises:
            LookupError: An array is missing.
            ValueError: One has another shape.
        """
        self.steps = int(arrays["steps"])
        self.normaliser.restore(arrays, _SEEN)
        self.summary.restore(arrays, _SUMMARY)
        self.update.load(_below(arrays, _UPDATE))
        if env := _below(arrays, _ENV):
            state.restore(self.env, env)
            self._episode, self._length = int(arrays["episode"]), int(arrays["length"])
            self._return, self._observation = float(arrays["return"]), arrays["observation"].copy()
        else:
            self._begin(int(arrays["episode"]) + 1)

    def step(self) -> None:
        """One env step; after the warm-up, one update.

        Raises:
            UserError: The env gave a number that is none, or a loss is none. What was saved before is still sound.
        """
        s, before = self.settings, self._observation
        action = self._action()
        after, given, terminated, truncated, _ = self.env.step(policy.within(action, self.low, self.high))
        reward = float(given)
        self._length += 1
        self._return += reward
        truncated = truncated or self._length == self.episode_steps
        if not (abs(reward) <= MOST and (np.abs(after) <= MOST).all()):
            raise UserError(f"step {self.steps}: the env gave a reward or an observation that is no finite float32")
        ended = terminated or (truncated and s.transitions == "as_coded")
        self.replay.add(before, action, reward, ended, after)
        self.normaliser.meet(before)
        self.summary.action(action)
        self._observation = after
        self.steps += 1
        if self.steps > s.warm_up_steps:
            self._learn()
        if terminated or truncated:
            self.summary.episode(self._return, self._length)
            self._begin(self._episode + 1)

    def arrays(self) -> Arrays:
        """All that the training is, but its settings, its seed and its replay."""
        found = {
            "steps": np.array(self.steps),
            "episode": np.array(self._episode),
            "length": np.array(self._length),
            "return": np.array(self._return),
            "observation": self._observation.copy(),
            **self.normaliser.arrays(_SEEN),
            **self.summary.arrays(_SUMMARY),
            **{f"{_UPDATE}{name}": array for name, array in self.update.arrays().items()},
        }
        if self.exact:
            found |= {f"{_ENV}{name}": array for name, array in state.saved(self.env).items()}
        return found

    def policy(self) -> Arrays:
        """What `policy.Policy` acts by, as it is now."""
        return policy.saved(self.update.arrays(), self.normaliser.lens)

    def _begin(self, episode: int) -> None:
        self._episode, self._length, self._return = episode, 0, 0.0
        self._observation, _ = self.env.reset(seed=env_seed(Key(self.seed, episode=episode)))

    def _action(self) -> NDArray[np.float32]:
        """In (-1, 1)^A: uniform during the warm-up, then drawn from the policy."""
        if self.steps < self.settings.warm_up_steps:
            return self.draws.uniform(self.steps)
        self._rows[:], self._noise[:] = self._observation, self.draws.normal(self.steps)
        self.normaliser.see(self._rows)
        action: NDArray[np.float32] = self.update.act(self._rows, self._noise)[0]
        return action

    def _learn(self) -> None:
        points, noise = self.draws.learning(self.steps)
        as_coded = self.settings.transitions == "as_coded"
        (self.replay.draw_next_slot if as_coded else self.replay.draw)(points, self._batch)
        self.normaliser.see(self._batch.observation)
        self.normaliser.see(self._batch.following)
        updates = self.steps - self.settings.warm_up_steps
        told = self.update.learn(self._batch, noise, updates % self.settings.target_delay == 0)
        if not all(map(math.isfinite, told)):
            losses = ", ".join(f"{name} {value:g}" for name, value in told._asdict().items())
            raise UserError(f"step {self.steps}: the training has diverged ({losses})")
        self.summary.update(told)


def device_of(settings: SAC) -> str:
    """`cpu` or `cuda`."""
    if settings.device == "auto":
        return "cuda" if settings.update != "fast" and torch.cuda.is_available() else "cpu"
    return settings.device


def _update(settings: SAC, seed: int, observation: int, action: int) -> Update:
    """Which form of the update learns, and its first networks. Sets torch's threads, of which its sums depend."""
    torch.set_num_threads(settings.threads)
    shape, device = shape_of(settings, observation, action), device_of(settings)
    networks = first_networks(shape, seed)
    if device == "cpu" and settings.update != "readable":
        return FastUpdate(settings, shape, networks, torch.float32)
    return ReadableUpdate(settings, shape, networks, device, torch.float32)


def _below(arrays: Mapping[str, NDArray[Any]], prefix: str) -> Arrays:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
