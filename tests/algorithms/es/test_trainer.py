"""A training is the loop of Sec. 3.1, and its record says of theta_k what theta_k did."""

import numpy as np
import pytest

from itt.algorithms.es import strategy
from itt.algorithms.es.trainer import COLUMNS
from itt.policies import architecture_of
from itt.record import policy_file
from itt.resolve import resolve
from itt.rollouts import Rollout, Shared, play
from itt.seeding import Key
from itt.study import single

ITERATIONS = 4


def cartpole(*overrides, method="itt", variant="vanilla", seed=0, study="by-hand"):
    return single("CartPole-v1", method, variant, seed, [f"algorithm.iterations={ITERATIONS}", *overrides], study)


def by_hand(run):
    """The same training without trainer, team and record: theta_k, its return and its perturbations' returns."""
    run = resolve(run)
    settings, architecture = run.algorithm, architecture_of(run)
    state, told = strategy.initial(settings, architecture, run.seed), []
    for k in range(settings.iterations):
        epsilon = strategy.ask(state, settings, architecture, run.seed)
        center = play(Shared(run), Rollout(state.theta, Key(run.seed, k)))
        episodes = [
            play(Shared(run), Rollout(theta, Key(run.seed, k, i, sign)))
            for i, sign, theta in strategy.perturbations(state, settings, epsilon)
        ]
        returns = np.array([episode.value for episode in episodes])
        following, gradient = strategy.tell(state, settings, architecture, epsilon, center.value, returns)
        steps = center.steps + sum(episode.steps for episode in episodes)
        told.append((state.theta, center.value, returns, gradient, steps))
        state = following
    return told, state.theta


@pytest.fixture
def both(train):
    return train(cartpole()), *by_hand(cartpole())


def test_row_k_is_what_theta_k_does_before_update_k(both):
    training, told, _ = both
    rows = training.rows()
    assert [row["step"] for row in rows] == list(range(ITERATIONS))
    for row, (theta, value, returns, gradient, _) in zip(rows, told, strict=True):
        assert row["return"] == value
        assert row["es/mean_return"] == pytest.approx(returns.mean())
        assert (row["es/min_return"], row["es/max_return"]) == (returns.min(), returns.max())
        assert row["es/theta_norm"] == pytest.approx(np.linalg.norm(theta))
        assert row["es/grad_norm"] == pytest.approx(np.linalg.norm(gradient))


def test_env_steps_count_every_step_so_far(both):
    training, told, _ = both
    steps = np.cumsum([steps for *_, steps in told])
    assert [row["env_steps"] for row in training.rows()] == steps.tolist()


def test_the_final_policy_has_had_all_updates(both):
    training, _, theta = both
    np.testing.assert_array_equal(policy_file.read(training / "policy.npz").arrays["theta"], theta)


def test_the_best_policy_is_that_of_the_row_with_the_highest_return(both):
    training, told, _ = both
    best = int(np.argmax([row["return"] for row in training.rows()]))
    assert best > 0, "choose another seed: this test should see a best row that is not the first"
    np.testing.assert_array_equal(policy_file.read(training / "best.npz").arrays["theta"], told[best][0])


def test_the_columns_are_the_core_ones_and_then_the_algorithms_own(train):
    header = (train(cartpole()) / "metrics.csv").read_text().splitlines()[0]
    assert header.split(",") == ["step", "return", "env_steps", "seconds", *COLUMNS]
    assert all(column.startswith("es/") for column in COLUMNS)


def test_the_bytes_of_a_policy_depend_on_the_spec_alone(train):
    first = train(cartpole(), "a")
    second = train(cartpole("record.checkpoint_seconds=0", study="another"), "b")
    for name in ("policy.npz", "best.npz"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_another_seed_gives_another_policy(train):
    policies = [policy_file.read(train(cartpole(seed=seed), str(seed)) / "policy.npz") for seed in (0, 1)]
    assert not (policies[0].arrays["theta"] == policies[1].arrays["theta"]).any()


def test_rows_do_not_depend_on_how_long_the_run_will_be(train):
    short, long = train(cartpole(), "short"), train(cartpole("algorithm.iterations=6"), "long")
    assert long.rows()[:ITERATIONS] == short.rows()


@pytest.mark.parametrize(
    ("overrides", "episodes"),
    [
        ([], 13),
        (["algorithm.estimator=forward"], 7),
        (["algorithm.directions=8"], 17),
        (["algorithm.sampling=gaussian"], 13),
        (["algorithm.sampling=released"], 13),
        (["algorithm.lazy.period=2"], 13),
    ],
)
def test_an_iteration_plays_theta_and_each_perturbation_once(train, overrides, episodes, monkeypatch):
    keys = []
    monkeypatch.setattr(
        "itt.algorithms.es.trainer.play", lambda shared, rollout: (keys.append(rollout.key), play(shared, rollout))[1]
    )
    train(cartpole("algorithm.iterations=1", *overrides))
    assert len(keys) == len(set(keys)) == episodes
    assert keys[0] == Key(0, 0)


def test_the_lazy_action_tower_stands_still_between_its_updates(train):
    part = architecture_of(resolve(cartpole())).action_part
    trained = (train(cartpole(f"algorithm.iterations={n}", variant="lazy"), str(n)) for n in (1, 2, 5, 6))
    thetas = [policy_file.read(one / "policy.npz").arrays["theta"][part] for one in trained]
    np.testing.assert_array_equal(thetas[0], thetas[1])
    np.testing.assert_array_equal(thetas[0], thetas[2])
    assert (thetas[3] != thetas[2]).all()
