"""What the paper claims in its text, computed from our runs."""

import pytest

from itt.analysis.tables.claims import outcomes
from itt.published import names, zhao2022


@pytest.fixture
def claimed(ours):
    """The outcome of a claim, by its name and env; the runs are collected once."""
    found = {}

    def outcome(name, env=""):
        if not found:
            found.update({(one.name, one.env): one for one in outcomes(ours())})
        return found[name, env]

    return outcome


def trained(paper_cell, env, itt, iot, explicit, seeds=5):
    for method, score in (("itt", itt), ("iot", iot), ("explicit", explicit)):
        paper_cell(env, method, [score] * seeds)


def test_every_claim_has_a_rule_and_an_outcome(make_run, ours):
    make_run()
    assert [(one.name, one.env) for one in outcomes(ours())] == list(zhao2022.claims())


def test_itt_is_best_on_12_of_15_when_it_is(paper_cell, claimed):
    for place, env in enumerate(names.ENVS):
        trained(paper_cell, env, 2.0 if place < 12 else 0.5, 0.0, 1.0)
    for name in ("compared", "itt_best", "itt_second"):
        assert (claimed(name).verdict.word, claimed(name).difference) == ("reproduced", 0.0)


def test_with_fewer_envs_best_on_12_is_not_yet(paper_cell, claimed):
    trained(paper_cell, "Swimmer-v2", 2.0, 1.0, 0.0)
    trained(paper_cell, "Hopper-v2", 2.0, 1.0, 0.0, seeds=4)
    one = claimed("itt_best")
    assert (one.ours, one.of, one.verdict.word) == (1, 1, "not yet")
    assert one.verdict.why == "needs 5 seeds of all three methods on 15 environments, has them on 1"


def test_best_on_12_fails_as_soon_as_it_cannot_be_reached(paper_cell, claimed):
    for env in names.ENVS[:4]:
        trained(paper_cell, env, 0.0, 1.0, 2.0)
    assert claimed("itt_best").verdict.why == "best on 0 of 4, so it cannot be on 12"
    assert claimed("itt_second").verdict.why == f"third on {', '.join(names.ENVS[:4])}"


@pytest.mark.parametrize(("itt", "word"), [(55.0, "reproduced"), (64.0, "reproduced"), (66.0, "not reproduced")])
def test_itt_is_45_percent_faster_if_it_saves_at_most_10_points_less(paper_cell, claimed, itt, word):
    paper_cell("HalfCheetah-v2", "itt", [1.0] * 5, core_seconds=itt)
    paper_cell("HalfCheetah-v2", "iot", [1.0] * 5, core_seconds=100.0)
    one = claimed("faster_than_iot", "HalfCheetah-v2")
    assert one.ours == pytest.approx(100 - itt)
    assert one.verdict.word == word


@pytest.mark.parametrize(("score", "word"), [(311.0, "reproduced"), (309.0, "not reproduced"), (400.0, "reproduced")])
def test_srp_maintains_the_score_of_exact_search_over_the_same_candidates(paper_cell, claimed, score, word):
    paper_cell("Swimmer-v2", "itt", [9999.0] * 5)
    paper_cell("Swimmer-v2", "itt", [score - 1.0, score, score, score, score + 1.0], "srp-paper")
    paper_cell("Swimmer-v2", "itt", [344.5] * 5, "srp-paper-vanilla")
    one = claimed("srp_maintains", "Swimmer-v2")
    assert one.ours == pytest.approx(100 * score / 344.5)
    assert one.verdict.word == word


@pytest.mark.parametrize(("core_seconds", "word"), [(5.0, "reproduced"), (7.5, "not reproduced")])
def test_srp_is_cheaper_if_an_env_step_takes_less_time(paper_cell, claimed, core_seconds, word):
    paper_cell("Swimmer-v2", "itt", [1.0] * 5, "srp-paper", core_seconds=core_seconds)
    paper_cell("Swimmer-v2", "itt", [1.0] * 5, "srp-paper-vanilla", core_seconds=7.5)
    assert claimed("srp_cheaper", "Swimmer-v2").verdict.word == word


def test_lazy_updates_are_compared_after_501_iterations(paper_cell, claimed):
    shorter = {"algorithm": {"iterations": 501, "lazy": {"period": 5, "growth": 1.0}}}
    paper_cell("HalfCheetah-v2", "itt", [100.0] * 5)
    paper_cell("HalfCheetah-v2", "itt", [95.0] * 5, "lazy", changed=shorter)
    one = claimed("lazy_comparable", "HalfCheetah-v2")
    assert (one.ours, one.verdict.why) == (pytest.approx(95.0), "itt/lazy: 2 of 501 iterations")


def test_what_names_no_env_is_about_all_that_were_trained(paper_cell, claimed):
    for env, score in (("Swimmer-v2", 100.0), ("Hopper-v2", 50.0)):
        paper_cell(env, "itt", [100.0] * 5)
        paper_cell(env, "itt", [score] * 5, "bootstrap")
    one = claimed("bootstrap_trains")
    assert (one.ours, one.verdict.word) == (50.0, "not reproduced")


def test_too_few_seeds_of_a_variant_are_told(paper_cell, claimed):
    paper_cell("Swimmer-v2", "itt", [1.0] * 5)
    paper_cell("Swimmer-v2", "itt", [1.0], "bootstrap")
    assert claimed("bootstrap_trains").verdict.why == "itt/bootstrap: 1 seed, where a verdict takes 5"
