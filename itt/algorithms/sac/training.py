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
from itt.envs import EnvSpec, promised, state
from itt.envs.divergence import is_sound, sound_step
from itt.errors import UserError
from itt.experience import Batch, Normaliser, Replay
from itt.experience.replay import width
from itt.seeding import Key, env_seed

Arrays = dict[str, NDArray[Any]]
_UPDATE, _ENV, _SEEN, _SUMMARY = "update/", "env/", "normaliser/", "summary/"


class Training:
    """One run of soft actor-critic.

    Attributes:
        steps: Env steps done. `replay` was given a transition for each that did not diverge.
        diverged: The episodes, by their keys, that have diverged since this was made (`itt.envs.divergence`): they end,
            and that transition is not learned from.
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
        self.settings, self.env, self.spec, self.seed = settings, env, spec, seed
        self.episode_steps = episode_steps
        self.diverged: list[Key] = []
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
            UserError: An observation has another length than the space promises, or a loss or an action is no number.
                What was saved before is still sound.
        """
        action = self._action()
        played = sound_step(self.env, policy.within(action, self.low, self.high), self._return)
        over = played is None or self._met(action, *played)
        self.summary.action(action)
        self.steps += 1
        if self.steps > self.settings.warm_up_steps and self.replay.count >= self.settings.batch_size:
            self._learn()
        if played is None:
            self.summary.divergence()
            self.diverged.append(self._key(self._episode))
        elif over:
            self.summary.episode(self._return, self._length)
        if over:
            self._begin(self._episode + 1)

    def _met(self, action: NDArray[np.float32], after: Any, reward: float, terminated: bool, truncated: bool) -> bool:
        """Remembers a sound transition; whether the episode is over."""
        before, after = self._observation, promised(self.spec, after)
        self._length += 1
        self._return += reward
        truncated = truncated or self._length == self.episode_steps
        ended = terminated or (truncated and self.settings.transitions == "as_coded")
        self.replay.add(before, action, reward, ended, after)
        self.normaliser.meet(before)
        self._observation = after
        return terminated or truncated

    def arrays(self) -> Arrays:
        """All that the training is, but its settings, its seed and its replay."""
        found = {
            "steps": np.array(self.steps),
            "transitions": np.array(self.replay.count),
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

    def told(self) -> dict[str, Any]:
        """Where it learns, and how: what its bits depend on beside its settings."""
        form = "fast" if isinstance(self.update, FastUpdate) else "readable"
        about = {"device": device_of(self.settings), "update": form, "torch_threads": self.settings.threads}
        return (
            about
            if about["device"] == "cpu"
            else about | {"gpu": torch.cuda.get_device_name(), "cuda": torch.version.cuda}
        )

    def policy(self) -> Arrays:
        """What `policy.Policy` acts by, as it is now."""
        return policy.saved(self.update.arrays(), self.normaliser.lens)

    def _key(self, episode: int) -> Key:
        return Key(self.seed, episode=episode)

    def _begin(self, episode: int) -> None:
        self._episode, self._length, self._return = episode, 0, 0.0
        self._observation = promised(self.spec, self.env.reset(seed=env_seed(self._key(episode)))[0])
        if not is_sound(self._observation):
            raise UserError(f"episode {episode}: {self.spec.name} begins with an observation that is no finite float32")

    def _action(self) -> NDArray[np.float32]:
        """In (-1, 1)^A: uniform during the warm-up, then drawn from the policy."""
        if self.steps < self.settings.warm_up_steps:
            return self.draws.uniform(self.steps)
        self._rows[:], self._noise[:] = self._observation, self.draws.normal(self.steps)
        self.normaliser.see(self._rows)
        action: NDArray[np.float32] = self.update.act(self._rows, self._noise)[0]
        if not np.isfinite(action).all():
            raise UserError(f"step {self.steps}: the training has diverged (the policy's action is no number)")
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
