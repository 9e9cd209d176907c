"""The derivative-free optimiser climbs where the scores say, and never leaves the box."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.algorithms.es.settings import DerivativeFree
from itt.candidates import Box
from itt.candidates.derivative_free import refine

BOX = Box(np.array([-1, -10], np.float32), np.array([1, 30], np.float32))
SUMMIT = np.array([0.4, 17.0])
HALF = np.array([1.0, 20.0])


def hill(actions):
    """Highest at SUMMIT; both coordinates in half-widths of the box."""
    return -100 * (((actions - SUMMIT) / HALF) ** 2).sum(axis=1)


def first_samples(count=500, seed=0):
    return np.random.default_rng(seed).uniform(BOX.low, BOX.high, (count, 2)).astype(np.float32)


def refined(settings, score=hill, seed=0):
    return refine(score, first_samples(), BOX, settings, np.random.default_rng(seed))


def distance(actions):
    return np.linalg.norm((actions - SUMMIT) / HALF, axis=1)


def test_samples_gather_at_the_summit():
    assert np.median(distance(first_samples())) > 0.5
    assert np.median(distance(refined(DerivativeFree(rounds=5)))) < 0.15


def test_more_rounds_come_closer():
    medians = [np.median(distance(refined(DerivativeFree(rounds=rounds)))) for rounds in (1, 3, 6)]
    assert medians[0] > medians[1] > medians[2]


@given(std=st.floats(0.01, 10), shrink=st.floats(0.1, 1), seed=st.integers(0, 99))
def test_samples_stay_in_the_box(std, shrink, seed):
    samples = refined(DerivativeFree(std=std, shrink=shrink), seed=seed)
    assert (samples.shape, samples.dtype) == ((500, 2), np.float32)
    assert (samples >= BOX.low).all()
    assert (samples <= BOX.high).all()


def test_the_noise_is_in_half_widths_of_the_box():
    # With a flat score and one round, a sample moves by noise alone.
    centre = np.broadcast_to(np.float32([0, 10]), (20_000, 2))
    moved = refine(
        lambda actions: np.zeros(len(actions)), centre, BOX, DerivativeFree(rounds=1, std=0.1), np.random.default_rng(0)
    )
    np.testing.assert_allclose((moved - [0, 10]).std(axis=0), 0.1 * HALF, rtol=0.03)


@pytest.mark.parametrize(("shrink", "std"), [(1.0, 0.1 * np.sqrt(2)), (0.5, 0.1 * np.sqrt(1.25))])
def test_the_noise_shrinks_from_round_to_round(shrink, std):
    centre = np.broadcast_to(np.float32([0, 10]), (20_000, 2))
    settings = DerivativeFree(rounds=2, std=0.1, shrink=shrink)
    moved = refine(lambda actions: np.zeros(len(actions)), centre, BOX, settings, np.random.default_rng(0))
    np.testing.assert_allclose((moved - [0, 10]).std(axis=0), std * HALF, rtol=0.03)


def test_the_result_is_a_function_of_the_stream():
    np.testing.assert_array_equal(refined(DerivativeFree(), seed=3), refined(DerivativeFree(), seed=3))
    assert not (refined(DerivativeFree(), seed=3) == refined(DerivativeFree(), seed=4)).all()


def test_the_first_samples_are_not_changed():
    samples = first_samples()
    refine(hill, samples, BOX, DerivativeFree(), np.random.default_rng(0))
    np.testing.assert_array_equal(samples, first_samples())
