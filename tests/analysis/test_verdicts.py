"""When a number of the paper counts as reproduced."""

import itertools

import pytest

from itt.analysis.tables import verdicts
from itt.analysis.tables.comparisons import compare
from itt.published import zhao2022


def number(table, env, method, quantity):
    """One of the paper's numbers."""
    wanted = (table, env, method, quantity)
    return next(n for n in zhao2022.numbers() if (n.table, n.env, n.method, n.quantity) == wanted)


SWIMMER = number(6, "Swimmer-v2", "itt", "mean")  # 344.13 +- 5.18; the largest of the env is 347.67


@pytest.mark.parametrize(
    ("scores", "short"),
    [
        ([344.13] * 4, "too few"),
        ([344.13] * 5, "reproduced"),
        ([344.13 - 17.3] * 5, "reproduced"),  # 5 % of 347.67 is 17.38, more than the spread
        ([344.13 - 17.5] * 5, "not reproduced"),
    ],
)
def test_a_mean_score_takes_five_seeds_and_the_margin(paper_cell, ours, scores, short):
    paper_cell("Swimmer-v2", "itt", scores)
    assert compare(SWIMMER, ours()).verdict.short == short


def test_the_margin_is_the_papers_spread_where_that_is_more():
    assert verdicts.score_margin("Swimmer-v2", 88.05) == 88.05
    assert verdicts.score_margin("CartPole-v1", 0.0) == 25.0
    assert verdicts.score_margin("MountainCar-v0", 0.0) == 10.0  # scores below 0 count by their size


def test_the_difference_has_a_welch_interval(paper_cell, ours):
    paper_cell("Swimmer-v2", "itt", [330.0, 340.0, 350.0, 360.0, 370.0])
    one = compare(SWIMMER, ours())
    # scipy.stats.ttest_ind of samples with these means, deviations and sizes gives the same.
    assert one.difference == pytest.approx(350 - 344.13)
    assert (one.low, one.high) == pytest.approx((-13.4, 25.1), abs=0.2)
    assert one.verdict.why == "more seeds may turn it: the interval reaches over the margin"


def test_what_was_missed_is_told(paper_cell, ours):
    paper_cell("Swimmer-v2", "itt", [100.0] * 5)
    assert compare(SWIMMER, ours()).verdict.why == "the margin is 17.4"


@pytest.mark.parametrize(("ours_is", "paper", "agrees"), [(2, 1, True), (2.1, 1, False), (0.4, 1, False), (0, 0, True)])
def test_a_spread_may_be_twice_or_half_the_papers(ours_is, paper, agrees):
    assert verdicts.spread_agrees(ours_is, paper) is agrees


def test_a_spread_of_zero_is_met_by_what_is_printed_as_zero():
    assert verdicts.spread_agrees(0.004, 0.0)
    assert not verdicts.spread_agrees(0.006, 0.0)


def test_other_settings_than_the_papers_reproduce_nothing(paper_cell, ours):
    paper_cell("Swimmer-v2", "itt", [344.13] * 5, changed={"algorithm": {"eta": 0.5}})
    verdict = compare(SWIMMER, ours()).verdict
    assert (verdict.word, verdict.short) == ("not yet", "other settings")
    assert verdict.why == "not the paper's settings: algorithm.eta"


def test_as_run_arms_are_judged_with_the_settings_that_are_documented(paper_cell, ours):
    """By config/paper.yaml: M = 24, or what stands there for the env."""
    paper_cell("Swimmer-v2", "itt", [344.13] * 5, "as-run")
    paper_cell("Swimmer-v2", "iot", [344.13] * 5, "as-run", changed={"algorithm": {"directions": 25}})
    paper_cell("Hopper-v2", "itt", [2670.37] * 5, "as-run")
    paper_cell("Hopper-v2", "iot", [1036.52] * 5, "as-run", changed={"candidates": {"count": 5}})
    found = ours()
    for env, method, why in (
        ("Swimmer-v2", "itt", ""),
        ("Swimmer-v2", "iot", "not the paper's settings: algorithm.directions"),
        ("Hopper-v2", "itt", ""),
        ("Hopper-v2", "iot", "not the paper's settings: candidates.count"),
    ):
        verdict = compare(number(6, env, method, "mean"), found, "as-run").verdict
        assert (verdict.word, verdict.why) == ("not yet" if why else "reproduced", why)


def test_unfinished_runs_reproduce_nothing(paper_cell, ours):
    paper_cell("Swimmer-v2", "itt", [344.13] * 5, finished=False)
    assert compare(SWIMMER, ours()).verdict.why == "5 of 5 runs are not finished"


def test_what_the_study_does_not_train_says_so(make_run, ours):
    make_run("CartPole-v1")
    assert compare(SWIMMER, ours()).verdict.why == "not trained in this study"


@pytest.mark.parametrize("seeds", [1, 5])
def test_settings_are_equal_or_not_whatever_the_seeds(paper_cell, ours, seeds):
    paper_cell("HalfCheetah-v2", "explicit", [1.0] * seeds)
    paper_cell("HalfCheetah-v2", "itt", [1.0] * seeds, changed={"algorithm": {"sigma": 0.5}})
    found = ours()
    verdict = compare(number(3, "HalfCheetah-v2", "explicit", "sigma"), found).verdict
    assert verdict.word == "reproduced"  # 0.5, alone among the methods
    chosen = compare(number(3, "HalfCheetah-v2", "itt", "sigma"), found)
    assert (chosen.ours, chosen.difference, chosen.verdict.short) == (0.5, -0.5, "other settings")
    assert chosen.verdict.why == "not the paper's settings: algorithm.sigma"


def test_layers_are_counted_as_table_5_does(paper_cell, ours):
    for env in ("HalfCheetah-v2", "walker-walk"):
        paper_cell(env, "itt", [1.0])
    found = ours()
    for env, quantity in itertools.product(("HalfCheetah-v2", "walker-walk"), ("layers_state", "layers_action")):
        assert compare(number(5, env, "itt", quantity), found).verdict.word == "reproduced"


def test_where_table_4_cannot_be_met_the_reason_stands_there(paper_cell, results, ours):
    paper_cell("Acrobot-v1", "explicit", [1.0])
    found = ours()
    one = compare(number(4, "Acrobot-v1", "explicit", "parameters"), found)
    assert (one.ours, one.verdict.word) == (8, "reproduced")  # the fixture's D is the paper's
    found.runs.loc[:, "parameters"] = 10
    one = compare(number(4, "Acrobot-v1", "explicit", "parameters"), type(found)(found.runs, found.curves))
    assert (one.ours, one.verdict.word) == (10, "not reproduced")
    assert "ours has one for each" in one.verdict.why


def trained(paper_cell, itt, iot, explicit, seeds=5):
    for method, core_seconds in (("itt", itt), ("iot", iot), ("explicit", explicit)):
        paper_cell("HalfCheetah-v2", method, [1.0] * seeds, core_seconds=core_seconds)


def test_hours_are_compared_relative_to_the_methods_of_the_env(paper_cell, ours):
    trained(paper_cell, 12.94, 23.61, 9.95)  # seconds where the paper has hours
    found = ours()
    for method in zhao2022.METHODS:
        assert compare(number(2, "HalfCheetah-v2", method, "hours"), found).verdict.word == "reproduced"


def test_a_method_that_takes_another_share_of_the_time_is_told(paper_cell, ours):
    trained(paper_cell, 10.0, 10.0, 10.0)
    verdict = compare(number(2, "HalfCheetah-v2", "iot", "hours"), ours()).verdict
    assert (verdict.word, verdict.why) == ("not reproduced", "1.00 of the mean of the methods; the paper's 1.52")


def test_hours_take_five_seeds_of_all_three_methods(paper_cell, ours):
    trained(paper_cell, 12.94, 23.61, 9.95, seeds=4)
    assert compare(number(2, "HalfCheetah-v2", "itt", "hours"), ours()).verdict.short == "too few"


def test_hours_without_the_other_methods_say_nothing(paper_cell, ours):
    paper_cell("HalfCheetah-v2", "itt", [1.0] * 5)
    verdict = compare(number(2, "HalfCheetah-v2", "itt", "hours"), ours()).verdict
    assert (verdict.word, verdict.short) == ("not yet", "other methods")


def test_a_verdict_takes_five_seeds_that_have_the_score(paper_cell, results, ours):
    paper_cell("Swimmer-v2", "itt", [344.13] * 5)
    next(results.rglob("evaluation.csv")).unlink()
    one = compare(SWIMMER, ours(), measure="evaluation")
    assert (one.n, one.verdict.why) == (4, "4 seeds tell it, where a verdict takes 5")


def test_trainings_that_took_no_time_say_nothing_of_it(paper_cell, ours):
    trained(paper_cell, 0.0, 0.0, 0.0)
    verdict = compare(number(2, "HalfCheetah-v2", "itt", "hours"), ours()).verdict
    assert (verdict.short, verdict.why) == ("too few", "0 seeds tell it, where a verdict takes 5")


def test_hours_take_five_seeds_that_tell_their_time(paper_cell, results, ours):
    trained(paper_cell, 12.94, 23.61, 9.95)
    file = next(results.rglob("iot/vanilla/seed0")) / "provenance.json"
    file.write_text('[{"end": "2026-01-01T00:00:00+00:00"}]')
    found = ours()
    one = compare(number(2, "HalfCheetah-v2", "iot", "hours"), found)
    assert (one.n, one.verdict.why) == (5, "4 seeds tell it, where a verdict takes 5")  # all five tell their hours
    other = compare(number(2, "HalfCheetah-v2", "itt", "hours"), found)
    assert other.verdict.short == "other methods"
