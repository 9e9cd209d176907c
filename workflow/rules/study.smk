"""Which study is run, and what in it: checked here, before a single job is planned.

Config keys, all of them optional:

    study      a study file, instead of which `--configfile FILE` works too
    ranks      the number of MPI ranks of one training, its coordinator included; 1: no MPI
    rehearsal  true: the study whole but tiny, in results/NAME-rehearsal
    partial    true: trains nothing; tables, figures and report of the runs that are finished, marked as partial
    site, ...  what jobs ask a scheduler for, see queue.smk

The study is no input of any rule, so that a comment in it runs nothing again. What depends on it is told by the
inventory instead, a list of its runs whose time says since when something is due.
"""

import shutil
import sys
from functools import cache
from pathlib import Path

from itt.analysis import inventory, outputs, speed
from itt.errors import UserError
from itt.rehearsal import ESTIMATES, rehearsal
from itt.resolve import resolve
from itt.study import load
from itt.training import algorithm_of
from itt.theory import outputs as theory_outputs

KEYS = ("study", "ranks", "rehearsal", "partial", "site", *SITE_KEYS)


def study_file(given, configfiles):
    """The study that the command line asks for, by `--config study=FILE` or `--configfile FILE`; else the demo."""
    if unknown := sorted(given.keys() - set(KEYS)):
        raise UserError(f"--config {unknown[0]}: unknown key; allowed here: {', '.join(KEYS)}")
    asked = [*configfiles, *([given["study"]] if "study" in given else [])]
    if len(asked) > 1:
        raise UserError(f"one study at a time, not {len(asked)}: {', '.join(map(str, asked))}")
    return str(asked[0]) if asked else "config/demo.yaml"


def rank_count(given, default):
    """The ranks of one training: 1 is a single process without MPI, R > 1 a coordinator and R - 1 workers."""
    ranks = given.get("ranks", default)
    if type(ranks) is not int or ranks < 1:
        raise UserError(f"--config ranks: a whole number from 1 on, not {ranks!r}")
    return ranks


def switch(given, key):
    """A key that is true or false, and false where it is not given."""
    value = str(given.get(key, False)).lower()  # Snakemake reads True as a truth value and true as a word
    if value not in ("true", "false"):
        raise UserError(f"--config {key}: true or false, not {given[key]!r}")
    return value == "true"


def command_line(run):
    """The options that name a run of the study to `itt train`."""
    named = ["--env", run.env_label, "--method", run.method, "--variant", run.variant, "--seed", run.seed]
    return [*named, *(["--rehearsal"] if REHEARSAL else [])]


@cache
def resolved(cell):
    """A run of the cell (env, method, variant), once it is known that it can be played; others differ in the seed."""
    try:
        run = next(run for run in ALL_RUNS.values() if cell_of(run) == cell)
        return algorithm_of(run).identified(resolve(run))
    except UserError as error:
        raise UserError(f"{STUDY_FILE}: {error}") from None


def hash_of(run):
    """The run's hash, once it is known that a run which is there has no other settings.

    Snakemake looks at times of files only, so it would take the old runs for the new ones.
    """
    wanted = resolved(cell_of(run)).model_copy(update={"seed": run.seed}).hash
    record = Path(RESULTS, run.folder, "run.yaml")
    if record.exists() and inventory.recorded_hash(record) != wanted:
        remedy = f"delete {RESULTS}" if REHEARSAL else "move it away, or give the study another name"
        raise UserError(f"{STUDY_FILE}: {record.parent} was run with other settings (its run.yaml); {remedy}")
    return wanted


def listed(run, left_out):
    """The run's line in the inventory."""
    return inventory.Listed(
        folder=run.folder.as_posix(),
        study=run.study,
        env=run.env_label,
        method=run.method,
        variant=run.variant,
        seed=str(run.seed),
        hash=hash_of(run),
        iterations=str(run.length),
        left_out=inventory.LEFT_OUT if left_out else "",
    )


def copied(path):
    """A copy of a file, if it is there, that can be written to without a trace."""
    copy = Path(workflow.snakemake_tmp_dir, path)
    copy.parent.mkdir(parents=True)
    if path.exists():
        shutil.copy2(path, copy)
    return copy


def is_measured(file):
    """Whether the speed of every cell that can be was measured."""
    cells = {(run.env_label, run.method, run.variant): run for run in ALL_RUNS.values()}
    if not file.exists():
        return False
    return all(cell in speed.read(file).shares or not resolve(run).rollouts_are_measured for cell, run in cells.items())


def take_stock(path):
    """Writes the inventory, which is newer than what is due; returns it with the runs to be evaluated again.

    A dry run looks at a copy, so that it changes nothing. Where another Snakemake is at work, which will refuse this
    one, its inventory stays.
    """
    if workflow.output_settings.dryrun:
        path = copied(path)
    runs = [listed(run, folder in LEFT_OUT) for folder, run in ALL_RUNS.items()]
    collected = Path(RESULTS, "collected", outputs.COLLECTED[0])
    shorter = {
        folder
        for folder in RUNS
        if not PARTIAL
        and (file := Path(RESULTS, folder, "evaluation.csv")).exists()
        and not inventory.has_episodes(file, STUDY.evaluation.episodes)
    }
    due = bool(shorter) or (collected.exists() and not inventory.is_of(collected, runs))
    if not any(Path(".snakemake/locks").glob("*")):
        inventory.write(path, runs, due)
    return str(path), shorter


try:
    # What stands in a --configfile is the study itself, so only --config is looked at here.
    GIVEN = workflow.config_settings.config
    STUDY_FILE = study_file(GIVEN, workflow.configfiles)
    REHEARSAL, PARTIAL = switch(GIVEN, "rehearsal"), switch(GIVEN, "partial")
    RANKS = rank_count(GIVEN, default=1 if REHEARSAL else 2)
    SITE = site_of(GIVEN)
    STUDY = rehearsal(load(STUDY_FILE)) if REHEARSAL else load(STUDY_FILE)
    RESULTS = f"results/{STUDY.name}"
    ALL_RUNS = {run.folder.as_posix(): run for run in STUDY.runs}
    LEFT_OUT = [folder for folder in ALL_RUNS if PARTIAL and not inventory.is_finished(Path(RESULTS, folder))]
    RUNS = {folder: run for folder, run in ALL_RUNS.items() if folder not in LEFT_OUT}
    if not RUNS:
        raise UserError(f"{RESULTS}: no run is finished yet, so there is nothing to make partial tables of")
    INVENTORY, EVALUATED_OTHERWISE = f"{RESULTS}/inventory{'-partial' if PARTIAL else ''}.csv", set()
    MEASURED = is_measured(Path(RESULTS, "speed", outputs.SPEED))
    # Jobs read this file again; what was checked when they were planned needs no second look.
    if workflow.is_main_process:
        INVENTORY, EVALUATED_OTHERWISE = take_stock(Path(INVENTORY))
except UserError as error:
    # One line and the exit code of `itt` for a user's mistake; an exception would print Snakemake's own code around it.
    print(f"itt: error: {error}", file=sys.stderr)
    sys.exit(2)

FIGURES = outputs.figure_files({run.variant for run in STUDY.runs})
"""The files of figures, by name."""


wildcard_constraints:
    run="runs/.+",


# What a failed job was to update gets its old content back, as of now. So all of it is made once more.
onerror:
    inventory.renew(Path(INVENTORY))
    for line in jobs.unsaid(map(Path, log)):
        logger.error(line)
