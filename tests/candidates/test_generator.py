"""Numbers by counter are uniform and independent along every axis on which a policy reads them.

Keys are fixed, so that a test passes always or never. Each p-value stands for one look; with about a hundred looks in
this file 1e-5 is where a fault begins.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from itt import seeding
from itt.candidates import generator
from itt.seeding import Key, Purpose

SMALLEST_P = 1e-5
LOW, HIGH = np.full(6, -1, np.float32), np.full(6, 1, np.float32)
KEYS = [int(seeding.words(Key(seed), Purpose.CANDIDATES)[0]) for seed in range(4)]
bounds = st.floats(-1e6, 1e6, width=32)


def is_uniform(unit, bins=64):
    """Numbers in [0, 1) fill the bins as evenly as chance would."""
    counts, _ = np.histogram(unit, bins=bins, range=(0, 1))
    assert stats.chisquare(counts).pvalue > SMALLEST_P


def are_independent(x, y, bins=8):
    """Pairs of numbers in [0, 1) fill the squares as evenly as chance would."""
    counts, _, _ = np.histogram2d(x, y, bins=bins, range=((0, 1), (0, 1)))
    assert stats.chisquare(counts.ravel()).pvalue > SMALLEST_P


def unit(key, step, count, size=6):
    """Points of the unit cube, float64."""
    return (generator.uniform(key, step, LOW[:size], HIGH[:size], count).astype(np.float64) + 1) / 2


@pytest.mark.parametrize("key", KEYS)
def test_every_coordinate_is_uniform(key):
    for coordinate in unit(key, 0, 50_000).T:
        is_uniform(coordinate)


@pytest.mark.parametrize("key", KEYS)
def test_every_bit_is_one_half_of_the_time(key):
    words = generator.bits(key, 0, 100_000)
    for bit in range(32):
        ones = int(((words >> np.uint32(bit)) & 1).sum())
        assert stats.binomtest(ones, len(words)).pvalue > SMALLEST_P


@pytest.mark.parametrize("key", KEYS)
def test_coordinates_of_a_point_are_independent(key):
    points = unit(key, 0, 50_000)
    for i in range(6):
        for j in range(i):
            are_independent(points[:, i], points[:, j])


@pytest.mark.parametrize("lag", [1, 2, 3, 8, 16, 64])
def test_neighbouring_points_are_independent(lag):
    values = unit(KEYS[0], 0, 100_000, size=1)[:, 0]
    are_independent(values[:-lag], values[lag:])


@pytest.mark.parametrize("lane", range(16))
def test_each_of_16_lanes_is_uniform_and_independent_of_the_next(lane):
    lanes = unit(KEYS[0], 0, 160_000, size=1)[:, 0].reshape(-1, 16)
    is_uniform(lanes[:, lane])
    are_independent(lanes[:, lane], lanes[:, (lane + 1) % 16])


@pytest.mark.parametrize("place", [(0, 0), (0, 5), (7, 0), (999, 5)])
def test_one_place_of_the_set_is_uniform_and_independent_from_transition_to_transition(place):
    values = np.array([unit(KEYS[0], step, 1000)[place] for step in range(4000)])
    is_uniform(values, bins=16)
    are_independent(values[:-1], values[1:], bins=4)


@pytest.mark.parametrize("place", [(0, 0), (999, 5)])
def test_one_place_of_the_set_is_uniform_and_independent_from_perturbation_to_perturbation(place):
    keys = [int(seeding.words(Key(0, 0, i, 1), Purpose.CANDIDATES)[0]) for i in range(4000)]
    values = np.array([unit(key, 0, 1000)[place] for key in keys])
    is_uniform(values, bins=16)
    are_independent(values[:-1], values[1:], bins=4)


def test_one_place_is_uniform_over_keys_that_count_up():
    values = np.array([unit(key, 0, 10)[3, 2] for key in range(4000)])
    is_uniform(values, bins=16)
    are_independent(values[:-1], values[1:], bins=4)


def test_two_transitions_are_independent_point_by_point():
    are_independent(unit(KEYS[0], 0, 50_000)[:, 0], unit(KEYS[0], 1, 50_000)[:, 0])


def test_triples_of_neighbours_fill_the_cube():
    values = unit(KEYS[1], 0, 240_000, size=1)[:, 0].reshape(-1, 3)
    counts, _ = np.histogramdd(values, bins=8, range=[(0, 1)] * 3)
    assert stats.chisquare(counts.ravel()).pvalue > SMALLEST_P


@given(a=bounds, b=bounds, key=st.integers(0, 2**64 - 1), step=st.integers(0, 10**6))
def test_points_stay_in_the_box(a, b, key, step):
    low, high = np.array([min(a, b)], np.float32), np.array([max(a, b)], np.float32)
    points = generator.uniform(key, step, low, high, 200)
    assert points.dtype == np.float32
    assert (low <= points).all()
    assert (points <= high).all()


def test_points_reach_into_every_corner_of_the_box():
    low, high = np.array([-3, 10], np.float32), np.array([-1, 50], np.float32)
    points = generator.uniform(KEYS[0], 0, low, high, 20_000)
    np.testing.assert_allclose(points.min(axis=0), low, atol=0.02)
    np.testing.assert_allclose(points.max(axis=0), high, atol=0.02)


@given(count=st.integers(1, 40), size=st.integers(1, 6), key=st.integers(0, 2**64 - 1))
def test_coordinate_j_of_point_n_is_number_j_count_plus_n_of_the_stream(count, size, key):
    points = generator.uniform(key, 0, np.zeros(size, np.float32), np.ones(size, np.float32), count)
    stream = (generator.bits(key, 0, size * count) >> np.uint32(8)) * 2.0**-24
    np.testing.assert_array_equal(points, stream.reshape(size, count).T)


def test_a_longer_stream_begins_like_a_shorter_one():
    np.testing.assert_array_equal(generator.bits(KEYS[0], 5, 1000)[:10], generator.bits(KEYS[0], 5, 10))


def test_indices_are_uniform_and_below_their_bound():
    found = generator.indices(KEYS[0], 0, 37, 37_000)
    assert stats.chisquare(np.bincount(found, minlength=37)).pvalue > SMALLEST_P
    assert found.max() == 36


def test_the_draws_of_an_episode_are_uniform_and_independent():
    values = np.array([generator.unit(KEYS[0], step) for step in range(20_000)])
    is_uniform(values)
    are_independent(values[:-1], values[1:])


def test_the_stream_stays_the_same_from_version_to_version():
    assert generator.bits(12345, 6, 4).tolist() == [2593949049, 1155502413, 2483600083, 2508863125]
    assert generator.mixed(12345, 6) == 2262534019502804546
