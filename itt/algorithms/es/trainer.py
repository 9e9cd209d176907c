"""ES training of one run, as the paper tells it (Sec. 3.1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from itt.algorithms.es import search
from itt.algorithms.es.search import State
from itt.errors import Stopped
from itt.ranks import Team
from itt.record import RunFolder, opened
from itt.rollouts import Episode, Rollout, architecture_of, play
from itt.seeding import Key
from itt.study import Run

COLUMNS = (
    "es/mean_return",
    "es/min_return",
    "es/max_return",
    "es/grad_norm",
    "es/theta_norm",
    "es/play_seconds",
    "es/wait_seconds",
    "es/diverged",
)
"""Over the perturbations of the iteration; seconds are core-seconds of the workers, at play and without work; episodes
that ended because the simulation diverged, of which provenance.json tells more."""
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
        extend: Whether a run with fewer iterations may be lengthened.

    Raises:
        Stopped: A signal came; a checkpoint is saved.
        UserError: The folder cannot be used for this run.
    """
    with opened(path, run, COLUMNS, say, extend) as folder:
        if folder is None:
            say(f"{path}: finished already, {run.algorithm.iterations} iterations; --extend lengthens a run")
            return
        _train(folder, run, team, say, report)


def _train(folder: RunFolder, run: Run, team: Team, say: Callable[[str], None], report: Report) -> None:
    settings, architecture = run.algorithm, architecture_of(run)
    if folder.step:
        state = State(folder.state["theta"], folder.step)
        best, best_return = folder.state["best_theta"], float(folder.state["best_return"])
        say(f"resumed at iteration {folder.step}")
    else:
        state = search.initial(settings, architecture, run.seed)
        best, best_return = state.theta, -np.inf
    env_steps = int(folder.rows[-1][folder.columns.index("env_steps")]) if folder.rows else 0
    folder.begin(team.ranks, team.workers, team.hosts, team.library)

    try:
        while state.iteration < settings.iterations:
            k = state.iteration
            epsilon = search.ask(state, settings, architecture, run.seed)
            rollouts = [Rollout(state.theta, Key(run.seed, k))] + [
                Rollout(theta, Key(run.seed, k, i, sign))
                for i, sign, theta in search.perturbations(state, settings, epsilon)
            ]
            started = time.perf_counter()
            center, *episodes = team.map(play, run, rollouts)
            played = time.perf_counter() - started
            returns = np.array([episode.value for episode in episodes])
            following, gradient = search.tell(state, settings, epsilon, center.value, returns)

            env_steps += sum(episode.steps for episode in (center, *episodes))
            row = {
                "return": center.value,
                "env_steps": env_steps,
                "es/mean_return": returns.mean(),
                "es/min_return": returns.min(),
                "es/max_return": returns.max(),
                "es/grad_norm": float(np.linalg.norm(gradient)),
                "es/theta_norm": float(np.linalg.norm(state.theta)),
                "es/diverged": sum(episode.diverged for episode in (center, *episodes)),
            } | _times([center, *episodes], team.workers * played)
            folder.add_row(row)
            for rollout, episode in zip(rollouts, (center, *episodes), strict=True):
                if episode.diverged:
                    folder.note_divergence(rollout.key)
            if center.value > best_return:
                best, best_return = state.theta, center.value
            state = following
            folder.end_iteration({"theta": state.theta, "best_theta": best, "best_return": np.array(best_return)})
            report(state.iteration, row)
    except Stopped as stopped:
        folder.save()
        raise Stopped(
            f"{stopped} after {folder.step} of {settings.iterations} iterations; a checkpoint is saved, the same "
            "command goes on from there"
        ) from None
    folder.finish(state.theta, best)


def _times(episodes: list[Episode], available: float) -> dict[str, float]:
    """Core-seconds at play, and those that the workers had no work in."""
    at_play = sum(episode.seconds for episode in episodes)
    return {"es/play_seconds": at_play, "es/wait_seconds": max(0.0, available - at_play)}
