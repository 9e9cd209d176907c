"""Every stream has a key, and no two keys share a stream."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.seeding import Key, Purpose, env_seed, generator, words

keys = st.builds(
    Key,
    seed=st.integers(0, 2**32 - 1),
    iteration=st.integers(0, 10**7),
    direction=st.integers(-1, 10**6),
    sign=st.sampled_from([-1, 0, 1]),
    episode=st.integers(0, 1000),
    evaluation=st.booleans(),
)


@given(keys, st.sampled_from(Purpose))
def test_a_key_and_a_purpose_give_the_same_numbers_every_time(key, purpose):
    first = generator(key, purpose).standard_normal(3)
    np.random.standard_normal(5)  # a global generator, had one been used, would now stand elsewhere
    np.testing.assert_array_equal(first, generator(key, purpose).standard_normal(3))


@given(keys, keys)
def test_two_keys_have_two_streams(one, other):
    same = one == other
    assert (words(one, Purpose.CANDIDATES)[0] == words(other, Purpose.CANDIDATES)[0]) == same


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"iteration": 1}, {"direction": 0}, {"sign": 1}, {"sign": -1}, {"episode": 1}, {"evaluation": True}],
)
def test_each_part_of_a_key_matters(change):
    key = Key(0)
    assert words(key, Purpose.EPISODE)[0] != words(replace(key, **change), Purpose.EPISODE)[0]


def test_each_purpose_has_a_stream_of_its_own():
    assert len({int(words(Key(0), purpose)[0]) for purpose in Purpose}) == len(Purpose)


def test_the_numbers_of_the_purposes_are_what_results_were_made_with():
    assert [(purpose.name, purpose.value) for purpose in Purpose] == [
        ("THETA", 0),
        ("DIRECTIONS", 1),
        ("EPISODE", 2),
        ("CANDIDATES", 3),
        ("SUBSAMPLE", 4),
        ("SELECTION", 5),
        ("SEARCH", 6),
        ("NETWORKS", 7),
        ("EXPLORATION", 8),
        ("REPLAY", 9),
        ("UPDATE", 10),
    ]


def test_streams_stay_the_same_from_version_to_version():
    assert env_seed(Key(3, 14, 15, -1)) == 1326636652
    np.testing.assert_array_equal(
        generator(Key(3), Purpose.THETA).standard_normal(2), [-0.43081636898949993, 1.0204393722466125]
    )


@given(keys)
def test_envs_are_seeded_from_halves_that_training_and_evaluation_do_not_share(key):
    seed = env_seed(key)
    assert (2**31 <= seed < 2**32) if key.evaluation else (0 <= seed < 2**31)


def test_neighbouring_keys_do_not_give_neighbouring_seeds():
    seeds = np.array([env_seed(Key(0, iteration, direction)) for iteration in range(40) for direction in range(40)])
    counts, _ = np.histogram(seeds, bins=16, range=(0, 2**31))
    assert ((counts - 100) ** 2 / 100).sum() < 37.7  # chi-square, 15 degrees of freedom, p = 0.001


@given(keys)
def test_the_key_of_a_run_is_the_same_in_training_and_in_evaluation(key):
    assert key.for_run() == replace(key, iteration=5, direction=5, evaluation=not key.evaluation).for_run()


@given(keys)
def test_the_key_of_an_iteration_does_not_know_the_episode_in_training(key):
    training = replace(key, evaluation=False)
    assert training.for_iteration() == replace(training, episode=key.episode + 1).for_iteration()
    evaluation = replace(key, evaluation=True)
    assert evaluation.for_iteration() != replace(evaluation, episode=key.episode + 1).for_iteration()
