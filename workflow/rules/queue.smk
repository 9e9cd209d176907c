"""What jobs ask a scheduler for, what starts their ranks, and how often they are started again.

Config keys, each above the same key of a site's file (profiles/slurm/site.yaml, or the one that `site=FILE` names):
partition, account, constraint, qos, mpi, runtime, memory, nodes. profiles/slurm/site.yaml.example tells what they mean.
"""

import getpass
import logging
import os
import re
from functools import cache
from pathlib import Path

from snakemake.jobs import Job

from itt import jobs, plan
from itt.errors import UserError

SITE_KEYS = tuple(plan.Site.model_fields)

SUBMITS = workflow.remote_exec or workflow.resource_settings.nodes is not None
"""Whether jobs go to a scheduler (--jobs, and no --cores), or this is such a job."""


def site_of(given):
    """What the site wants of jobs, where there is a scheduler; `given` is what --config says."""
    if not SUBMITS:
        return plan.site(None, {key: given[key] for key in SITE_KEYS if key in given})
    for text in [*map(str, given.values()), workflow.basedir, os.getcwd()]:
        if not re.fullmatch(plan.SAFE, text):
            raise UserError(
                f"{text!r}: jobs are handed to a shell, which would not leave this alone; no \" ' $ ` \\ here"
            )
    if "site" in given and not Path(given["site"]).is_file():
        raise UserError(f"--config site: {given['site']}: no such file")
    file = Path(given.get("site", Path(workflow.basedir, "profiles", "slurm", "site.yaml")))
    return plan.site(file, {key: given[key] for key in SITE_KEYS if key in given})


@cache
def request_of(cell):
    """What a run of the cell (env, method, variant) asks for."""
    run = resolved(cell)
    known = plan.speed(run, published())
    return plan.request(plan.cell(run, 1, STUDY.evaluation.episodes, RANKS, known), SITE)


@cache
def published():
    return plan.published()


def cell_of(run):
    return run.env_label, run.method, run.variant


def ranks_of(wildcards):
    """The ranks of a run's training: 1 where several would not make it faster."""
    return RANKS if ALL_RUNS[wildcards.run].shares_work else 1


def requested(wildcards):
    """What the job of a run asks for."""
    return request_of(cell_of(ALL_RUNS[wildcards.run]))


def gathered():
    """MB of a job that reads all metrics of the study."""
    return plan.gathering(sum(run.length for run in RUNS.values()))


def refused(job):
    """Whether the job's last attempt ended as its user's mistake (exit code 2): another one would end so again."""
    try:
        last = Path(job.log[0]).read_text(errors="replace").splitlines()[-1]
    except (OSError, IndexError):
        return False
    return last == "logged: exit code 2"


def restarts(job):
    """How often a job that has failed may be started again: as often as `retries` says, which is for what nobody
    foresaw, and a training that needs several jobs as often as these are more than one."""
    few = job.rule.restart_times
    if not few or refused(job):
        return 0
    return few + (requested(job.wildcards).jobs - 1 if job.rule.name == "train" else 0)


# Snakemake has one number for all jobs of a rule, but asks each job for it when it has failed.
Job.restart_times = property(restarts)


class NoGuesses(logging.Filter):
    """Without an account the executor tries to guess one, which never works, and says so at length."""

    def filter(self, record):
        return not re.match("No SLURM account given|No account was given|Unable to guess SLURM", str(record.msg))


logging.getLogger("snakemake.logging").addFilter(NoGuesses())


onstart:
    if SUBMITS:
        jobs.watch(logger.warning, Path.cwd(), getpass.getuser())
