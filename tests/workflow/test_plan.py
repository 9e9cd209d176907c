"""What Snakemake plans to do for a study, and what it says to a study that is wrong. Nothing is run here."""

import re
from pathlib import Path

import pytest

from itt.analysis import outputs
from itt.study import load
from itt.theory import outputs as theory_outputs

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

    return lambda *arguments: counted(snakemake("--dry-run", "--cores", "2", *arguments))


def counted(shown):
    assert shown.returncode == 0, shown.stderr
    return {rule: int(jobs) for rule, jobs in re.findall(r"^(\w+) +(\d+)$", shown.stdout + shown.stderr, re.M)}


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.mark.parametrize("study", STUDIES)
def test_every_run_of_a_study_is_trained_and_evaluated_once_for_the_tables_and_figures_that_analysis_writes(
    snakemake, study
):
    shown = snakemake("--dry-run", "--cores", "2", "--config", f"study={study}")
    runs, jobs = load(ROOT / study).runs, counted(shown)
    assert (jobs["train"], jobs["evaluate"]) == (len(runs), len(runs))
    made = set(re.findall(r"/(?:tables|figures)/([^/,\s]+)", shown.stdout.rpartition("rule all:")[2]))
    assert made == {*outputs.TABLES, *outputs.figure_files({run.variant for run in runs})}


@pytest.mark.parametrize("study", STUDIES)
def test_a_rehearsal_trains_two_seeds_of_every_cell_in_one_process_each(plan, study):
    cells = {(run.env, run.method, run.variant) for run in load(ROOT / study).runs}
    jobs = plan("--config", f"study={study}", "rehearsal=true")
    assert (jobs["train"], jobs["evaluate"]) == (2 * len(cells), 2 * len(cells))


STAGES = ("collect", "tables", "figures", "theory", "report")


def test_tables_are_given_the_speed_that_was_measured_of_the_study(snakemake, tiny):
    shown = snakemake("speed", "tables", "--dry-run", "--printshellcmds", "--cores", "1", "--config", f"study={tiny}")
    told = shown.stdout + shown.stderr
    assert re.search(r"itt bench rollouts --study \S+  ?--seconds 1 --out results/tiny/speed/rollouts.json", told)
    assert "--out results/tiny/tables --speed results/tiny/speed/rollouts.json" in told


def test_theory_makes_what_it_declares_and_is_tiny_in_a_rehearsal(snakemake, tiny):
    asked = ("theory", "--dry-run", "--printshellcmds", "--cores", "1", "--config", f"study={tiny}")
    shown, rehearsed = snakemake(*asked).stdout, snakemake(*asked, "rehearsal=true").stdout
    assert {file for file in theory_outputs.FILES if f"results/tiny/theory/{file}" in shown} == set(
        theory_outputs.FILES
    )
    assert "itt theory --out results/tiny/theory\n" in shown
    assert "itt theory --out results/tiny-rehearsal/theory --estimates 2\n" in rehearsed


def test_the_archive_has_the_studys_name_and_is_made_after_everything_that_is_in_it(snakemake, tiny):
    shown = snakemake("archive", "--dry-run", "--printshellcmds", "--cores", "2", "--config", f"study={tiny}")
    jobs = counted(shown)
    assert [jobs[rule] for rule in ("evaluate", *STAGES, "archive")] == [4, 1, 1, 1, 1, 1, 1]
    assert "itt archive results/tiny --out results/tiny/tiny.crate.zip" in shown.stdout + shown.stderr


def test_without_a_study_the_demo_is_planned(plan):
    assert plan() == plan("--config", f"study={DEMO}")


def test_a_study_ends_in_one_job_of_each_stage_and_is_the_same_as_a_configfile_and_under_any_profile(plan, tiny):
    jobs = plan("--config", f"study={tiny}")
    assert [jobs[rule] for rule in ("speed", *STAGES)] == [1] * 6
    assert "archive" not in jobs
    assert plan("--configfile", tiny) == jobs
    for profile in ("profiles/local", "slurm"):
        assert plan("--profile", profile, "--config", f"study={tiny}") == jobs


@pytest.mark.parametrize(
    ("profile", "ranks", "launcher"),
    [
        ("profiles/local", 1, ""),
        ("profiles/local", 2, "mpiexec -n 2 "),
        ("slurm", 1, ""),
        ("slurm", 40, "srun -K1 --mpi=pmi2 -n 40 "),
    ],
)
def test_a_training_of_one_rank_needs_no_mpi(snakemake, tiny, profile, ranks, launcher):
    asked = ("--profile", profile, "--config", f"study={tiny}", f"ranks={ranks}")
    shown = snakemake("--dry-run", "--printshellcmds", *asked).stdout
    assert len(re.findall(rf"train\.log {launcher}itt train --study", shown)) == 4


MISTAKES = {
    "no such file": (["study=absent.yaml"], "absent.yaml: cannot be read"),
    "unknown key": (
        ["study=config/demo.yaml", "studdy=x"],
        "--config studdy: unknown key; allowed here: study, ranks, ",
    ),
    "rehearsal in words": (["rehearsal=perhaps"], "--config rehearsal: true or false, not 'perhaps'"),
    "a number for partial": (["partial=1"], "--config partial: true or false, not 1"),
    "nothing to be partial": (["partial=true"], "results/demo: no run is finished yet"),
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
