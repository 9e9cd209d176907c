"""Which study is run, and what in it: checked here, before a single job is planned.

Config keys, all of them optional: `study`, a study file, instead of which `--configfile FILE` works too; and `ranks`,
the number of MPI ranks of one training, its coordinator included.
"""

import sys
from pathlib import Path

from itt.algorithms.es.warm_start import identified
from itt.errors import UserError
from itt.resolve import resolve
from itt.settings_file import read
from itt.study import load


def study_file(given, configfiles):
    """The study that the command line asks for, by `--config study=FILE` or `--configfile FILE`; else the demo."""
    if unknown := sorted(given.keys() - {"study", "ranks"}):
        raise UserError(f"--config {unknown[0]}: unknown key; allowed here: study, ranks")
    asked = [*configfiles, *([given["study"]] if "study" in given else [])]
    if len(asked) > 1:
        raise UserError(f"one study at a time, not {len(asked)}: {', '.join(map(str, asked))}")
    return str(asked[0]) if asked else "config/demo.yaml"


def rank_count(given):
    """The ranks of one training: 1 is a single process without MPI, R > 1 a coordinator and R - 1 workers."""
    ranks = given.get("ranks", 2)
    if type(ranks) is not int or ranks < 1:
        raise UserError(f"--config ranks: a whole number from 1 on, not {ranks!r}")
    return ranks


def command_line(run):
    """The options that name a run of the study to `itt train`."""
    return ["--env", run.env_label, "--method", run.method, "--variant", run.variant, "--seed", run.seed]


def check_runs(study, path):
    """Refuses runs that cannot be played, and finished ones that the study has meanwhile given other settings.

    Snakemake looks at times of files only and the study is no input, so it would take the old runs for the new ones.
    """
    for run in study.runs:
        try:
            wanted = identified(resolve(run))
        except UserError as error:
            raise UserError(f"{path}: {error}") from None
        record = Path("results", study.name, run.folder, "run.yaml")
        if record.exists() and (read(record) or {}).get("hash") != wanted.hash:
            raise UserError(
                f"{path}: {record.parent} was run with other settings (its run.yaml); "
                "move it away, or give the study another name"
            )


try:
    # What stands in a --configfile is the study itself, so only --config is looked at here.
    STUDY_FILE = study_file(workflow.config_settings.config, workflow.configfiles)
    RANKS = rank_count(workflow.config_settings.config)
    STUDY = load(STUDY_FILE)
    # Jobs read this file again; what was checked when they were planned needs no second look.
    if workflow.is_main_process:
        check_runs(STUDY, STUDY_FILE)
except UserError as error:
    # One line and the exit code of `itt` for a user's mistake; an exception would print Snakemake's own code around it.
    print(f"itt: error: {error}", file=sys.stderr)
    sys.exit(2)

RESULTS = f"results/{STUDY.name}"
RUNS = {run.folder.as_posix(): run for run in STUDY.runs}
VARIANTS = sorted({run.variant for run in STUDY.runs} - {"vanilla"})
"""The variants that are drawn against vanilla."""


wildcard_constraints:
    run="runs/.+",
