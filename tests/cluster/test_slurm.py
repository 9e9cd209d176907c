"""The literal `snakemake --profile slurm` on a real Slurm, with what happens to jobs on a real cluster.

One study is played twice. On the cluster the first Snakemake dies while a training of its own is suspended; a second
one's job waits for that training, and of its own trainings one is killed and one preempted. On this machine nothing
happens. The results are the same, bit for bit.

Nothing here depends on how fast this machine is: each thing happens to a training that has saved a checkpoint, and to
another one where that had ended before it happened.
"""

import csv
import importlib.util
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STUDY = """\
name: small
defaults: {record: {checkpoint_seconds: 0}}
envs:
  CartPole-v1: {algorithm: {iterations: 10}}
  Swimmer-v2: {algorithm: {iterations: 8, directions: 10}}
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
        folder.mkdir(exist_ok=True)
        (folder / "small.yaml").write_text(STUDY)
        self.folder, self.results = folder, folder / "results" / "small"
        self._names = {name: value for name, value in environment.items() if not name.startswith("SNAKEMAKE_")}
        self._command = [*arguments, "--directory", folder, "--config", f"study={folder}/small.yaml"]
        self._log, self._started = folder / "snakemake.log", []

    def start(self, *more, **config):
        """A `snakemake` that has begun; `config` is what --config has beside the study."""
        given = [f"{key}={value}" for key, value in config.items()]
        command = [sys.executable, "-m", "snakemake", *more, *self._command, *given]
        with self._log.open("a") as log:
            process = subprocess.Popen(
                list(map(str, command)), cwd=ROOT, env=self._names, stdout=log, stderr=subprocess.STDOUT
            )
        self._started.append(process)
        return process

    def to_its_end(self, process):
        """That it ends well."""
        cluster.until(lambda: process.poll() is not None, seconds=3600)
        assert process.returncode == 0, self._log.read_text()

    def leave(self):
        """Ends every `snakemake` that has not ended by itself."""
        for process in self._started:
            process.kill()
            process.wait()

    def at_work(self):
        """Of the long trainings those that are unfinished, and whose last session has saved an iteration: its job's id
        and their folder."""
        found = {}
        for file in self.results.glob("runs/Swimmer-v2/*/*/*/provenance.json"):
            last = json.loads(file.read_text())[-1]
            if last["iterations_done"] > last["first_iteration"] and not (file.parent / "policy.npz").exists():
                found[last["job"]] = file.parent
        return found


@pytest.fixture(scope="module")
def at_home(tmp_path_factory):
    """The study's results on this machine, where nothing happens."""
    workflow = Workflow(tmp_path_factory.mktemp("home") / "work", os.environ, "--profile", "profiles/local")
    try:
        workflow.to_its_end(workflow.start("tables", ranks=1))
    finally:
        workflow.leave()
    return workflow.results


@pytest.fixture(scope="module")
def on_the_cluster(slurm):
    """The study's results on the cluster, and what happened to which run in which job."""
    site = slurm.folder / "site.yaml"
    site.write_text("partition: cpu\n")
    # A cluster of this size can be asked more often how jobs are.
    profile = ("--profile", "slurm", "--slurm-init-seconds-before-status-checks", "4")
    workflow = Workflow(slurm.folder / "work", slurm.environment, *profile)
    try:
        workflow.happened = events(slurm, workflow, {"ranks": 2, "nodes": 2, "site": site})
    except BaseException:
        print(slurm.told())
        raise
    finally:
        workflow.leave()
    return workflow


def events(slurm, workflow, given):
    """Plays the study; {what happened: (the job's id, the run's folder)}."""

    def happens(what, snakemake, but=()):
        """Does something to a job that ends it, or stops it, before its training has ended."""

        def at_work():
            running = slurm.jobs("RUNNING")
            return [(job, folder) for job, folder in workflow.at_work().items() if job in running and job not in but]

        while True:
            cluster.until(lambda: at_work() or snakemake.poll() is not None)
            assert snakemake.poll() is None, "ended before anything had happened to it"
            for job, folder in at_work()[:1]:
                with suppress(cluster.Refused):  # it has just ended
                    what(job)
                cluster.until(lambda job=job: job not in slurm.jobs("RUNNING"))
                if not (folder / "policy.npz").exists():
                    return job, folder

    # Its jobs are of a partition where none is preempted.
    first = workflow.start("--jobs", "2", partition="urgent", **given)
    held, folder = happens(lambda job: slurm.ask("scontrol", "suspend", job), first)
    left_behind = slurm.jobs()
    first.kill()
    first.wait()
    workflow.to_its_end(workflow.start("--unlock", **given))

    second = workflow.start(**given)
    killed = happens(lambda job: slurm.ask("scancel", "--signal=KILL", job), second, left_behind)
    nodes = slurm.ask("squeue", "--noheader", "--states=all", f"--jobs={killed[0]}", "--format=%N")
    # All CPUs of a node, so that whoever is there has to go.
    urgent = ("sbatch", "--partition=urgent", "--nodelist=a", "--ntasks=3", "--mem=100", "--output=/dev/null")
    preempted = happens(lambda job: slurm.ask(*urgent, "--wrap", "true"), second, left_behind)

    def ended_or(true):
        """Slurm would let what was preempted wait for two minutes."""
        for job in slurm.jobs("PENDING", reason="BeginTime"):
            with suppress(cluster.Refused):  # it has just begun
                slurm.ask("scontrol", "update", f"JobId={job}", "StartTime=now")
        return second.poll() is not None or true()

    log = workflow.results / "logs" / folder.relative_to(workflow.results) / "train.log.kept"
    cluster.until(lambda: ended_or(lambda: "waiting for it" in log.read_text()), seconds=3600)
    slurm.ask("scontrol", "resume", held)
    cluster.until(lambda: ended_or(lambda: False), seconds=3600)
    workflow.to_its_end(second)
    return {"held": (held, folder), "killed": killed, "preempted": preempted, "nodes": nodes, "log": log.read_text()}


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


def test_a_job_waits_for_a_run_that_another_ones_job_still_trains(on_the_cluster):
    job, folder = on_the_cluster.happened["held"]
    assert re.search(
        rf"^itt: \S+: another itt train is writing to it \(.*job {job},.*\); waiting for it$",
        on_the_cluster.happened["log"],
        re.MULTILINE,
    )
    first, *later = json.loads((folder / "provenance.json").read_text())
    assert first["job"] == job
    assert all(session["first_iteration"] > 0 for session in later), "nothing of it was lost"


def test_what_was_killed_went_on_from_its_checkpoint_in_another_job(on_the_cluster):
    job, folder = on_the_cluster.happened["killed"]
    last = json.loads((folder / "provenance.json").read_text())[-1]
    assert last["first_iteration"] > 0
    assert last["job"] != job


def test_what_was_preempted_went_on_from_its_checkpoint_in_the_same_job(on_the_cluster):
    job, folder = on_the_cluster.happened["preempted"]
    *_, before, last = json.loads((folder / "provenance.json").read_text())
    assert last["first_iteration"] > before["first_iteration"]
    assert before["job"] == last["job"] == job


def test_a_training_runs_on_both_nodes(on_the_cluster):
    assert on_the_cluster.happened["nodes"] == "a,b"
    assert all(told["ranks"] == 2 and told["job"] for run in sessions(on_the_cluster.results).values() for told in run)


def test_status_says_that_all_is_done(on_the_cluster, itt):
    done = itt("status", on_the_cluster.results)
    assert "12 runs: 12 done; 108 of 108 iterations" in done.out
