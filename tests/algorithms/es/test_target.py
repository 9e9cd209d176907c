"""When a training has reached its target, and what that means for its record."""

import numpy as np
import pytest

from itt import settings_file
from itt.algorithms.es.episodes import reached
from itt.algorithms.es.settings import Target
from itt.errors import UserError
from itt.record import policy_file
from itt.study import single

ITERATIONS = 12


def cartpole(score=None, rows=1, iterations=ITERATIONS):
    target = [] if score is None else [f"algorithm.target={{score: {score}, rows: {rows}}}"]
    return single("CartPole-v1", "itt", seed=1, overrides=[f"algorithm.iterations={iterations}", *target])


@pytest.mark.parametrize(
    ("returns", "rows", "expected"),
    [
        ([], 1, False),
        ([9.9], 1, False),
        ([10.0], 1, True),
        ([99.0], 2, False),
        ([0.0, 20.0], 2, True),
        ([99.0, 0.0, 19.0], 2, False),
        ([20.0, 0.0], 1, False),
    ],
)
def test_the_mean_of_the_newest_rows_decides(returns, rows, expected):
    assert reached(Target(score=10, rows=rows), returns) is expected


@pytest.fixture
def free(train):
    """The training without a target, and a score that it reaches first at a row in its middle."""
    training = train(cartpole(), "free")
    returns = [row["return"] for row in training.rows()]
    highest = int(np.argmax(returns))
    assert 1 < highest < ITERATIONS - 1, "choose another seed: its best row should lie in the middle"
    return training, returns[highest], highest


def result(training):
    return [(training / name).read_bytes() for name in ("policy.npz", "best.npz")], training.rows()


def test_a_training_ends_with_the_theta_that_reached_the_target(train, free):
    training, score, row = free
    stopped = train(cartpole(score))
    assert stopped.rows() == training.rows()[: row + 1]
    assert stopped.said == [f"target reached at iteration {row}"]
    thetas = [policy_file.read(stopped / name).arrays["theta"] for name in ("policy.npz", "best.npz")]
    np.testing.assert_array_equal(*thetas)
    np.testing.assert_array_equal(
        thetas[0], policy_file.read(train(cartpole(iterations=row), "to row") / "policy.npz").arrays["theta"]
    )


def test_a_training_that_reached_its_target_is_finished(train, free, snapshot):
    stopped = train(cartpole(free[1]))
    before = snapshot(stopped.folder)
    assert train(cartpole(free[1])).said == [f"{stopped.folder}: finished already; --extend lengthens a run"]
    assert snapshot(stopped.folder) == before


def test_deleted_outputs_of_a_finished_training_come_back(train, free):
    before = result(stopped := train(cartpole(free[1])))
    for name in ("policy.npz", "metrics.csv"):
        (stopped / name).unlink()
    assert result(train(cartpole(free[1]))) == before


@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_stop_on_the_way_does_not_move_the_target(train, free, stop_after):
    whole = result(train(cartpole(free[1]), "whole"))
    train(cartpole(free[1]), stop_after=stop_after)
    assert result(train(cartpole(free[1]))) == whole


def test_a_target_over_several_rows_survives_a_stop_among_them(train, free):
    mean = np.mean([row["return"] for row in free[0].rows()[2:6]])
    whole = train(cartpole(mean, rows=4), "whole")
    assert 4 <= len(whole.rows()) <= 6
    train(cartpole(mean, rows=4), stop_after=len(whole.rows()) - 2)
    assert result(train(cartpole(mean, rows=4))) == result(whole)


def test_a_target_over_as_many_rows_as_there_are_can_be_reached_at_the_last(train):
    training = train(cartpole(0, rows=ITERATIONS))
    assert training.said == [f"target reached at iteration {ITERATIONS - 1}"]
    with pytest.raises(UserError, match=rf"target\.rows: at most iterations \({ITERATIONS}\), not {ITERATIONS + 1}"):
        cartpole(0, rows=ITERATIONS + 1)


def test_a_target_that_is_never_reached_changes_nothing_but_the_name(train, free):
    missed = train(cartpole(free[1] + 1))
    assert missed.rows() == free[0].rows()


@pytest.mark.parametrize("further", [cartpole(), cartpole(10**6)], ids=["no target", "a higher target"])
def test_extended_past_its_target_a_training_is_as_if_it_had_not_stopped(train, free, further):
    train(cartpole(free[1]))
    extended = train(further, extend=True)
    assert extended.rows() == free[0].rows()
    np.testing.assert_array_equal(*(policy_file.read(t / "policy.npz").arrays["theta"] for t in (extended, free[0])))


def test_more_iterations_do_not_lead_past_a_target(train, free):
    before = train(cartpole(free[1])).rows()
    longer = train(cartpole(free[1], iterations=ITERATIONS + 5), extend=True)
    assert longer.rows() == before
    assert settings_file.read(longer / "run.yaml")["algorithm"]["iterations"] == ITERATIONS + 5


@pytest.mark.parametrize("other", [cartpole(1), cartpole(10**6, rows=2)], ids=["a lower target", "other rows"])
def test_another_target_is_another_run(train, free, other):
    train(cartpole(free[1]))
    with pytest.raises(UserError, match=r"holds another run \(algorithm\.target"):
        train(other, extend=True)


def test_a_longer_way_has_to_be_asked_for(train, free):
    train(cartpole(free[1]))
    with pytest.raises(UserError, match=r"algorithm\.target is .* there, None here\).*--extend lengthens a run"):
        train(cartpole())
