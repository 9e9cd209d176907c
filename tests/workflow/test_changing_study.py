"""A study that changes after it has results: what is planned then, what is kept, and what is left out."""

import os
import shutil

import pytest

STUDY = """\
name: changing
defaults: {algorithm: {iterations: 1}}
evaluation: {episodes: 2}
runs:
  - {envs: [CartPole-v1], methods: [itt], variants: [vanilla, lazy], seeds: [0, 1]}
"""
REDRAWN = {"collect": 1, "tables": 1, "figures": 1, "report": 1}

pytestmark = pytest.mark.mpi


@pytest.fixture(scope="module")
def played(tmp_path_factory, snakemake_in):
    """The study with its results, played once."""
    directory = tmp_path_factory.mktemp("played")
    (directory / "study.yaml").write_text(STUDY)
    done = snakemake_in(directory, *profile(directory))
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


@pytest.fixture
def study(played, tmp_path, snakemake_in):
    """A copy of it, to be changed: `plan` counts the jobs of a dry run, `run` plays."""
    directory = tmp_path / "study"
    shutil.copytree(played, directory, copy_function=shutil.copy2)
    return Changing(directory, snakemake_in)


class Changing:
    def __init__(self, directory, snakemake_in):
        self.directory, self.start = directory, snakemake_in
        self.results = directory / "results" / "changing"
        self.runs = self.results / "runs" / "CartPole-v1" / "itt"

    def says(self, *changes):
        text = STUDY
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (self.directory / "study.yaml").write_text(text)

    def plan(self, *config):
        """Rule -> number of jobs, but for `all`."""
        shown = self.start(self.directory, *profile(self.directory, *config), "--dry-run")
        assert shown.returncode == 0, shown.stderr
        if "Nothing to be done" in shown.stdout + shown.stderr:
            return {}
        lines = (shown.stdout + shown.stderr).rpartition("job ")[2].partition("total")[0].splitlines()
        return {name: int(count) for name, count in map(str.split, lines[2:]) if name != "all"}

    def run(self, *config):
        return self.start(self.directory, *profile(self.directory, *config))

    def scores(self):
        return (self.results / "tables" / "scores.md").read_text()


def profile(directory, *config):
    return "--profile", "profiles/local", "--config", f"study={directory}/study.yaml", "ranks=1", *config


@pytest.mark.parametrize(
    ("changes", "new_runs", "new_cells"),
    [
        ([("[0, 1]", "0-2")], 2, False),
        ([("seeds: [0, 1]}", "seeds: [0, 1]}\n  - {envs: [CartPole-v1], methods: [iot], seeds: 2}")], 2, True),
        ([("lazy]", "lazy, slow]"), ("runs:", "variants: {slow: {algorithm: {eta: 0.001}}}\nruns:")], 2, True),
        ([("[CartPole-v1]", "[CartPole-v1, Acrobot-v1]")], 4, True),
    ],
    ids=["a seed", "a method", "a variant", "an env"],
)
def test_what_a_study_has_more_of_is_trained_and_all_is_redrawn(study, changes, new_runs, new_cells):
    study.says(*changes)
    assert study.plan() == {"train": new_runs, "evaluate": new_runs} | REDRAWN | ({"speed": 1} if new_cells else {})


@pytest.mark.parametrize(
    "change", [("[0, 1]", "[1]"), ("[vanilla, lazy]", "[vanilla]")], ids=["fewer seeds", "fewer variants"]
)
def test_what_a_study_has_less_of_is_redrawn_without_it(study, change):
    study.says(change)
    assert study.plan() == REDRAWN


def test_the_speed_is_measured_again_when_there_is_a_cell_that_was_not(study):
    study.says(("[0, 1]", "[0, 1, 2]"))
    assert "speed" not in study.plan()
    study.says(("methods: [itt], variants: [vanilla, lazy]", "methods: [itt, iot]"))
    assert study.plan()["speed"] == 1


def test_another_number_of_episodes_evaluates_again(study):
    study.says(("episodes: 2", "episodes: 3"))
    assert study.plan() == {"evaluate": 4} | REDRAWN


def test_a_run_that_was_moved_away_is_trained_again(study):
    shutil.rmtree(study.runs / "lazy" / "seed1")
    assert study.plan() == {"train": 1, "evaluate": 1} | REDRAWN


def test_finished_runs_do_not_wait_for_an_engine_that_is_compiled_anew(study):
    (study.results / "kernels.txt").unlink()
    study.says(("[0, 1]", "0-2"))

    plan = study.plan()

    assert (plan["kernels"], plan["train"], plan["evaluate"]) == (1, 2, 2)


def test_a_record_that_lacks_a_file_is_not_deleted_for_it(study):
    folder = study.runs / "vanilla" / "seed0"
    for name in ("best.npz", "checkpoint"):
        (folder / name).unlink()
    kept = {path.name: path.read_bytes() for path in folder.glob("*.npz")}
    rows = (folder / "metrics.csv").read_bytes()

    done = study.run()

    assert done.returncode != 0
    assert "best.npz: cannot be read (No such file or directory), and there is no checkpoint" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.glob("*.npz")} == kept
    assert (folder / "metrics.csv").read_bytes() == rows


def test_the_inventory_of_a_study_that_is_being_played_stays(study):
    inventory = study.results / "inventory.csv"
    before = inventory.read_bytes()
    locks = study.directory / ".snakemake" / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    (locks / "0.input.lock").write_text("results/changing/inventory.csv\n")
    (locks / "0.output.lock").write_text("results/changing/collected/runs.csv\n")
    study.says(("[0, 1]", "0-2"))

    assert study.run().returncode != 0
    assert inventory.read_bytes() == before


def test_a_damaged_record_is_one_line(study):
    (study.runs / "vanilla" / "seed0" / "run.yaml").write_text("[1, 2]\n")

    done = study.run()

    assert done.returncode == 2
    assert "was run with other settings" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_comment_runs_nothing_again_and_neither_does_a_dry_run_of_a_change_that_is_taken_back(study):
    study.says(("[0, 1]", "[0, 1, 2]"), ("episodes: 2", "episodes: 3"))
    assert study.plan() != {}
    study.says(("name: changing", "name: changing  # as it was"))
    assert "Nothing to be done" in study.run().stderr


def test_a_changed_study_ends_in_tables_and_figures_of_what_it_says_now(study):
    study.says(
        ("[0, 1]", "[1, 2]"),
        ("lazy]", "slow]"),
        ("runs:", "variants: {slow: {algorithm: {eta: 0.001}}}\nruns:"),
        ("episodes: 2", "episodes: 3"),
    )
    done = study.run()
    assert done.returncode == 0, done.stderr
    assert "ITT (slow)" in study.scores() and "lazy" not in study.scores()
    assert "over n = 2 seeds" in study.scores() and "averaged over 3 episodes" in study.scores()
    assert (study.results / "figures" / "vanilla-vs-slow.svg").exists()
    assert "Nothing to be done" in study.run().stderr


def test_what_a_failed_job_was_to_replace_is_still_there_and_due_again(study):
    metrics = study.runs / "lazy" / "seed1" / "metrics.csv"
    whole, then = metrics.read_bytes(), metrics.stat().st_mtime_ns
    shown = [study.results / name for name in ("collected/runs.csv", "tables/scores.md", "figures/learning-curves.svg")]
    before = [path.read_bytes() for path in shown]
    metrics.write_text("damaged\n")
    assert study.run().returncode == 1
    assert [path.read_bytes() for path in shown] == before
    metrics.write_bytes(whole)
    os.utime(metrics, ns=(then, then))
    assert study.plan() == REDRAWN


@pytest.fixture
def failing(study):
    """The same study, of which one run cannot be trained."""
    folder = study.runs / "vanilla" / "seed1"
    for file in folder.iterdir():
        file.unlink()
    (folder / "checkpoint").write_text("damaged")
    for made in ("collected", "tables", "figures"):
        shutil.rmtree(study.results / made)
    return study


def test_a_failed_run_means_no_tables(failing):
    assert failing.run().returncode == 1
    assert not (failing.results / "tables" / "scores.md").exists()


def test_partial_tables_figures_and_report_say_what_is_missing_and_are_whole_once_the_run_is_mended(failing):
    done = failing.run("partial=true")
    assert done.returncode == 0, done.stderr
    mark = "Partial: 1 of 4 runs have no result (CartPole-v1/itt/vanilla seed 1)."
    assert mark in failing.scores()
    assert "1 of 4 runs" in (failing.results / "figures" / "vanilla-vs-lazy.svg").read_text()
    assert mark.removeprefix("Partial: ") in (failing.results / "report.html").read_text()
    assert "Nothing to be done" in failing.run("partial=true").stderr

    (failing.runs / "vanilla" / "seed1" / "checkpoint").unlink()
    assert failing.run().returncode == 0
    assert "Partial" not in failing.scores()


def test_partial_trains_nothing(failing):
    assert failing.plan("partial=true") == REDRAWN


def test_partial_without_any_finished_run_is_refused_in_one_line(study):
    shutil.rmtree(study.runs)
    refused = study.run("partial=true")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].endswith(
        "no run is finished yet, so there is nothing to make partial tables of"
    )
