"""What Snakemake plans to do for a study, and what it says to a study that is wrong. Nothing is run here."""

import re
from pathlib import Path

import pytest

from itt.study import load

ROOT = Path(__file__).parents[2]
DEMO = "config/demo.yaml"
STUDIES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "config").glob("*.yaml"))

TINY = """
name: tiny
defaults: {algorithm: {iterations: 1}}
runs:
  - {envs: [CartPole-v1], methods: [itt, explicit], seeds: 2}
"""


@pytest.fixture
def plan(snakemake):
    """The number of jobs of each rule in a dry run."""

    def count(*arguments):
        shown = snakemake("--dry-run", "--cores", "2", *arguments)
        assert shown.returncode == 0, shown.stderr
        return {rule: int(jobs) for rule, jobs in re.findall(r"^(\w+) +(\d+)$", shown.stdout + shown.stderr, re.M)}

    return count


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.mark.parametrize("study", STUDIES)
def test_every_run_of_a_study_is_trained_and_evaluated_once(plan, study):
    runs = len(load(ROOT / study).runs)
    jobs = plan("--config", f"study={study}")
    assert (jobs["train_mpi"], jobs["evaluate"]) == (runs, runs)


def test_a_study_ends_in_one_table_job_one_figure_job_and_one_report(plan, tiny):
    jobs = plan("--config", f"study={tiny}")
    assert [jobs[rule] for rule in ("collect", "tables", "figures", "report")] == [1, 1, 1, 1]


def test_the_archive_is_made_when_it_is_asked_for_after_everything_that_is_in_it(plan, tiny):
    jobs = plan("archive", "--config", f"study={tiny}")
    assert [jobs[rule] for rule in ("evaluate", "collect", "tables", "figures", "report", "archive")] == [
        4,
        1,
        1,
        1,
        1,
        1,
    ]
    assert "archive" not in plan("--config", f"study={tiny}")


def test_the_archive_of_a_study_has_its_name(snakemake, tiny):
    shown = snakemake("archive", "--dry-run", "--printshellcmds", "--cores", "1", "--config", f"study={tiny}")
    assert "itt archive results/tiny --out results/tiny/tiny.crate.zip" in shown.stdout + shown.stderr


def test_without_a_study_the_demo_is_planned(plan):
    assert plan() == plan("--config", f"study={DEMO}")


def test_a_configfile_is_a_study_too(plan, tiny):
    assert plan("--configfile", tiny) == plan("--config", f"study={tiny}")


@pytest.mark.parametrize("profile", ["profiles/local", "slurm"])
def test_a_profile_changes_nothing_in_the_plan(plan, tiny, profile):
    assert plan("--profile", profile, "--config", f"study={tiny}") == plan("--config", f"study={tiny}")


@pytest.mark.parametrize(("ranks", "rule"), [(1, "train_single"), (2, "train_mpi"), (40, "train_mpi")])
def test_a_training_of_one_rank_needs_no_mpi(plan, tiny, ranks, rule):
    jobs = plan("--configfile", tiny, "--config", f"ranks={ranks}")
    assert {name for name in jobs if name.startswith("train")} == {rule}


MISTAKES = {
    "no such file": (["study=absent.yaml"], "absent.yaml: cannot be read"),
    "unknown key": (["study=config/demo.yaml", "studdy=x"], "--config studdy: unknown key; allowed here: study, ranks"),
    "no ranks": (["ranks=0"], "--config ranks: a whole number from 1 on, not 0"),
    "ranks in words": (["ranks=two"], "--config ranks: a whole number from 1 on, not 'two'"),
}


@pytest.mark.parametrize(("config", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_on_the_command_line_is_one_line(snakemake, config, message):
    assert_refused(snakemake("--dry-run", "--cores", "1", "--config", *config), message)


WRONG_STUDIES = {
    "unknown env": (TINY.replace("CartPole-v1", "NoSuchEnv-v7"), "NoSuchEnv-v7"),
    "unknown method": (TINY.replace("explicit", "implicit"), "implicit"),
    "empty grid": (TINY.replace("[CartPole-v1]", "[]"), "envs"),
    "not YAML": (TINY + "]", "line 6"),
}


@pytest.mark.parametrize(("text", "message"), WRONG_STUDIES.values(), ids=WRONG_STUDIES)
def test_a_wrong_study_is_refused_in_one_line_that_names_the_file(snakemake, tiny, text, message):
    tiny.write_text(text)
    refused = snakemake("--dry-run", "--cores", "1", "--config", f"study={tiny}")
    assert_refused(refused, message)
    assert refused.stderr.startswith(f"itt: error: {tiny}: ")


def test_two_studies_at_a_time_are_refused(snakemake, tiny):
    refused = snakemake("--dry-run", "--cores", "1", "--configfile", tiny, "--config", f"study={DEMO}")
    assert_refused(refused, "one study at a time")


def assert_refused(shown, message):
    assert shown.returncode == 2
    assert shown.stderr.count("\n") == 1
    assert message in shown.stderr
