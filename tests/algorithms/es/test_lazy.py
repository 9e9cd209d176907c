"""The iterations at which a lazy action tower moves."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.algorithms.es.schedules import updates
from itt.algorithms.es.settings import Lazy


def moves(lazy, until):
    return [k for k in range(until) if updates(lazy, k)]


def test_a_fixed_period():
    assert moves(Lazy(period=5), 21) == [0, 5, 10, 15, 20]


def test_a_doubling_period():
    assert moves(Lazy(period=3, growth=2), 200) == [0, 3, 9, 21, 45, 93, 189]


def test_gaps_are_rounded_down():
    assert moves(Lazy(period=2, growth=1.5), 30) == [0, 2, 5, 9, 15, 25]  # 2, 3, 4.5, 6.75, 10.125


@given(period=st.integers(2, 20), growth=st.floats(1.0, 3.0))
def test_gaps_are_the_period_times_powers_of_the_growth(period, growth):
    gaps = [b - a for a, b in itertools.pairwise(moves(Lazy(period=period, growth=growth), 500))]
    for n, gap in enumerate(gaps):
        assert gap == pytest.approx(period * growth**n - 0.5, abs=0.5 + 1e-6)
