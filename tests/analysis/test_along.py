"""Seeds brought side by side on an axis, from records whose env steps and seconds can be counted."""

import numpy as np
import pandas as pd
import pytest

from itt.analysis.along import POINTS, ROWS, core_seconds, side_by_side, steps_an_iteration
from itt.analysis.files import read_collected
from itt.analysis.statistics import range_band

NAN = np.nan


@pytest.fixture
def cell(collected):
    """axis -> the seeds made so far, which are one cell, side by side."""

    def tell(axis):
        runs, curves = read_collected(collected())
        return side_by_side(curves, runs, axis)

    return tell


def at(places, returns, place):
    """The seeds' returns at the place of the grid next to this one."""
    return returns[:, np.argmin(np.abs(places - place))].tolist()


def test_over_env_steps_a_seed_keeps_its_last_return_until_the_next_is_recorded(make_run, cell):
    make_run(seed=0, returns=[0.0, 10.0, 20.0], env_steps=100)  # recorded after 100, 200, 300
    make_run(seed=1, returns=[0.0, 50.0], env_steps=150)  # after 150, 300
    places, returns = cell("env-steps")
    assert (places[0], places[-1]) == (100.0, 300.0)
    assert at(places, returns, 151) == [0.0, 0.0]
    assert at(places, returns, 199) == [0.0, 0.0], "not yet what comes at 200"
    assert at(places, returns, 201) == [10.0, 0.0]
    assert at(places, returns, 299) == [10.0, 0.0]
    assert at(places, returns, 300) == [20.0, 50.0]


def test_they_begin_with_the_first_seed_and_end_with_the_last(make_run, cell):
    make_run(seed=0, returns=[1.0, 2.0], env_steps=100)
    make_run(seed=1, returns=[3.0, 4.0], env_steps=250)
    places, returns = cell("env-steps")
    assert (places[0], places[-1]) == (100.0, 500.0)
    assert np.isnan(returns[1, places < 250]).all(), "the second seed has no row there"
    assert np.isnan(returns[0, places > 200]).all(), "the first seed has ended"
    assert set(returns[0, places <= 200]) == {1.0, 2.0}
    assert set(returns[1, places >= 250]) == {3.0, 4.0}


@pytest.mark.parametrize("slower", [1, 50, 10_000])
def test_each_seed_is_read_off_at_places_enough_of_its_own_however_slow_another_is(make_run, cell, slower):
    for seed in range(9):
        make_run(seed=seed, returns=range(10), env_steps=100 + seed)
    make_run(seed=9, returns=range(10), env_steps=100 * slower)
    places, returns = cell("env-steps")
    for seed in returns:
        assert set(seed[np.isfinite(seed)]) == set(range(10)), "each row is met"
    assert len(places) <= POINTS + 10 * 10


def test_a_long_curve_is_read_off_at_a_hundred_of_its_rows_at_least(make_run, cell):
    make_run(seed=0, returns=range(1000), env_steps=1)
    make_run(seed=1, returns=[0.0], env_steps=10**6)
    _, (first, _) = cell("env-steps")
    met = first[np.isfinite(first)]
    assert len(met) >= ROWS
    assert np.diff(met).max() <= 10, "evenly over its rows"


def test_what_was_learned_while_episodes_were_short_is_met(make_run, cell):
    steps = np.cumsum([10] * 30 + [500] * 70)
    rows = [f"{k},{k},{at},{k + 1}.0" for k, at in enumerate(steps)]
    (make_run() / "metrics.csv").write_text("\n".join(["step,return,env_steps,seconds", *rows, ""]))
    assert set(cell("env-steps")[1][0]) == set(range(100))


def test_no_line_crosses_a_gap_in_which_there_is_no_seed(make_run, cell):
    make_run(seed=0, returns=[1.0, 2.0], env_steps=100)
    make_run(seed=1, returns=[3.0, 4.0], env_steps=1000)
    places, returns = cell("env-steps")
    band = range_band(returns)
    assert np.isnan(band.mean[(places > 200) & (places < 1000)]).all()
    assert np.isfinite(band.mean[(places <= 200) | (places >= 1000)]).all()


def test_one_row_is_one_place(make_run, cell):
    make_run(returns=[5.0])
    places, returns = cell("env-steps")
    assert (places.tolist(), returns.tolist()) == ([100.0], [[5.0]])


def test_core_hours_are_the_runs_own_shared_out_by_its_seconds(make_run, cell):
    make_run(returns=[0.0, 1.0, 2.0])  # 7.5 core-seconds in all, a third of them an iteration
    places, returns = cell("core-hours")
    assert (places[0] * 3600, places[-1] * 3600) == pytest.approx((2.5, 7.5))
    assert at(places, returns, 5.1 / 3600) == [1.0]


def test_a_seed_that_nobody_timed_is_left_out_of_core_hours_and_of_nothing_else(make_run, cell):
    make_run(seed=0)
    (make_run(seed=1) / "provenance.json").unlink()
    assert len(cell("core-hours")[1]) == 1
    assert len(cell("env-steps")[1]) == 2
    assert len(cell("iteration")[1]) == 2


def test_where_nobody_was_timed_there_is_no_place(make_run, cell):
    (make_run() / "provenance.json").unlink()
    places, returns = cell("core-hours")
    assert (places.size, returns.size) == (0, 0)


def test_rows_without_a_return_count_for_time_and_not_for_returns():
    curves = pd.DataFrame({"seed": 0, "step": [0, 1, 2], "return": [1.0, 2.0, NAN], "seconds": [1.0, 2.0, 4.0]})
    places, returns = side_by_side(curves, pd.DataFrame({"seed": [0], "core_seconds": [3600.0]}), "core-hours")
    assert (places[0], places[-1]) == (0.25, 0.5)
    assert set(returns[0]) == {1.0, 2.0}


def test_core_seconds_follow_the_wall_clock():
    assert core_seconds(pd.Series([1.0, 2.0, 4.0]), 8.0).tolist() == [2.0, 4.0, 8.0]


def test_the_steps_of_an_iteration_are_the_mean_over_all_iterations(make_run, collected):
    make_run(seed=0, returns=[0.0] * 3, env_steps=100)
    make_run(seed=1, returns=[0.0], env_steps=500)
    assert steps_an_iteration(read_collected(collected())[1]) == 200.0
