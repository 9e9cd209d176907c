"""Factors on sigma and eta, at points where they are known."""

import pytest

from itt.algorithms.es.schedules import DECAYS, factor
from itt.algorithms.es.settings import Constant, Decay


def test_constant_is_one():
    assert factor(Constant(), 0) == factor(Constant(), 10**6) == 1.0


@pytest.mark.parametrize(("name", "halfway"), [("linear", 0.505), ("exponential", 0.1), ("cosine", 0.505)])
def test_a_decay_goes_from_one_to_its_end_and_stays(name, halfway):
    decay = Decay(name=name, final=0.01, iterations=200)
    assert factor(decay, 0) == 1.0
    assert factor(decay, 100) == pytest.approx(halfway)
    assert factor(decay, 200) == factor(decay, 5000) == pytest.approx(0.01)


def test_a_quarter_of_a_cosine_is_half_a_root_of_two_away_from_its_middle():
    assert factor(Decay(name="cosine", final=0.0 + 1e-12, iterations=4), 1) == pytest.approx(0.5 + 0.5**1.5)


@pytest.mark.parametrize("name", DECAYS)
def test_a_factor_above_one_grows(name):
    factors = [factor(Decay(name=name, final=3.0, iterations=10), k) for k in range(12)]
    assert factors == sorted(factors)
    assert factors[-1] == pytest.approx(3.0)
