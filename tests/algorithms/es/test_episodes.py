"""Several episodes of a perturbation, and common random numbers for a pair."""

import numpy as np
import pytest

from itt import seeding
from itt.algorithms.es import episodes
from itt.algorithms.es.settings import ES
from itt.resolve import resolve
from itt.rollouts import Rollout, Shared, play
from itt.seeding import Key, Purpose
from itt.study import single

PAIRED = ES(random_numbers="pair", episodes=2)


def cartpole(*overrides):
    return single("CartPole-v1", "itt", overrides=["algorithm.iterations=2", *overrides])


@pytest.fixture
def played(monkeypatch):
    """What the trainer has played: each rollout with its episode."""
    told = []

    def recorded(run, rollout):
        told.append((rollout, play(run, rollout)))
        return told[-1][1]

    monkeypatch.setattr("itt.algorithms.es.trainer.play", recorded)
    return told


def test_by_default_a_perturbation_has_one_episode_of_its_own():
    assert episodes.keys(ES(), 7, 3) == [Key(7, 3)]
    assert episodes.keys(ES(), 7, 3, 4, -1) == [Key(7, 3, 4, -1)]


def test_episodes_are_told_apart_by_their_number():
    assert episodes.keys(ES(episodes=3), 7, 3, 4, 1) == [Key(7, 3, 4, 1, number) for number in range(3)]


def test_a_pair_has_the_same_keys_and_no_one_else_has_them():
    plus, minus = (episodes.keys(PAIRED, 7, 3, 4, sign) for sign in (1, -1))
    assert plus == minus == [Key(7, 3, 4, 0, 0), Key(7, 3, 4, 0, 1)]
    others = [*episodes.keys(PAIRED, 7, 3), *episodes.keys(PAIRED, 7, 3, 5, 1), *episodes.keys(PAIRED, 7, 4, 4, 1)]
    assert not set(plus) & set(others)


@pytest.mark.parametrize("purpose", [Purpose.EPISODE, Purpose.CANDIDATES, Purpose.SELECTION, Purpose.SUBSAMPLE])
def test_a_pair_shares_every_stream_of_an_episode(purpose):
    plus, minus = (episodes.keys(PAIRED, 7, 3, 4, sign)[0] for sign in (1, -1))
    np.testing.assert_array_equal(seeding.words(plus, purpose, 4), seeding.words(minus, purpose, 4))


def test_means_are_over_the_episodes_of_each_perturbation():
    np.testing.assert_array_equal(episodes.means(ES(episodes=2), [1.0, 3.0, -2.0, 0.0]), [2.0, -1.0])


def test_the_mean_of_one_episode_is_the_episode():
    values = np.random.default_rng(0).standard_normal(9) / 3
    np.testing.assert_array_equal(episodes.means(ES(), list(values)), values)


def test_theta_and_every_perturbation_play_all_their_episodes(train, played):
    rows = train(cartpole("algorithm.episodes=3", "algorithm.directions=2")).rows()
    assert len(played) == 2 * (1 + 2 * 2) * 3
    center, plus = [episode.value for _, episode in played[:3]], [episode.value for _, episode in played[3:6]]
    assert rows[0]["return"] == np.mean(center)
    assert rows[0]["es/max_return"] >= np.mean(plus) >= rows[0]["es/min_return"]
    assert rows[0]["env_steps"] == sum(episode.steps for _, episode in played[:15])


def test_two_equal_thetas_of_a_pair_play_the_same_episode():
    run = resolve(single("CartPole-v1", "itt", overrides=["policy.selection=sample"]))
    theta = np.linspace(-1, 1, 6)
    values = [
        play(Shared(run), Rollout(theta, key))
        for sign in (1, -1)
        for key in episodes.keys(ES(random_numbers="pair"), 0, 0, 0, sign)
    ]
    assert values[0].value == values[1].value
