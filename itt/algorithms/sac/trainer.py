"""The training of one run: steps, rows, evaluations, and a record that it goes on from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from itt.algorithms.sac.checks import check_room
from itt.algorithms.sac.playing import Shared, evaluated
from itt.algorithms.sac.settings import SACRun
from itt.algorithms.sac.summary import COLUMNS
from itt.algorithms.sac.training import Training
from itt.envs import make
from itt.errors import Stopped, UserError
from itt.experience.segments import Damaged, Segments
from itt.progress import Report
from itt.ranks import Team
from itt.record import RunFolder, opened
from itt.resolve import env_of
from itt.seeding import Key, env_seed

Arrays = dict[str, NDArray[Any]]
REPLAY = "replay"
"""The folder of a run in which its transitions are saved."""
_BETWEEN_LOOKS = 50
"""Steps from one look for signals to the next: less than a second."""
_BEST, _TRAINING = "best/", "training/"


def train(
    path: Path,
    run: SACRun,
    team: Team,
    say: Callable[[str], None],
    report: Report,
    extend: bool = False,
    wait: bool = False,
) -> None:
    """See `itt.training.Algorithm.train`."""
    columns = dict.fromkeys(COLUMNS, float) | {"sac/diverged": int}
    with opened(path, run, columns, say, extend, team.rest if wait else None) as folder:
        if folder is None:
            say(f"{path}: finished already; --extend lengthens a run")
            return
        _train(folder, run, team, say, report)


def _train(folder: RunFolder, run: SACRun, team: Team, say: Callable[[str], None], report: Report) -> None:
    """Steps to the next row, perhaps an evaluation, the row; until all steps are done."""
    settings = run.algorithm
    training, segments, best = _begun(folder, run, say)
    folder.before_saving = segments.mark
    workers = max(settings.threads, team.workers)
    folder.begin(team.ranks, workers, team.hosts, team.library, training.told() | {"goes_on_exactly": training.exact})
    for line in (folder.changed, _elsewhere(folder.sessions)):
        if line:
            say(line)

    def state() -> Arrays:
        """What a checkpoint holds; its transitions are on disk when this returns."""
        try:
            segments.append()
        except OSError as error:
            name = error.filename or folder.path / REPLAY
            raise Stopped(f"{name}: cannot be written ({error.strerror}); checkpoints so far are whole") from None
        return {f"{_TRAINING}{name}": array for name, array in training.arrays().items()} | best

    try:
        while folder.step < run.length:
            while training.steps < folder.step * settings.row_interval:
                if training.steps % _BETWEEN_LOOKS == 0:
                    team.rest(0)
                    if folder.save_is_due:
                        folder.state = state()
                        folder.save()
                training.step()
            score = _score(run, training, folder.step, team)
            if score > float(best.get(f"{_BEST}return", -math.inf)):
                best = {f"{_BEST}{name}": array for name, array in training.policy().items()}
                best[f"{_BEST}return"] = np.array(score)
            row = {"return": score, "env_steps": training.steps} | training.summary.row()
            folder.add_row(row)
            training.summary.begin()
            while training.diverged:
                key = training.diverged.pop(0)
                folder.note_divergence({"episode": key.episode, "env_seed": env_seed(key)})
            folder.note_work([one.told() for one in team.work])
            folder.end_step(state())
            report(folder.step, row)
    except Stopped as stopped:
        folder.state = state()  # in the midst of a row
        folder.save()
        raise Stopped(
            f"{stopped} after {training.steps} of {settings.steps} steps; a checkpoint is saved, the same command goes "
            "on from there"
        ) from None
    except Exception:  # the training has diverged, or a fault: what was saved before is kept, and nothing after it
        folder.save()
        raise
    learned = training.policy()
    chosen = {name.removeprefix(_BEST): array for name, array in best.items() if name != f"{_BEST}return"}
    folder.finish(learned, chosen or learned)


def _elsewhere(sessions: Sequence[Mapping[str, Any]]) -> str:
    """A line for the user who goes on with a run on another device, or with the other form of the update."""
    if len(sessions) < 2:
        return ""
    before, here = ({name: one.get(name) for name in ("device", "update")} for one in sessions[-2:])
    told = [f"{name} {before[name]} -> {here[name]}" for name in here if before[name] != here[name]]
    return f"goes on elsewhere, so bits differ: {', '.join(told)}" if told else ""


def _begun(folder: RunFolder, run: SACRun, say: Callable[[str], None]) -> tuple[Training, Segments, Arrays]:
    """The training at its beginning, or where the checkpoint is; what its transitions are saved in; the best policy."""
    settings, spec = run.algorithm, env_of(run)
    check_room(settings, spec, folder.path, folder.path / REPLAY)
    scratch = folder.path if settings.buffer_in == "disk" else None
    env = make(run.env, **run.env_kwargs)
    training = Training(settings, env, spec, run.seed, spec.episode_limit, scratch)
    try:
        (folder.path / REPLAY).mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder.path / REPLAY}: is no folder ({error.strerror}); move it away") from None
    segments = Segments(folder.path / REPLAY, training.replay)
    if not folder.state:
        if not training.exact:
            say(f"{run.env}: its state cannot be saved; a training that is stopped goes on with a new episode")
        return training, segments, {}
    training.restore({name.removeprefix(_TRAINING): array for name, array in folder.state.items()})
    if folder.step < run.length:  # else all that is left is to write down what it came to
        try:
            segments.restore(int(folder.state[f"{_TRAINING}transitions"]))
        except Damaged as damaged:
            raise UserError(f"{damaged}; delete {folder.path} to start from the beginning") from None
    say(f"resumed at step {training.steps}")
    return training, segments, {name: array for name, array in folder.state.items() if name.startswith(_BEST)}


def _score(run: SACRun, training: Training, row: int, team: Team) -> float:
    """The mean return of an evaluation, if one falls on this row; else NaN."""
    settings = run.algorithm
    if training.steps % settings.evaluation_interval:
        return math.nan
    threads = torch.get_num_threads()
    keys = [Key(run.seed, iteration=row + 1, episode=episode) for episode in range(settings.evaluation_episodes)]
    played = evaluated(Shared(run, training.policy()), keys, team)
    torch.set_num_threads(threads)
    return fmean(value for value, *_ in played)
