"""An episode that diverged counts as the worst of its iteration, wherever a return counts."""

import csv

import numpy as np
import pytest

from itt.algorithms.es import episodes, strategy, trainer
from itt.errors import UserError
from itt.policies import architecture_of
from itt.record import policy_file
from itt.resolve import resolve
from itt.rollouts import Episode
from itt.study import single

PAID = 1e9
"""What episodes that diverge were paid before they did."""
ITERATIONS, DIRECTIONS = 4, 3


def run_of(*overrides):
    few = [f"algorithm.iterations={ITERATIONS}", f"algorithm.directions={DIRECTIONS}"]
    return resolve(single("CartPole-v1", "itt", overrides=[*few, *overrides]))


def sound(value, steps=10):
    return Episode(value, steps, 0.0)


def diverged(value=PAID, steps=10):
    return Episode(value, steps, 0.0, diverged=True)


@pytest.fixture
def training(train, monkeypatch):
    """Trains with episodes that are made up: `training(run, told)`, with the list of an iteration's from `told(k)`."""

    def start(run, told):
        monkeypatch.setattr(trainer, "_played", lambda run, now, *_: (told(now.state.iteration), {}))
        monkeypatch.setattr(
            trainer, "COLUMNS", {name: kind for name, kind in trainer.COLUMNS.items() if "seconds" not in name}
        )
        return train(run)

    return start


def perturbed(*values):
    return [sound(float(value)) for value in values]


def test_a_theta_that_diverges_is_never_the_best(training):
    centers = [diverged(), sound(5.0), diverged(), sound(4.0)]

    done = training(run_of(), lambda k: [centers[k], *perturbed(6, 7, 8, 9, 10, 11)])

    assert [row["return"] for row in done.rows()] == [6.0, 5.0, 6.0, 4.0]
    expected = theta_after(run_of(), [6.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0])
    np.testing.assert_array_equal(policy_file.read(done / "best.npz").arrays["theta"], expected)


def theta_after(run, returns):
    """theta_1, from what theta_0 and its perturbations were counted."""
    architecture = architecture_of(run)
    state = strategy.initial(run.algorithm, architecture, run.seed)
    epsilon = strategy.ask(state, run.algorithm, architecture, run.seed)
    following, _ = strategy.tell(state, run.algorithm, architecture, epsilon, returns[0], np.array(returns[1:], float))
    return following.theta


SETTINGS = [
    [],
    ["algorithm.shaping=centered_ranks"],
    ["algorithm.shaping=z_score"],
    ["algorithm.top_directions=2", "algorithm.shaping=return_std"],
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_in_an_estimate_an_episode_that_diverged_is_as_the_worst_one(training, settings):
    run = run_of("algorithm.iterations=1", *settings)
    values = [5.0, 4.0, 3.0, 2.0, 7.0, 6.0]

    done = training(run, lambda k: [sound(5.0), diverged(), *perturbed(*values[1:])])

    expected = theta_after(run, [5.0, 2.0, *values[1:]])
    np.testing.assert_array_equal(policy_file.read(done / "policy.npz").arrays["theta"], expected)
    assert [row["es/max_return"] for row in done.rows()] == [7.0]


def test_where_theta_itself_diverged_forward_differences_are_from_the_worst(training):
    run = run_of("algorithm.iterations=1", "algorithm.estimator=forward")

    done = training(run, lambda k: [diverged(), *perturbed(3, 1, 2)])

    np.testing.assert_array_equal(
        policy_file.read(done / "policy.npz").arrays["theta"], theta_after(run, [1.0, 3.0, 1.0, 2.0])
    )


def test_the_worst_is_of_single_episodes_where_a_perturbation_has_several():
    run = run_of("algorithm.episodes=2")
    played = [sound(4.0), sound(6.0), diverged(), sound(8.0), sound(1.0), sound(3.0)]

    assert episodes.means(run.algorithm, episodes.returns(played)).tolist() == [5.0, 4.5, 2.0]


def test_what_counts_without_the_bonus_of_survival_is_the_worst_without_it():
    run = run_of("algorithm.survival_bonus=1")
    played = [sound(12.0, steps=10), sound(11.0, steps=5), diverged(steps=1)]

    assert episodes.counted(run.algorithm, played) == [2.0, 6.0, 2.0]


def test_a_target_is_not_reached_by_an_episode_that_diverged(training):
    run = run_of("algorithm.target={score: 5.0, rows: 1}")
    centers = [diverged(), diverged(), sound(6.0), sound(0.0)]

    done = training(run, lambda k: [centers[k], *perturbed(8, 8, 8, 8, 8, 8)])

    assert len(done.rows()) == 3


def test_where_all_diverge_the_run_ends_and_goes_on_from_there(training):
    told = [[sound(5.0), *perturbed(1, 2, 3, 4, 5, 6)]] + [[diverged()] * 7] * 3

    with pytest.raises(UserError, match="iteration 1: all 7 episodes diverged"):
        training(run_of(), told.__getitem__)

    done = training(run_of(), lambda k: told[0])
    assert "resumed at iteration 1" in done.said
    with open(done / "metrics.csv", newline="") as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["0", "1", "2", "3"]
