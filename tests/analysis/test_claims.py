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
    paper_cell("HalfCheetah-v2", "itt", [100.0] * 5)
    paper_cell("HalfCheetah-v2", "itt", [95.0] * 5, "lazy")
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


@pytest.mark.parametrize("name", ["srp_maintains", "srp_cheaper"])
def test_srp_is_not_compared_with_vanilla_over_other_candidates(paper_cell, claimed, name):
    paper_cell("Swimmer-v2", "itt", [1.0] * 5)
    paper_cell("Swimmer-v2", "itt", [1.0] * 5, "srp-paper")
    one = claimed(name, "Swimmer-v2")
    assert (one.ours, one.n, one.verdict.word) == (None, 0, "not yet")
    assert one.verdict.why == "itt/srp-paper-vanilla: not trained in this study"


@pytest.mark.parametrize(
    ("variant", "changed", "why"),
    [
        ("srp-paper", {"candidates": {"count": 512}}, "itt/srp-paper: not the paper's settings: candidates.count"),
        ("srp-paper-vanilla", {"candidates": {"count": 512}}, "candidates.count"),
        ("srp-paper-vanilla", {"algorithm": {"eta": 1.0}}, "algorithm.eta"),
    ],
)
def test_arms_with_other_settings_than_the_papers_are_not_judged(paper_cell, claimed, variant, changed, why):
    for arm in ("srp-paper", "srp-paper-vanilla"):
        paper_cell("Swimmer-v2", "itt", [1.0] * 5, arm, changed=changed if arm == variant else None)
    one = claimed("srp_maintains", "Swimmer-v2")
    assert (one.verdict.word, one.verdict.short) == ("not yet", "other settings")
    assert one.verdict.why.endswith(why)


def test_a_variant_of_the_papers_name_with_other_settings_is_not_judged(paper_cell, claimed):
    paper_cell("Swimmer-v2", "itt", [1.0] * 5)
    paper_cell("Swimmer-v2", "itt", [1.0] * 5, "bootstrap", changed={"candidates": {"subsample": 10}})
    assert claimed("bootstrap_trains").verdict.why == ("itt/bootstrap: not the paper's settings: candidates.subsample")


def test_an_env_that_the_paper_has_not_says_nothing_of_its_claims(make_run, claimed):
    for seed in range(5):
        make_run("Pendulum-v1", seed=seed)
        make_run("Pendulum-v1", variant="bootstrap", seed=seed)
    assert claimed("bootstrap_trains").verdict.short == "not trained"


def untimed(results, variant, method="itt"):
    """Makes one run tell no core-seconds, though it is finished: its provenance is another program's."""
    file = next(results.rglob(f"{method}/{variant}/seed0")) / "provenance.json"
    file.write_text('[{"end": "2026-01-01T00:00:00+00:00"}]')


def test_time_is_claimed_of_five_seeds_that_tell_it(paper_cell, results, claimed):
    for method, core_seconds in (("itt", 55.0), ("iot", 100.0)):
        paper_cell("HalfCheetah-v2", method, [1.0] * 5, core_seconds=core_seconds)
    untimed(results, "vanilla", "iot")
    one = claimed("faster_than_iot", "HalfCheetah-v2")
    assert (one.n, one.verdict.word) == (4, "not yet")
    assert one.verdict.why == "iot/vanilla: 4 seeds tell it, where a verdict takes 5"


def test_cheaper_is_claimed_of_five_seeds_that_tell_their_time(paper_cell, results, claimed):
    paper_cell("Swimmer-v2", "itt", [1.0] * 5, "srp-paper", core_seconds=5.0)
    paper_cell("Swimmer-v2", "itt", [1.0] * 5, "srp-paper-vanilla", core_seconds=7.5)
    untimed(results, "srp-paper")
    one = claimed("srp_cheaper", "Swimmer-v2")
    assert (one.n, one.verdict.why) == (4, "itt/srp-paper: 4 seeds tell it, where a verdict takes 5")


@pytest.mark.parametrize("arm", ["srp-paper", "srp-paper-vanilla"])
def test_trainings_that_took_no_time_say_nothing_of_what_is_cheaper(paper_cell, claimed, arm):
    for variant in ("srp-paper", "srp-paper-vanilla"):
        paper_cell("Swimmer-v2", "itt", [1.0] * 5, variant, core_seconds=0.0 if variant == arm else 7.5)
    one = claimed("srp_cheaper", "Swimmer-v2")
    assert (one.ours, one.n, one.verdict.word) == (None, 0, "not yet")


def without_returns(folder):
    """A run whose algorithm never played its policy."""
    file = folder / "metrics.csv"
    header, *rows = file.read_text().splitlines()
    cells = [row.split(",") for row in rows]
    file.write_text("\n".join([header, *(",".join([step, "", *rest]) for step, _, *rest in cells), ""]))


def test_scores_are_claimed_of_five_seeds_that_have_them(paper_cell, results, claimed):
    paper_cell("Swimmer-v2", "itt", [1.0] * 5)
    paper_cell("Swimmer-v2", "itt", [1.0] * 5, "bootstrap")
    without_returns(next(results.rglob("bootstrap/seed0")))
    one = claimed("bootstrap_trains")
    assert (one.n, one.verdict.why) == (4, "itt/bootstrap: 4 seeds tell it, where a verdict takes 5")


def test_an_env_counts_where_five_seeds_of_each_method_have_a_score(paper_cell, results, claimed):
    for env in names.ENVS[:2]:
        trained(paper_cell, env, 0.0, 1.0, 2.0)
    without_returns(next(results.rglob(f"{names.ENVS[0]}/iot/vanilla/seed0")))
    assert claimed("itt_second").verdict.why == f"third on {names.ENVS[1]}"
    assert (claimed("compared").ours, claimed("compared").n) == (1, 5)
