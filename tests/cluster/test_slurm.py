"""The literal `snakemake --profile slurm` on a real Slurm, with what happens to jobs on a real cluster.

One study is played twice. On the cluster the first Snakemake dies while its jobs run, a second one takes over, one
training is preempted and one is killed. On this machine nothing happens. The results are the same, bit for bit.
"""

import csv
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STUDY = """\
name: small
defaults: {record: {checkpoint_seconds: 0}}
envs:
  CartPole-v1: {algorithm: {iterations: 10}}
  Swimmer-v2: {algorithm: {iterations: 4}}
evaluation: {episodes: 2}
runs:
  - {envs: [Swimmer-v2, CartPole-v1], methods: [itt, iot, explicit], seeds: 2}
"""
TIMED = {"training-time", "claims", "against"}
TIMES = {"seconds", "es/play_seconds", "es/wait_seconds"}

pytestmark = pytest.mark.cluster


def imported(name):
    """A module beside this one; the tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cluster = imported("slurm")


@pytest.fixture(scope="module")
def slurm():
    if absent := cluster.missing():
        pytest.skip(f"needs Slurm; not installed: {', '.join(absent)}")
    with cluster.started() as running:
        yield running


class Workflow:
    """`snakemake` in a folder of its own, started as a user would start it."""

    def __init__(self, folder, environment, *arguments):
        self.results = folder / "results" / "small"
        self.log = folder / "snakemake.log"
        names = {name: value for name, value in environment.items() if not name.startswith("SNAKEMAKE_")}
        command = [sys.executable, "-m", "snakemake", "--directory", folder, *arguments]
        self.start = lambda *more: subprocess.Popen(
            [*map(str, command), *more], cwd=ROOT, env=names, stdout=self.log.open("a"), stderr=subprocess.STDOUT
        )

    def trainings(self):
        """The folders of trainings that have recorded an iteration and are not finished."""
        recorded = self.results.glob("runs/*/*/*/*/checkpoint")
        return [path.parent for path in recorded if not (path.parent / "policy.npz").exists()]


def study_in(folder):
    (folder / "small.yaml").write_text(STUDY)
    return f"study={folder}/small.yaml"


@pytest.fixture(scope="module")
def at_home(tmp_path_factory):
    """The study's results on this machine, where nothing happens."""
    folder = tmp_path_factory.mktemp("home")
    given = ("--config", study_in(folder), "ranks=1")
    workflow = Workflow(folder, os.environ, "--profile", "profiles/local", *given)
    assert workflow.start().wait() == 0, workflow.log.read_text()
    return workflow.results


@pytest.fixture(scope="module")
def on_the_cluster(slurm):
    """The study's results on the cluster, and how often each thing happened."""
    folder = slurm.folder / "work"
    folder.mkdir()
    given = ("--config", study_in(folder), "ranks=2", "nodes=2")
    workflow = Workflow(folder, slurm.environment, "--profile", "slurm", *given)

    first = workflow.start()
    cluster.until(workflow.trainings)
    first.kill()
    first.wait()
    left_behind = slurm.jobs("RUNNING", "rule_train")
    assert workflow.start("--unlock").wait() == 0
    second = workflow.start()

    def running():
        """Ids of the second Snakemake's jobs that train Swimmer and have something to lose."""
        names = {"_".join(path.parts[-5:]) for path in workflow.trainings() if "Swimmer" in str(path)}
        jobs = {job for name in names for job in slurm.jobs("RUNNING", name)}
        return sorted(jobs - set(left_behind), key=int)

    def happens(what):
        cluster.until(lambda: running() or second.poll() is not None)
        assert second.poll() is None, "ended before anything had happened to it:\n" + workflow.log.read_text()
        [job, *_] = running()
        what(job)
        return job

    killed = happens(lambda job: slurm.ask("scancel", "--signal=KILL", job))
    cluster.until(lambda: killed not in slurm.jobs("RUNNING"))
    # All four CPUs of a node, so that whoever is there has to go.
    urgent = []
    preempted = happens(
        lambda job: urgent.append(
            slurm.ask("sbatch", "--parsable", "-p", "urgent", "-w", "a", "-n4", "--mem=100", "--wrap", "sleep 1")
        )
    )
    cluster.until(lambda: preempted in slurm.jobs("PENDING"))
    for job in slurm.jobs("PENDING", "rule_train"):  # Slurm would let them wait for two minutes
        slurm.ask("scontrol", "update", f"JobId={job}", "StartTime=now")

    assert second.wait() == 0, workflow.log.read_text()
    workflow.happened = {"left behind": left_behind, "killed": killed, "preempted": preempted}
    return workflow


def runs(results):
    return sorted(path.parent.relative_to(results) for path in results.glob("runs/*/*/*/*/policy.npz"))


def sessions(results):
    return {run: json.loads((results / run / "provenance.json").read_text()) for run in runs(results)}


def test_every_policy_is_the_same_bit_for_bit(on_the_cluster, at_home):
    assert len(runs(at_home)) == 12
    assert runs(on_the_cluster.results) == runs(at_home)
    for run in runs(at_home):
        for name in ("policy.npz", "best.npz", "evaluation.csv"):
            assert (on_the_cluster.results / run / name).read_bytes() == (at_home / run / name).read_bytes(), run


def test_every_iteration_is_recorded_once(on_the_cluster, at_home):
    def rows(results, run):
        with open(results / run / "metrics.csv", newline="") as file:
            return [{key: value for key, value in row.items() if key not in TIMES} for row in csv.DictReader(file)]

    for run in runs(at_home):
        assert rows(on_the_cluster.results, run) == rows(at_home, run)


def test_tables_are_the_same_but_for_those_that_tell_times(on_the_cluster, at_home):
    names = [path.name for path in (at_home / "tables").iterdir() if path.stem not in TIMED]
    assert "scores.csv" in names
    for name in names:
        assert (on_the_cluster.results / "tables" / name).read_bytes() == (at_home / "tables" / name).read_bytes()


def test_what_was_killed_and_what_was_preempted_went_on_from_a_checkpoint(on_the_cluster):
    resumed = [run for run, told in sessions(on_the_cluster.results).items() if told[-1]["first_iteration"] > 0]
    assert len(resumed) >= 2
    jobs = {told["job"] for run in resumed for told in sessions(on_the_cluster.results)[run]}
    assert {on_the_cluster.happened["killed"], on_the_cluster.happened["preempted"]} <= jobs


def test_trainings_ran_on_both_nodes_by_name_of_their_job(on_the_cluster):
    assert all(told["ranks"] == 2 and told["job"] for run in sessions(on_the_cluster.results).values() for told in run)


def test_status_says_that_all_is_done(on_the_cluster, started):
    done = started("status", on_the_cluster.results)
    assert "12 runs: 12 done; 84 of 84 iterations" in done.out
