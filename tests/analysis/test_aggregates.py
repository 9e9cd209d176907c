"""Statistics over envs of what was collected: which runs are in them, what is compared, and how it is shown."""

import numpy as np
import pytest

from itt.analysis import aggregate_figures
from itt.analysis.aggregates import STATISTICS, THRESHOLDS, aggregates
from itt.analysis.drawing import Look
from itt.analysis.files import read_collected
from itt.analysis.normalisation import bounds
from itt.analysis.tables.aggregates import sheet

ENVS = ("Swimmer-v2", "CartPole-v1")


@pytest.fixture
def make_cell(make_run):
    """Three seeds whose fresh evaluations have these normalised scores."""

    def make(env, method="itt", variant="vanilla", scores=(0.25, 0.5, 0.75)):
        low, high = bounds().get(env, (0.0, 1.0))
        for seed, score in enumerate(scores):
            make_run(env, method, variant, seed, evaluation=[low + score * (high - low)])

    return make


@pytest.fixture
def found(collected):
    return lambda: aggregates(read_collected(collected())[0])


@pytest.fixture
def page(collected):
    """The tables of the runs made so far."""
    return lambda: sheet(read_collected(collected())[0]).tables


def values(estimates):
    return {(one.statistic, one.of): round(one.value, 9) for one in estimates}


def test_methods_are_compared_over_the_envs_in_which_all_of_them_have_enough_seeds(make_cell, found):
    for env in ENVS:
        make_cell(env)
        make_cell(env, "iot", scores=(0.0, 0.0, 1.0, 1.0))
    make_cell("fish-swim")
    make_cell("fish-swim", "iot", scores=(9.0, 9.0))
    make_cell("ALE/Pong-v5")
    make_cell("ALE/Pong-v5", "iot")
    statistics = found()
    assert statistics.envs == ENVS
    assert statistics.left_out == ("fish-swim", "ALE/Pong-v5")
    told = values(statistics.estimates)
    assert {told[name, "ITT"] for name in STATISTICS} == {0.5}
    assert told["mean", "IOT"] == told["optimality_gap", "IOT"] == 0.5
    assert {(one.of, one.envs, one.runs) for one in statistics.estimates} == {("ITT", 2, 6), ("IOT", 2, 8)}


def test_an_interval_is_around_its_value_and_the_same_each_time(make_cell, found):
    for env in ENVS:
        make_cell(env, scores=(0.1, 0.4, 0.6, 0.9, 1.3))
    once, again = found(), found()
    assert once.estimates == again.estimates
    assert all(one.low < one.value < one.high for one in once.estimates)


def test_equal_runs_leave_nothing_uncertain(make_cell, found):
    for env in ENVS:
        make_cell(env, scores=(0.5, 0.5, 0.5))
    assert all(one.low == one.high == pytest.approx(0.5) for one in found().estimates)


def test_a_profile_is_the_share_of_runs_above_each_score(make_cell, found):
    for env in ENVS:
        make_cell(env, scores=(0.1, 0.1, 0.9, 0.9))
    (profile,) = found().profiles
    at = {round(float(place), 2): share for place, share in zip(THRESHOLDS, profile.share, strict=True)}
    assert (at[-0.5], at[0.5], at[1.5]) == (1.0, 0.5, 0.0)
    assert (profile.low <= profile.share).all()
    assert (profile.share <= profile.high).all()


def test_without_any_fresh_evaluation_the_last_return_is_the_score(make_run, found):
    for env in ENVS:
        low, high = bounds()[env]
        for seed in range(3):
            make_run(env, seed=seed, returns=[low, (low + high) / 2])
    statistics = found()
    assert statistics.reading == "final"
    assert values(statistics.estimates)["mean", "ITT"] == 0.5


def test_a_run_without_a_score_counts_for_nothing(make_cell, make_run, found):
    for env in ENVS:
        make_cell(env)
        make_run(env, "itt", seed=3)  # not evaluated, while others are
    assert {one.runs for one in found().estimates} == {6}


@pytest.mark.parametrize("cells", [[("Swimmer-v2", 5)], [("Swimmer-v2", 2), ("CartPole-v1", 3)]])
def test_of_one_env_or_of_two_seeds_there_are_no_statistics(make_cell, found, cells):
    for env, seeds in cells:
        make_cell(env, scores=[0.1 * seed for seed in range(seeds)])
    statistics = found()
    assert (statistics.estimates, statistics.profiles, statistics.improvements) == ((), (), ())


def test_the_first_method_is_compared_with_each_other_one(make_cell, found):
    make_cell("Swimmer-v2", "explicit", scores=(0.6, 0.7, 0.8))
    make_cell("Swimmer-v2", "iot", scores=(0.0, 0.1, 0.2))
    make_cell("Swimmer-v2", "itt", scores=(0.5, 0.5, 0.9))
    assert values(found().improvements) == {
        ("probability_of_improvement", "ITT over IOT"): 1.0,
        ("probability_of_improvement", "ITT over Explicit"): round(3 / 9, 9),
    }


def test_a_variant_is_compared_with_its_vanilla_arm_where_both_are(make_cell, found):
    for env in ENVS:
        make_cell(env)
        make_cell(env, variant="as-run", scores=(2.0, 2.0, 2.0))
    make_cell("Swimmer-v2", variant="srp", scores=(0.0, 0.0, 0.0))
    make_cell("Swimmer-v2", variant="srp-vanilla", scores=(-1.0, -1.0, -1.0))
    make_cell("CartPole-v1", variant="lazy")
    make_cell("fish-swim", variant="lazy")
    told = {one.of: (one.value, one.envs) for one in found().improvements}
    assert told == {
        "ITT (as-run) over vanilla": (1.0, 2),
        "ITT (lazy) over vanilla": (0.5, 1),
        "ITT (srp) over srp-vanilla": (1.0, 1),
    }


def test_the_table_has_a_row_a_method_and_marks_the_best_of_each_column(make_cell, page):
    for env in ENVS:
        make_cell(env, "itt", scores=(0.8, 0.8, 0.8))
        make_cell(env, "iot", scores=(0.2, 0.2, 0.2))
    methods, improvements = page()
    assert methods.header == ("Method", "Interquartile mean", "Median", "Mean", "Optimality gap")
    assert [[cell.text for cell in row] for row in methods.rows] == [
        ["ITT", "0.80", "0.80", "0.80", "0.20"],
        ["IOT", "0.20", "0.20", "0.20", "0.80"],
    ]
    assert [[cell.place for cell in row[1:]] for row in methods.rows] == [[1] * 4, [2] * 4]
    assert methods.rows[0][1].note == "[0.80, 0.80]"
    assert [cell.text for cell in improvements.rows[0]] == ["ITT over IOT", "1.00", "2", "12"]
    assert "n = 6 runs a method in 2 environments: Swimmer-v2, CartPole-v1." in methods.caption


def test_where_there_is_too_little_the_table_is_a_sentence(make_cell, page):
    make_cell("Swimmer-v2")
    methods, improvements = page()
    assert (methods.rows, improvements.rows) == ((), ())
    assert methods.caption.startswith("Too few: ")
    assert "only Swimmer-v2 has so many" in methods.caption
    assert improvements.caption.startswith("Too few: ")


def test_figures_show_a_line_or_a_point_for_each(make_cell, found):
    for env in ENVS:
        make_cell(env, "itt", scores=(0.8, 0.9, 1.0))
        make_cell(env, "iot")
    statistics, looks = found(), {"itt": Look(0), "iot": Look(1)}
    profiles = aggregate_figures.performance_profiles(statistics, looks.__getitem__)
    assert [text.get_text() for text in profiles.axes[0].get_legend().get_texts()] == ["ITT", "IOT"]
    assert profiles.axes[0].lines[1].get_color() == Look(1).colour
    points = aggregate_figures.statistics(statistics, looks.__getitem__)
    assert [axes.get_title(loc="left").strip() for axes in points.axes] == [
        "Interquartile mean",
        "Median",
        "Mean",
        "Optimality gap (less is better)",
    ]
    interval, point, *_ = points.axes[2].lines
    assert float(point.get_xdata()[0]) == pytest.approx(0.9)
    assert tuple(interval.get_xdata()) == pytest.approx([(one.low, one.high) for one in statistics.estimates][2])
    pairs = aggregate_figures.improvements(statistics)
    assert [label.get_text() for label in pairs.axes[0].get_yticklabels()] == ["ITT over IOT\n2 envs, n = 12 runs"]
    assert pairs.axes[0].get_xlim() == pytest.approx((-0.02, 1.02))
    assert np.isclose(pairs.axes[0].lines[-1].get_xdata()[0], 0.5)
