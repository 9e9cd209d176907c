"""ES training of one run, as the paper tells it (Sec. 3.1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from itt.algorithms.es import episodes, observations, search, target, warm_start
from itt.algorithms.es.search import State
from itt.errors import Stopped
from itt.observations import Learned, packed
from itt.ranks import Team
from itt.record import RunFolder, opened
from itt.rollouts import Episode, Rollout, Shared, architecture_of, play
from itt.run import Run

COLUMNS = (
    "es/mean_return",
    "es/min_return",
    "es/max_return",
    "es/grad_norm",
    "es/step_norm",
    "es/theta_norm",
    "es/sigma",
    "es/eta",
    "es/play_seconds",
    "es/wait_seconds",
    "es/diverged",
)
"""Returns are over the perturbations of the iteration, each the mean of its episodes; the norms are of the gradient, of
theta_k+1 - theta_k and of theta_k; seconds are core-seconds of the workers, at play and without work; diverged counts
episodes that ended because the simulation diverged, of which provenance.json tells more."""
DETERMINISM = "bitwise"
"""What this algorithm promises: the same bits for any number of ranks, and across kill and resume."""

Report = Callable[[int, dict[str, float]], None]


def train(path: Path, run: Run, team: Team, say: Callable[[str], None], report: Report, extend: bool = False) -> None:
    """Trains a resolved run, or goes on with it, and records it in the folder `path`.

    Args:
        path: The run's folder.
        run: What `itt.rollouts.resolve` returned.
        team: Who plays.
        say: Takes a line for the user.
        report: Takes the iterations done and the newest row of metrics.csv, after every iteration.
        extend: Whether a run with fewer iterations, or with a lower target, may be lengthened.

    Raises:
        Stopped: A signal came; a checkpoint is saved.
        UserError: The folder cannot be used for this run.
    """
    run = warm_start.identified(run)
    with opened(path, run, COLUMNS, say, extend) as folder:
        if folder is None:
            say(f"{path}: finished already; --extend lengthens a run")
            return
        _train(folder, run, team, say, report)


def _train(folder: RunFolder, run: Run, team: Team, say: Callable[[str], None], report: Report) -> None:
    settings, architecture = run.algorithm, architecture_of(run)
    if folder.step:
        state = State.restored(folder.state, folder.step)
        met = observations.restored(run, folder.state)
        best = Learned(folder.state["best_theta"], observations.restored(run, folder.state, "best_"))
        best_return = float(folder.state["best_return"])
        say(f"resumed at iteration {folder.step}")
    else:
        state = search.initial(settings, architecture, run.seed)
        met = observations.first(run)
        best, best_return = Learned(state.theta, met), -np.inf
    env_steps = int(folder.column("env_steps", 1)[0]) if folder.rows else 0
    folder.begin(team.ranks, team.workers, team.hosts, team.library)

    try:
        while state.iteration < settings.iterations:
            k = state.iteration
            epsilon = search.ask(state, settings, architecture, run.seed)
            rollouts = [Rollout(state.theta, key) for key in episodes.keys(settings, run.seed, k)] + [
                Rollout(theta, key)
                for i, sign, theta in search.perturbations(state, settings, epsilon)
                for key in episodes.keys(settings, run.seed, k, i, sign)
            ]
            started = time.perf_counter()
            played = team.map(play, Shared(run, met.normaliser if met else None), rollouts)
            available = team.workers * (time.perf_counter() - started)
            center, *returns = episodes.means(settings, [episode.value for episode in played])
            base, *counted = episodes.means(settings, episodes.counted(settings, played))
            following, gradient = search.tell(state, settings, architecture, epsilon, base, np.array(counted))

            env_steps += sum(episode.steps for episode in played)
            row = {
                "return": center,
                "env_steps": env_steps,
                "es/mean_return": np.mean(returns),
                "es/min_return": np.min(returns),
                "es/max_return": np.max(returns),
                "es/grad_norm": float(np.linalg.norm(gradient)),
                "es/step_norm": float(np.linalg.norm(following.theta - state.theta)),
                "es/theta_norm": float(np.linalg.norm(state.theta)),
                "es/sigma": search.sigma(state, settings),
                "es/eta": search.eta(state, settings),
                "es/diverged": sum(episode.diverged for episode in played),
            } | _times(played, available)
            folder.add_row(row)
            folder.note_builds(sum(e.builds for e in played), sum(e.build_seconds for e in played))
            for rollout, episode in zip(rollouts, played, strict=True):
                if episode.diverged:
                    folder.note_divergence(rollout.key)
            if center > best_return:
                best, best_return = Learned(state.theta, met), center
            if settings.target and target.reached(settings.target, folder.column("return", settings.target.rows)):
                say(f"target reached at iteration {k}")
                break
            state, met = following, observations.after(met, played[settings.episodes :])
            kept = {"best_theta": best.theta, "best_return": np.array(best_return)} | packed(best.met, "best_")
            folder.end_iteration(state.arrays() | packed(met) | kept)
            report(state.iteration, row)
    except Stopped as stopped:
        folder.save()
        raise Stopped(
            f"{stopped} after {folder.step} of {settings.iterations} iterations; a checkpoint is saved, the same "
            "command goes on from there"
        ) from None
    folder.finish(Learned(state.theta, met), best)


def _times(played: list[Episode], available: float) -> dict[str, float]:
    """Core-seconds at play, and those that the workers had no work in."""
    at_play = sum(episode.seconds for episode in played)
    return {"es/play_seconds": at_play, "es/wait_seconds": max(0.0, available - at_play)}
