"""What of a study's results is committed: small, complete, and labelled for what it is."""

import json

import numpy as np
import pandas as pd
import pytest

from itt.analysis.collect import collect
from itt.analysis.inventory import RECORD
from itt.analysis.reference import LONG, POINTS, reference
from itt.errors import UserError
from itt.record import policy_file
from itt.study import single


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def finish(make_run, results):
    """Makes a run that is finished, in so many core-seconds."""

    def make(*cell, core_seconds=7.5, **options):
        folder = make_run(*cell, **options)
        for name in RECORD:
            (folder / name).touch()
        policy_file.write(folder / "policy.npz", single(*cell), {"theta": np.zeros(3)})
        (folder / "checkpoint").touch()
        session = {"core_seconds": core_seconds, "cpu": "A CPU", "git_commit": "abcdef0123456789"}
        (folder / "provenance.json").write_text(json.dumps([session]))
        return folder

    return make


@pytest.fixture
def select(results, tmp_path):
    """Collects the runs made so far and selects from them; gives the folder."""

    def make():
        study = results / "demo"
        collect([study / "runs"], study / "collected")
        reference(study, tmp_path / "reference")
        return tmp_path / "reference"

    return make


def test_it_tells_what_is_finished_of_each_cell_beside_what_the_paper_asks_for(finish, make_run, select):
    for seed in (0, 1):
        finish("Swimmer-v2", "itt", seed=seed, core_seconds=1800.0)
    finish("HalfCheetah-v2", "itt", variant="lazy", iterations=60)
    unfinished = make_run("Swimmer-v2", "itt", seed=2)
    sessions = [{"core_seconds": 3600.0, "cpu": "B CPU", "git_commit": None}]
    (unfinished / "provenance.json").write_text(json.dumps(sessions))

    told = pd.read_csv(select() / "finished.csv").set_index(["env", "variant"])

    swimmer, lazy = told.loc["Swimmer-v2", "vanilla"], told.loc["HalfCheetah-v2", "lazy"]
    assert (swimmer["seeds"], swimmer["begun"], swimmer["begun_rows"], swimmer["core_hours"]) == (2, 1, 2, 2.0)
    assert (swimmer["cpu"], swimmer["commits"]) == ("A CPU, B CPU", "abcdef012345, none")
    assert (swimmer["iterations"], swimmer["paper_iterations"]) == (2, 500)
    assert (lazy["iterations"], lazy["paper_iterations"]) == (60, 501)


def test_a_run_that_is_not_finished_is_called_begun_and_is_in_no_policy(finish, make_run, select):
    finish("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "itt", seed=1)
    sessions = [{"core_seconds": 1.0, "cpu": "A CPU", "git_commit": None}]
    folder = make_run("Swimmer-v2", "itt", seed=2)
    for seed in (1, 2):
        (folder.parent / f"seed{seed}" / "provenance.json").write_text(json.dumps(sessions))

    out = select()

    assert "| Swimmer-v2 | itt | vanilla | 1 | 2 | 500 | 2 (to row 2) |" in (out / "finished.md").read_text()
    assert [file.name for file in (out / "policies").rglob("*.npz")] == ["seed0.npz"]


def test_whole_records_are_those_of_runs_that_took_long_finished_or_not(finish, make_run, select):
    finish("Swimmer-v2", "itt", seed=0, core_seconds=LONG - 1)
    finish("Swimmer-v2", "itt", seed=1, core_seconds=LONG)
    unfinished = make_run("Swimmer-v2", "itt", seed=2)
    (unfinished / "checkpoint").touch()
    sessions = [{"core_seconds": LONG, "cpu": "A CPU", "git_commit": None}]
    (unfinished / "provenance.json").write_text(json.dumps(sessions))

    records = select() / "records" / "Swimmer-v2" / "itt" / "vanilla"

    assert sorted(folder.name for folder in records.iterdir()) == ["seed1", "seed2"]
    assert {file.name for file in (records / "seed1").iterdir()} == {*RECORD, "checkpoint"}
    assert (records / "seed2" / "checkpoint").exists()


def test_curves_are_the_band_over_seeds_at_about_a_hundred_iterations_and_the_last(finish, select):
    n = 5 * POINTS + 1
    for seed in (0, 1):
        finish("Swimmer-v2", "itt", seed=seed, iterations=n, returns=[k + 10.0 * seed for k in range(n)])

    curves = pd.read_csv(select() / "curves.csv")

    assert curves["step"].tolist() == [*range(0, n, 6), n - 1]
    last = curves.iloc[-1]
    assert (last["seeds"], last["low"], last["mean"], last["high"]) == (2, n - 1, n + 4, n + 9)
    assert last["env_steps"] == 100 * n


def test_rows_without_a_return_are_on_no_curve(finish, select):
    for seed in (0, 1):
        finish("Swimmer-v2", "itt", seed=seed, iterations=4, returns=[1.0, float("nan"), 3.0, float("nan")])

    curves = pd.read_csv(select() / "curves.csv")

    assert curves[["step", "mean", "env_steps"]].to_numpy().tolist() == [[0, 1, 100], [2, 3, 300]]


def test_tables_and_figures_are_those_of_what_has_a_result_without_the_kinds_that_are_large(finish, select, results):
    finish("Swimmer-v2", "itt")
    finish("Swimmer-v2", "itt", variant="lazy")
    curves = ("learning-curves", "learning-curves-env-steps", "vanilla-vs-lazy", "vanilla-vs-srp")
    pictures = [f"figures/{name}{kind}" for name in curves for kind in (".png", ".pdf", ".svg")]
    for name in ("tables/scores.md", "tables/scores.html", "tables/old.md", *pictures):
        (results / "demo" / name).parent.mkdir(exist_ok=True)
        (results / "demo" / name).write_text(name)

    out = select()

    assert (out / "tables" / "scores.md").read_text() == "tables/scores.md"
    assert [file.name for file in (out / "tables").iterdir()] == ["scores.md"]
    assert {file.name for file in (out / "figures").iterdir()} == {"learning-curves.png", "vanilla-vs-lazy.png"}


def test_a_run_that_ended_after_it_was_left_out_is_still_called_begun(finish, results, tmp_path):
    finish("Swimmer-v2", "itt", seed=0)
    collected = results / "demo" / "collected"
    collect([results / "demo" / "runs"], collected)
    runs = pd.read_csv(collected / "runs.csv")
    left_out = runs.assign(seed=1, rows=0, final_return=None)
    pd.concat([runs, left_out]).to_csv(collected / "runs.csv", index=False)
    finish("Swimmer-v2", "itt", seed=1)

    reference(results / "demo", tmp_path / "reference")

    told = pd.read_csv(tmp_path / "reference" / "finished.csv").iloc[0]
    assert (told["seeds"], told["begun"]) == (1, 1)
    assert [file.name for file in (tmp_path / "reference").rglob("*.npz")] == ["seed0.npz"]


def test_what_is_on_disk_of_runs_that_were_not_collected_stays_out(finish, select, results, tmp_path):
    finish("Swimmer-v2", "itt")
    select()
    finish("Swimmer-v2", "iot", core_seconds=LONG)

    written = reference(results / "demo", tmp_path / "reference")

    assert [file for file in written if "iot" in file.as_posix()] == []
    assert "iot" not in (tmp_path / "reference" / "finished.csv").read_text()


def test_results_that_were_not_collected_are_refused(finish, results, tmp_path):
    finish("Swimmer-v2", "itt")
    with pytest.raises(UserError, match=r"runs\.csv: no such file"):
        reference(results / "demo", tmp_path / "reference")
