"""Soft actor-critic as an `itt.training.Algorithm`. What is heavy is imported when it is used."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from itt.algorithms.sac.settings import SACRun
from itt.envs.needs import check_package, check_simulator
from itt.errors import UserError
from itt.experience.replay import size_in_bytes
from itt.progress import Report
from itt.ranks import Team
from itt.record import SavedPolicy
from itt.record.evaluation import Returns
from itt.resolve import env_of, resolve
from itt.training import Effort, Inference, Policy, Speed

_RANK_MB = 500
"""Resident memory of a process with torch, MB, without its buffer."""


class SoftActorCritic:
    """The method sac."""

    def check_installed(self, run: SACRun) -> None:
        """Its simulator, and torch."""
        check_simulator(env_of(run))
        check_package(f"method: {run.method}", "torch", "torch")
        if run.algorithm.device == "cuda":
            import torch

            if not torch.cuda.is_available():
                raise UserError("algorithm.device: cuda: PyTorch finds none here; allowed: auto, cpu")

    def identified(self, run: SACRun) -> SACRun:
        """It starts from no file."""
        return run

    def train(
        self,
        path: Path,
        run: SACRun,
        team: Team,
        say: Callable[[str], None],
        report: Report,
        extend: bool = False,
        wait: bool = False,
    ) -> None:
        """See `itt.algorithms.sac.trainer`."""
        from itt.algorithms.sac.trainer import train

        train(path, run, team, say, report, extend, wait)

    def told(self, row: Mapping[str, float]) -> str:
        """The mean return of training's own episodes, the temperature, and Q."""
        shown = {"in training": row["train/return"], "alpha": row["sac/alpha"], "Q": row["sac/q"]}
        return ", ".join(f"{name} {value:.3g}" for name, value in shown.items() if not math.isnan(value))

    def inference(
        self, saved: SavedPolicy, source: str, search: str | None, frozen: bool, overrides: Sequence[str]
    ) -> Inference:
        """Mean actions: nothing can be chosen."""
        run = _run(saved, source)
        if search is not None or frozen or overrides:
            raise UserError(f"{source}: --search, --frozen and --set are about candidates, and {run.method} has none")
        return Inference(resolve(run), "", {})

    def evaluate(self, saved: SavedPolicy, inference: Inference, episodes: int, team: Team) -> Returns:
        """See `itt.algorithms.sac.playing`."""
        from itt.algorithms.sac.playing import Shared, evaluated, fresh

        run = _run(saved, "evaluation")
        _acting(saved, "evaluation")
        return evaluated(Shared(run, dict(saved.arrays)), [fresh(run, number) for number in range(episodes)], team)

    def policy(self, saved: SavedPolicy, source: str) -> Policy:
        """See `itt.algorithms.sac.playing.Acting`."""
        from itt.algorithms.sac.playing import Acting

        run = resolve(_run(saved, source))
        self.check_installed(run)
        return Acting(run, _acting(saved, source))

    def effort(self, run: SACRun) -> Effort:
        """One process, which takes one step after the other, and evaluates before the first and at the end, too."""
        settings, spec = run.algorithm, env_of(run)
        held = min(settings.buffer_capacity, settings.steps) if settings.buffer_in == "memory" else 0
        memory = size_in_bytes(held, spec.observation, spec.action) if held else 0
        assert spec.episode_limit is not None
        evaluations = 1 + settings.steps // settings.evaluation_interval
        return Effort(
            steps=run.length - 1,
            items=1,
            item_steps=settings.row_interval,
            memory_mb=_RANK_MB + math.ceil(memory / 2**20),
            evaluation_steps=evaluations * settings.evaluation_episodes * spec.episode_limit,
        )

    def speed(self, run: SACRun, row: Mapping[str, Any]) -> Speed:
        """A row of `itt bench learning`: a step with its update."""
        return Speed(row["updates_per_s"], 0.0, "benchmark")

    def measured(self, run: SACRun, seconds: float) -> Speed:
        """A training's, after a warm-up as short as it can be."""
        from itt.algorithms.sac.training import Training
        from itt.envs import make

        batch = run.algorithm.batch_size
        settings = run.algorithm.model_copy(update={"warm_up_steps": max(2, batch), "buffer_in": "memory"})
        training = Training(settings, make(run.env, **run.env_kwargs), env_of(run), run.seed, run.episode_steps)
        while training.steps <= settings.warm_up_steps:
            training.step()
        started, before = time.thread_time(), training.steps
        while time.thread_time() - started < seconds:
            training.step()
        return Speed((training.steps - before) / (time.thread_time() - started), 0.0, "measured here")


def _run(saved: SavedPolicy, source: str) -> SACRun:
    if not isinstance(saved.run, SACRun):
        raise UserError(f"{source}: of the method sac, not {saved.run.method}")
    return saved.run


def _acting(saved: SavedPolicy, source: str) -> Any:
    """The policy.

    Raises:
        UserError: The arrays are none that fits the run's env.
    """
    from itt.algorithms.sac.policy import Policy as Acts

    try:
        return Acts(saved.arrays, env_of(saved.run))
    except (LookupError, ValueError) as error:
        raise UserError(f"{source}: {error}") from None


ALGORITHM = SoftActorCritic()
"""What `itt.training` asks for."""
