"""A study of seconds, from its YAML to the report, with every step really run."""

import os
import re

import pytest

from itt.analysis import outputs
from itt.theory import outputs as theory_outputs

TINY = """\
# Two iterations show that everything is connected.
name: tiny
defaults:
  algorithm: {iterations: 2}
evaluation: {episodes: 2}
runs:
  - {envs: [CartPole-v1], methods: [itt, explicit], seeds: 1}
  - {envs: [CartPole-v1], methods: [itt], variants: [lazy], seeds: 1}
"""
RUNS = ["itt/vanilla", "explicit/vanilla", "itt/lazy"]
OF_A_RUN = ["run.yaml", "metrics.csv", "policy.npz", "best.npz", "provenance.json", "evaluation.csv"]
OF_THE_STUDY = [
    "collected/runs.csv",
    "collected/curves.csv",
    "speed/rollouts.json",
    *(f"tables/{name}" for name in outputs.TABLES),
    *(f"figures/{name}.{kind}" for name in ("learning-curves", "vanilla-vs-lazy") for kind in ("svg", "png")),
    *(f"theory/{name}" for name in theory_outputs.FILES),
    "report.html",
]

pytestmark = pytest.mark.mpi


@pytest.fixture(scope="module")
def run_again(tmp_path_factory, snakemake_in):
    """Runs the study once, and again whenever it is called, with more arguments for Snakemake."""
    directory = tmp_path_factory.mktemp("workflow")
    (directory / "tiny.yaml").write_text(TINY)

    def run(*arguments):
        study = f"study={directory}/tiny.yaml"
        done = snakemake_in(directory, "--profile", "profiles/local", *arguments, "--config", study)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    run()
    run.directory, run.results = directory, directory / "results" / "tiny"
    return run


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", OF_A_RUN)
def test_every_run_leaves_its_record(run_again, run, name):
    method, variant = run.split("/")
    assert (run_again.results / "runs" / "CartPole-v1" / method / variant / "seed0" / name).stat().st_size > 0


@pytest.mark.parametrize("name", OF_THE_STUDY)
def test_the_study_ends_in_tables_figures_and_a_report(run_again, name):
    assert (run_again.results / name).stat().st_size > 0


def test_the_archive_of_a_study_is_sound(run_again, started):
    run_again("archive")
    done = started("archive", "verify", run_again.results / "tiny.crate.zip", "--replay", "1")
    assert done.code == 0, done.err
    assert "tables/scores.csv" in done.out
    assert "2 rows trained again, bit for bit the same" in done.out


@pytest.mark.parametrize(
    "shown", ["Score in a fresh evaluation", "figures/vanilla-vs-lazy.svg", "Lemma 1 as printed", "name: tiny"]
)
def test_the_report_holds_scores_curves_and_the_study_itself(run_again, shown):
    assert shown in (run_again.results / "report.html").read_text()


def test_a_comment_in_the_study_runs_nothing_again(run_again):
    with (run_again.directory / "tiny.yaml").open("a") as study:
        study.write("# nothing new\n")
    assert "Nothing to be done" in run_again().stderr


def test_finished_runs_are_not_taken_for_runs_with_other_settings(run_again, snakemake_in):
    other = run_again.directory / "other.yaml"
    other.write_text(TINY.replace("iterations: 2", "iterations: 3"))
    refused = snakemake_in(run_again.directory, "--profile", "profiles/local", "--config", f"study={other}")
    assert refused.returncode == 2
    assert "seed0 was run with other settings (its run.yaml)" in refused.stderr.splitlines()[-1]


def test_a_job_that_is_run_again_adds_to_its_log(run_again):
    log = run_again.results / "logs/runs/CartPole-v1/itt/vanilla/seed0/evaluate.log"
    before = log.read_text()
    run_again("--until", "evaluate", "--forcerun", "evaluate")
    after = log.read_text()
    assert after.startswith(before)
    assert [line.partition(": ")[0] for line in after.splitlines()] == 2 * [
        line.partition(": ")[0] for line in before.splitlines()
    ]


def test_a_log_tells_when_and_where_a_command_began_and_how_it_ended(run_again):
    log = run_again.results / "logs/runs/CartPole-v1/itt/vanilla/seed0/train.log"
    first, *_, last = log.read_text().splitlines()
    assert re.fullmatch(rf"logged: [\dT:-]+Z, {os.uname().nodename}: .*itt train --study .*", first)
    assert last == "logged: exit code 0"


def test_a_study_that_starts_from_a_saved_policy_can_be_taken_up_again(run_again, snakemake_in):
    saved = run_again.results / "runs" / "CartPole-v1" / "itt" / "vanilla" / "seed0" / "policy.npz"
    warm = run_again.directory / "warm.yaml"
    warm.write_text(
        f"name: warm\ndefaults: {{algorithm: {{iterations: 1, initial: {{policy: {saved}}}}}}}\n"
        "evaluation: {episodes: 2}\nruns: [{envs: [CartPole-v1], methods: [itt], seeds: 1}]\n"
    )
    played = []
    for _ in range(2):
        asked = ("--profile", "profiles/local", "--until", "evaluate", "--config", f"study={warm}")
        done = snakemake_in(run_again.directory, *asked)
        assert done.returncode == 0, done.stderr
        played.append(["Training runs/" in done.stderr, "Evaluating runs/" in done.stderr])
    assert played == [[True, True], [False, False]]
