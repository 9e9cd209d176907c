"""Env steps and core-seconds until a score was reached, from records whose effort can be counted."""

import numpy as np
import pytest

from itt.analysis.effort import effort, effort_of_seeds, write_effort
from itt.analysis.files import read_collected


@pytest.fixture
def efforts(collected):
    """variant -> row of the table, for the runs made so far."""

    def tell(score, rows):
        table = effort(effort_of_seeds(*read_collected(collected()), score, rows))
        return {row["variant"]: row for row in table.to_dict("records")}

    return tell


def test_a_score_is_reached_when_the_mean_of_its_rows_is(make_run, efforts):
    make_run(returns=[0.0, 90.0, 10.0, 30.0, 70.0])  # a row is 100 env steps
    assert efforts(50.0, 1)["vanilla"]["env_steps"] == 200
    assert efforts(50.0, 2)["vanilla"]["env_steps"] == 300
    assert efforts(36.0, 3)["vanilla"]["env_steps"] == 400


def test_rows_without_an_evaluation_count_for_nothing(make_run, efforts):
    make_run(returns=[0.0, float("nan"), 90.0, float("nan"), 70.0])
    assert efforts(80.0, 2)["vanilla"]["env_steps"] == 500


def test_core_seconds_are_those_until_then(make_run, efforts):
    make_run(returns=[0.0, 5.0, 9.0])  # 7.5 core-seconds in all, a third of them an iteration
    assert efforts(5.0, 1)["vanilla"]["core_seconds"] == pytest.approx(5.0)


def test_seeds_are_averaged_and_variants_compared_with_vanilla(make_run, efforts):
    for variant, curves in {"vanilla": ([0, 0, 0, 9], [0, 9]), "fast": ([9], [0, 0, 9])}.items():
        for seed, returns in enumerate(curves):
            make_run(variant=variant, seed=seed, returns=[float(value) for value in returns])
    found = efforts(9.0, 1)
    assert (found["vanilla"]["env_steps"], found["fast"]["env_steps"]) == (300, 200)
    assert found["fast"]["share_of_vanilla"] == pytest.approx(2 / 3)
    assert found["vanilla"]["share_of_vanilla"] == 1.0


def test_where_a_seed_did_not_reach_it_there_is_no_mean(make_run, efforts):
    make_run(seed=0, returns=[9.0])
    make_run(seed=1, returns=[1.0])
    row = efforts(9.0, 1)["vanilla"]
    assert (row["n"], row["reached"]) == (2, 1)
    assert np.isnan(row["env_steps"])
    assert row["best"] == 5.0, "the mean over seeds of what each came to"


def test_fewer_rows_than_asked_for_reach_nothing(make_run, efforts):
    make_run(returns=[9.0, 9.0])
    make_run(seed=1, returns=[1.0, 2.0, 3.0])
    row = efforts(9.0, 3)["vanilla"]
    assert row["reached"] == 0
    assert np.isnan(row["best"]), "there is no mean over both seeds"


def test_the_table_is_written_as_csv_and_markdown(make_run, collected, tmp_path):
    make_run(returns=[0.0, 9.0])
    make_run(variant="slow", returns=[0.0])
    written = write_effort(collected(), tmp_path / "effort", 9.0, 1)
    assert [path.name for path in written] == ["effort.csv", "effort-seeds.csv", "effort.md"]
    assert "| HalfCheetah-v2 | itt | vanilla | 1 | 1 | 9 | 0.0002 | 1 | 0.002083 |" in written[2].read_text()
    assert "| HalfCheetah-v2 | itt | slow | 1 | 0 | 0 | - | - | - |" in written[2].read_text()
