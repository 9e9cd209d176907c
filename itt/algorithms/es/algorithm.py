"""Evolution strategies as an `itt.training.Algorithm`. What is heavy is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from itt.algorithms.es.settings import ESRun
from itt.progress import Report
from itt.ranks import Team
from itt.record import SavedPolicy
from itt.record.evaluation import Returns
from itt.resolve import env_of, resolve
from itt.training import Effort, Inference, Policy, Speed


class EvolutionStrategies:
    """The methods itt, iot and explicit."""

    def check_installed(self, run: ESRun) -> None:
        """Its simulator, and what its engine acts with; a folder for compiled code. No simulator is imported."""
        from itt.envs.needs import check_package, check_simulator

        check_simulator(env_of(run))
        if run.engine == "reference":
            check_package("engine: reference", "torch", "torch")
        else:
            from itt.native.cache import cache_folder

            cache_folder()

    def identified(self, run: ESRun) -> ESRun:
        """The SHA-256 of a saved theta_0."""
        from itt.algorithms.es.warm_start import identified

        return identified(run)

    def train(
        self,
        path: Path,
        run: ESRun,
        team: Team,
        say: Callable[[str], None],
        report: Report,
        extend: bool = False,
        wait: bool = False,
    ) -> None:
        """See `itt.algorithms.es.trainer`."""
        from itt.algorithms.es.trainer import train

        train(path, run, team, say, report, extend, wait)

    def told(self, row: Mapping[str, float]) -> str:
        """The mean return of the perturbations."""
        return f"perturbations' mean {row['es/mean_return']:.1f}"

    def inference(
        self, saved: SavedPolicy, source: str, search: str | None, frozen: bool, overrides: Sequence[str]
    ) -> Inference:
        """Another search than in training, candidates that stand, or other settings of both (Remark 2.1)."""
        from itt.algorithms.es import inference
        from itt.algorithms.es.resolve import check_fits

        trained = ESRun.of(saved.run, source)
        run = resolve(inference.for_inference(trained, search, frozen, overrides))
        check_fits(saved, source)
        return Inference(run, inference.changed(trained, run), inference.settings(run))

    def evaluate(self, saved: SavedPolicy, inference: Inference, episodes: int, team: Team) -> Returns:
        """See `itt.rollouts.evaluation`."""
        from itt.algorithms.es.saved import learned_of
        from itt.rollouts import ready
        from itt.rollouts.evaluation import evaluate

        learned = learned_of(saved)
        run = ESRun.of(inference.run, "evaluation")
        ready(run)
        played = evaluate(run, learned.theta, episodes, team.map, learned.normaliser)
        return [(episode.value, seed, episode.diverged) for episode, seed in played]

    def policy(self, saved: SavedPolicy, source: str) -> Policy:
        """See `itt.rollouts.acting`."""
        from itt.algorithms.es.saved import learned_of
        from itt.rollouts.acting import Acting

        run = ESRun.of(self.inference(saved, source, None, False, []).run, source)
        self.check_installed(run)
        return Acting(run, learned_of(saved))

    def effort(self, run: ESRun) -> Effort:
        """See `itt.algorithms.es.effort`."""
        from itt.algorithms.es.effort import effort

        return effort(run)

    def speed(self, run: ESRun, row: Mapping[str, Any]) -> Speed:
        """A row of `itt bench rollouts`."""
        from itt.algorithms.es.speed import published

        return published(run, row)

    def measured(self, run: ESRun, seconds: float) -> Speed:
        """A random policy's."""
        from itt.algorithms.es.speed import measured

        return measured(run, seconds)


ALGORITHM = EvolutionStrategies()
"""What `itt.training` asks for."""
