"""`itt bench search`: every search is asked the same, and exact ones find the best."""

import numpy as np
import pytest

from itt.bench.search import measure
from itt.bench.searches import SEARCHES, task


@pytest.mark.parametrize(("candidates", "size"), [(20, 3), (1000, 6), (1001, 17)])
def test_the_engine_and_numpy_choose_the_same(candidates, size):
    problem = task(candidates, size)
    queries = np.random.default_rng(7).standard_normal((300, size))
    exact = (queries @ problem.latents.T).argmax(axis=1)
    assert np.array_equal(SEARCHES["exact"](problem)(queries), exact)
    assert np.mean(SEARCHES["numpy"](problem)(queries) == exact) > 0.99  # float32 may take the second best


def test_what_is_exact_closes_the_whole_gap():
    for row in measure(500, 4, 0.0):
        assert row["scanned"] == 500
        assert row["recall_at_1"] > 0.99
        assert row["gap_closed"] == pytest.approx(1.0, abs=1e-6)
        assert row["score"] > row["random_score"]
        assert row["us_per_choice"] > 0 and row["build_ms"] > 0


def test_one_candidate_leaves_no_gap():
    assert all(row["gap_closed"] == 1.0 for row in measure(1, 2, 0.0))
