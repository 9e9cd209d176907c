"""What counts as 0 and as 1 is defined for each env, and is what the file says it is."""

import csv
import runpy
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from itt.analysis.normalisation import FILE, bounds, normalised
from itt.published import names, zhao2022


def rows():
    text = resources.files("itt.analysis").joinpath(FILE).read_text().splitlines()
    return list(csv.DictReader(line for line in text if not line.startswith("#")))


def test_each_of_the_papers_envs_has_a_scale():
    assert list(bounds()) == list(names.ENVS)
    assert all(low < high for low, high in bounds().values())


def test_one_is_the_best_mean_of_table_6():
    scores = zhao2022.scores()
    for row in rows():
        if row["high_from"] == "Table 6":
            best = max(mean for (env, _), (mean, _) in scores.items() if env == row["env"])
            assert float(row["high"]) == best, row["env"]


def test_the_two_envs_that_table_6_lacks_have_what_their_rules_allow():
    lacking = {env for env in names.ENVS if (env, "itt") not in zhao2022.scores()}
    assert {row["env"]: float(row["high"]) for row in rows() if row["high_from"] != "Table 6"} == dict.fromkeys(
        lacking, 1000.0
    )


def test_the_document_has_these_numbers():
    text = (Path(__file__).parents[2] / "docs" / "figures.md").read_text()
    for row in rows():
        line = " | ".join(row[column] for column in ("env", "low", "low_error", "high", "high_from"))
        assert f"| {line} |" in text


@pytest.mark.parametrize("env", ["CartPole-v1", "MountainCarContinuous-v0", "Hopper-v2", "walker-walk"])
def test_zero_is_what_random_actions_get(env):
    row = next(row for row in rows() if row["env"] == env)
    found = runpy.run_path(str(Path(__file__).with_name("random_returns.py")))["returns"](env, 5)
    error = max(np.std(found, ddof=1) / np.sqrt(len(found)), float(row["low_error"]))
    assert abs(np.mean(found) - float(row["low"])) < 5 * error


def test_scores_are_linear_between_the_two():
    assert normalised(np.array([10.0, 20.0, 40.0, 0.0]), 10.0, 30.0).tolist() == [0.0, 0.5, 1.5, -0.5]
