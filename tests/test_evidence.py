"""results/reference is what config/evidence.yaml says, and README quotes it as it stands."""

import re
from pathlib import Path

import pandas as pd
import pytest

from itt.published import zhao2022
from itt.record import policy_file
from itt.resolve import resolve
from itt.study import load

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "results" / "reference"
STUDY = load(ROOT / "config" / "evidence.yaml")
RUNS = pd.read_csv(REFERENCE / "runs.csv")
FINISHED = RUNS[RUNS["rows"] > 0]
WHO = ["env", "method", "variant", "seed"]
MOST_BYTES = 3_000_000
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_run_has_the_settings_that_the_study_has_today():
    cells = FINISHED.drop_duplicates(WHO[:-1])
    today = [resolve(STUDY.find(*cell)).hash for cell in cells[WHO].itertuples(index=False)]
    assert cells["hash"].tolist() == today


def test_every_finished_run_has_all_its_iterations_an_evaluation_and_its_policy():
    assert (FINISHED["rows"] == FINISHED["iterations"]).all()
    assert (FINISHED["evaluation_episodes"] == STUDY.evaluation.episodes).all()
    there = {file.relative_to(REFERENCE / "policies").with_suffix("") for file in REFERENCE.rglob("policies/**/*.npz")}
    assert there == {Path(env, method, variant, f"seed{seed}") for env, method, variant, seed in FINISHED[WHO].values}


def test_the_policies_are_those_of_the_runs():
    for env, method, variant, seed, hash_ in FINISHED[[*WHO, "hash"]].values:
        file = REFERENCE / "policies" / env / method / variant / f"seed{seed}.npz"
        assert policy_file.read(file).run.hash == hash_


def test_what_is_said_to_be_finished_is_what_there_is_a_run_of():
    told = pd.read_csv(REFERENCE / "finished.csv").set_index(WHO[:-1])["seeds"]
    assert told[told > 0].to_dict() == FINISHED.groupby(WHO[:-1]).size().to_dict()


def test_it_is_small():
    assert sum(file.stat().st_size for file in REFERENCE.rglob("*") if file.is_file()) < MOST_BYTES


def quoted():
    """The rows of README's table of scores: (env, variant, the cells of the methods)."""
    lines = [line for line in README.splitlines() if re.match(r"\| [A-Za-z]+-v\d \|", line)]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    arms = ("as written", "as run", "paper")
    rows = [row for row in rows if row[1] in arms]  # there is another table, of env steps
    return [(env, {"as written": "vanilla", "as run": "as-run"}.get(arm, arm), cells) for env, arm, *cells in rows]


@pytest.mark.parametrize(("env", "arm", "cells"), quoted(), ids=lambda part: part if isinstance(part, str) else "")
def test_readme_quotes_the_table_of_scores(env, arm, cells):
    scores = pd.read_csv(REFERENCE / "tables" / "scores.csv").query("measure == 'final'").set_index(WHO[:-1])
    for method, cell in zip(zhao2022.METHODS, cells, strict=True):
        if arm == "paper":
            (mean, std), n = zhao2022.scores()[env, method], zhao2022.SEEDS
        else:
            mean, std, n = scores.loc[(env, method, arm), ["mean", "std", "n"]]
        seeds = "" if n == zhao2022.SEEDS else f" (n = {n:.0f})"
        assert cell == f"{mean:.1f} ± {std:.1f}{seeds}"


def test_readme_has_a_table_and_a_figure_of_it():
    assert len(quoted()) >= 8
    assert [file for file in re.findall(r"results/reference/figures/[\w-]+\.png", README) if (ROOT / file).is_file()]
