"""ES training of one run, as the paper tells it (Sec. 3.1)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from itt.algorithms.es import ends, episodes, strategy, warm_start
from itt.algorithms.es.directions import Directions
from itt.algorithms.es.saved import arrays
from itt.algorithms.es.settings import ESRun
from itt.algorithms.es.snapshot import Snapshot
from itt.errors import Stopped
from itt.linear.sums import length
from itt.policies import Theta, architecture_of
from itt.progress import Report
from itt.ranks import Team
from itt.record import RunFolder, opened
from itt.rollouts import Episode, Rollout, Shared, play, ready
from itt.seeding import env_seed

_MEASURES = (
    "es/mean_return", "es/min_return", "es/max_return", "es/grad_norm", "es/step_norm", "es/theta_norm", "es/sigma",
    "es/eta", "es/play_seconds", "es/wait_seconds",
)  # fmt: skip
COLUMNS = dict.fromkeys(_MEASURES, float) | {"es/diverged": int}
"""Returns are over the perturbations of the iteration, each the mean of its episodes; the norms are of the gradient, of
theta_k+1 - theta_k and of theta_k; seconds are core-seconds of the workers, at play and without work; diverged counts
episodes that diverged, of which provenance.json tells more: each counts as the worst return of its iteration."""


def train(
    path: Path,
    run: ESRun,
    team: Team,
    say: Callable[[str], None],
    report: Report,
    extend: bool = False,
    wait: bool = False,
) -> None:
    """Trains a resolved run, or goes on with it, and records it in the folder `path`.

    Args:
        path: The run's folder.
        run: What `itt.resolve.resolve` returned.
        team: Who plays.
        say: Takes a line for the user.
        report: Takes the iterations done and the newest row of metrics.csv, after every iteration.
        extend: Whether a run with fewer iterations, or with a lower target, may be lengthened.
        wait: Whether to wait while another process writes to the folder.

    Raises:
        Stopped: A signal came; a checkpoint is saved.
        UserError: The folder cannot be used for this run; or the training came to where it cannot go on, of which a
            checkpoint is saved, as it is before any other error leaves.
    """
    run = warm_start.identified(run)
    with opened(path, run, COLUMNS, say, extend, team.rest if wait else None) as folder:
        if folder is None:
            say(f"{path}: finished already; --extend lengthens a run")
            return
        ready(run)
        _train(folder, run, team, say, report)


def _train(folder: RunFolder, run: ESRun, team: Team, say: Callable[[str], None], report: Report) -> None:
    """Ask, play, tell (Sec. 3.1), until all iterations are done or the target is reached."""
    if folder.step:
        now = Snapshot.restored(run, folder.state, folder.step)
        say(f"resumed at iteration {folder.step}")
    else:
        now = Snapshot.first(run)
    folder.begin(
        team.ranks,
        team.workers,
        team.hosts,
        team.library,
        {"engine": run.engine, "builds": 0, "build_seconds": 0.0},
    )
    if folder.changed:
        say(folder.changed)
    settings, architecture = run.algorithm, architecture_of(run)
    try:
        while (k := now.state.iteration) < settings.iterations:
            epsilon = strategy.ask(now.state, settings, architecture, run.seed)
            rollouts = _rollouts(run, now, epsilon)
            played, times = _played(run, now, rollouts, team)
            ends.check_played(k, played)
            center, *returns = episodes.means(settings, episodes.returns(played))
            base, *counted = episodes.means(settings, episodes.counted(settings, played))
            with np.errstate(over="ignore", invalid="ignore"):  # `ends` looks at what comes of it
                following, gradient = strategy.tell(now.state, settings, architecture, epsilon, base, np.array(counted))
            ends.check_update(run, now.state, following)

            sound = not any(episode.diverged for episode in played[: settings.episodes])
            now = now.after_return(center) if sound else now
            row = {"return": center} | _returns(returns) | _norms(run, now, gradient, following.theta) | times
            _record(folder, row, rollouts, played)
            folder.note_work([one.told() for one in team.work])
            if (
                settings.target
                and sound
                and episodes.reached(settings.target, folder.column("return", settings.target.rows))
            ):
                say(f"target reached at iteration {k}")
                break
            now = now.after_update(following, played[settings.episodes :])
            folder.end_step(now.arrays())
            report(now.state.iteration, row)
    except Stopped as stopped:
        folder.save()
        raise Stopped(
            f"{stopped} after {folder.step} of {settings.iterations} iterations; a checkpoint is saved, the same "
            "command goes on from there"
        ) from None
    except Exception:  # a user's mistake, or a fault: what was finished before is kept
        folder.save()
        raise
    folder.finish(arrays(now.learned), arrays(now.best))


def _rollouts(run: ESRun, now: Snapshot, epsilon: Directions) -> list[Rollout]:
    """What is played in an iteration: theta's own episodes, then those of each perturbation, in order."""
    settings, k = run.algorithm, now.state.iteration
    own = [Rollout(now.state.theta, key) for key in episodes.keys(settings, run.seed, k)]
    with np.errstate(over="ignore"):  # `ends` looks at what comes of it
        perturbations = strategy.perturbations(now.state, settings, epsilon)
    ends.check_perturbed(run, now.state, [theta for _, _, theta in perturbations])
    return own + [
        Rollout(theta, key) for i, sign, theta in perturbations for key in episodes.keys(settings, run.seed, k, i, sign)
    ]


def _played(run: ESRun, now: Snapshot, rollouts: list[Rollout], team: Team) -> tuple[list[Episode], dict[str, float]]:
    """The episodes, and the workers' core-seconds: those at play, and those that they had no work in."""
    started = time.perf_counter()
    played = team.map(play, Shared(run, now.met.normaliser if now.met else None), rollouts)
    available = team.workers * (time.perf_counter() - started)
    at_play = sum(episode.seconds for episode in played)
    return played, {"es/play_seconds": at_play, "es/wait_seconds": max(0.0, available - at_play)}


def _returns(returns: Sequence[float]) -> dict[str, float]:
    return {
        "es/mean_return": float(np.mean(returns)),
        "es/min_return": float(np.min(returns)),
        "es/max_return": float(np.max(returns)),
    }


def _norms(run: ESRun, now: Snapshot, gradient: Theta, following: Theta) -> dict[str, float]:
    return {
        "es/grad_norm": length(gradient),
        "es/step_norm": length(following - now.state.theta),
        "es/theta_norm": length(now.state.theta),
        "es/sigma": strategy.sigma(now.state, run.algorithm),
        "es/eta": strategy.eta(now.state, run.algorithm),
    }


def _record(folder: RunFolder, row: dict[str, float], rollouts: Sequence[Rollout], played: Sequence[Episode]) -> None:
    """Adds the iteration's row, what was built in it, and where simulations diverged."""
    steps = sum(episode.steps for episode in played) + int(sum(folder.column("env_steps", 1)))
    diverged = [rollout.key for rollout, episode in zip(rollouts, played, strict=True) if episode.diverged]
    folder.add_row(row | {"env_steps": steps, "es/diverged": len(diverged)})
    session = folder.session
    session["builds"] += sum(episode.builds for episode in played)
    session["build_seconds"] = round(session["build_seconds"] + sum(episode.build_seconds for episode in played), 6)
    for key in diverged:
        place = {"iteration": key.iteration, "direction": key.direction, "sign": key.sign, "env_seed": env_seed(key)}
        folder.note_divergence(place)
