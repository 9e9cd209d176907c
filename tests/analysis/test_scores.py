"""Three readings of "score", against numbers worked out by hand."""

import pytest

from itt.analysis.files import read_collected
from itt.analysis.scores import aligned, by_cell, ordered, scores


@pytest.fixture
def tidy(collected):
    """`scores` of the runs made so far, as {(env, method, variant, measure): row}."""

    def read():
        table = scores(*read_collected(collected()))
        return {
            tuple(row[key] for key in ("env", "method", "variant", "measure")): row for row in table.to_dict("records")
        }

    return read


def test_final_is_over_each_seeds_last_row(make_run, tidy):
    make_run(seed=0, returns=[9.0, 1.0])
    make_run(seed=1, returns=[9.0, 9.0, 5.0])  # runs of two lengths
    row = tidy()["HalfCheetah-v2", "itt", "vanilla", "final"]
    assert (row["mean"], row["std"], row["n"]) == (3.0, 2.0, 2)


def test_maximum_is_at_the_iteration_with_the_best_mean_that_all_seeds_have_reached(make_run, tidy):
    make_run(seed=0, returns=[0.0, 4.0, 2.0, 99.0])
    make_run(seed=1, returns=[0.0, 8.0, 2.0])
    row = tidy()["HalfCheetah-v2", "itt", "vanilla", "maximum"]
    assert (row["mean"], row["std"], row["n"], row["step"]) == (6.0, 2.0, 2, 1)


def test_maximum_is_the_best_mean_not_the_mean_of_the_best(make_run, tidy):
    make_run(seed=0, returns=[10.0, 0.0, 6.0])
    make_run(seed=1, returns=[0.0, 10.0, 6.0])
    assert tidy()["HalfCheetah-v2", "itt", "vanilla", "maximum"]["mean"] == 6.0


def test_evaluation_is_over_the_means_of_the_seeds_that_were_evaluated(make_run, tidy):
    make_run(seed=0, evaluation=[0.0, 2.0])
    make_run(seed=1, evaluation=[4.0, 6.0, 5.0])
    make_run(seed=2)
    row = tidy()["HalfCheetah-v2", "itt", "vanilla", "evaluation"]
    assert (row["mean"], row["std"], row["n"]) == (3.0, 2.0, 2)


def test_a_cell_without_evaluation_has_no_such_row(make_run, tidy):
    make_run()
    assert [measure for *_, measure in tidy()] == ["final", "maximum"]


def test_a_run_in_its_first_iteration_does_not_count(make_run, tidy):
    make_run(seed=0, returns=[1.0, 5.0])
    make_run(seed=1, returns=[], iterations=2)
    assert {measure: (row["mean"], row["n"]) for (*_, measure), row in tidy().items()} == {
        "final": (5.0, 1),
        "maximum": (5.0, 1),
    }


def test_the_interval_is_about_the_scores_of_its_own_row(make_run, tidy):
    make_run(seed=0, returns=[0.0, 10.0], evaluation=[100.0])
    make_run(seed=1, returns=[0.0, 20.0], evaluation=[200.0])
    rows = tidy()
    assert [(row["ci_low"], row["ci_high"]) for row in rows.values()] == [(10.0, 20.0), (10.0, 20.0), (100.0, 200.0)]


def test_the_papers_score_stands_beside_vanilla_only(make_run, tidy):
    make_run("Hopper-v2", "iot")
    make_run("Hopper-v2", "iot", "wide")
    make_run("hopper-stand", "iot")  # no row in Table 6
    make_run("ALE/Pong-v5", "iot")
    paper = {cell[:3]: (row["paper_mean"], row["paper_std"]) for cell, row in tidy().items() if cell[3] == "final"}
    assert paper.pop(("Hopper-v2", "iot", "vanilla")) == (1036.52, 29.16)
    assert len(paper) == 3 and all(mean != mean for mean, _ in paper.values())  # NaN


def test_the_papers_order_comes_first(make_run, collected):
    for env in ("ALE/Pong-v5", "fish-swim", "Acrobot-v1", "Swimmer-v2", "A-v0"):
        make_run(env, "explicit")
    make_run("fish-swim", "another")
    make_run("fish-swim", "itt", "lazy")
    make_run("fish-swim", "itt")
    runs, curves = read_collected(collected())
    assert ordered(runs) == (
        ["Swimmer-v2", "Acrobot-v1", "fish-swim", "A-v0", "ALE/Pong-v5"],
        ["itt", "explicit", "another"],
        ["vanilla", "lazy"],
    )
    assert [cell for cell in by_cell(curves) if cell[0] == "fish-swim"] == [
        ("fish-swim", "itt", "vanilla"),
        ("fish-swim", "itt", "lazy"),
        ("fish-swim", "explicit", "vanilla"),
        ("fish-swim", "another", "vanilla"),
    ]


def test_curves_are_aligned_by_iteration(make_run, collected):
    make_run(seed=3, returns=[1.0, 2.0, 3.0])
    make_run(seed=1, returns=[4.0])
    _, curves = read_collected(collected())
    steps, returns = aligned(curves)
    assert steps.tolist() == [0, 1, 2]
    assert returns[0, 0] == 4.0 and (returns[0, 1:] != returns[0, 1:]).all()  # seed 1, then NaN
    assert returns[1].tolist() == [1.0, 2.0, 3.0]


def test_an_iteration_without_a_return_is_no_point_of_a_curve(make_run, collected):
    (make_run() / "metrics.csv").write_text("step,return,env_steps,seconds\n0,1.0,5,1\n1,,9,2\n2,3.0,14,3\n")
    _, curves = read_collected(collected())
    steps, returns = aligned(curves)
    assert (steps.tolist(), returns.tolist()) == ([0, 2], [[1.0, 3.0]])
