"""`itt bench scale`: a training on sleeping episodes, of which every message is counted."""

import json

import pytest

pytestmark = pytest.mark.mpi


def test_an_iteration_costs_a_message_out_and_one_back_for_each_episode(itt):
    asked = ["--ranks", 4, "--episode", 0.01, "--rounds", 5, "--iterations", 3]
    row = json.loads(itt("bench", "scale", *asked, "--json").out)
    workers, episodes = 3, 1 + 2 * row["directions"]
    assert episodes == 15
    assert row["ideal_seconds"] == pytest.approx(5 * 0.01)
    assert row["efficiency"] == pytest.approx(row["ideal_seconds"] / row["seconds"])
    # What all episodes have in common goes out once a training: it does not change here.
    trained = 3 + 1
    assert row["messages_an_iteration"] == pytest.approx(2 * episodes + workers / trained)
    assert 0 < row["pss_mb"] <= row["rss_mb"]
    assert row["bytes_an_iteration"] > 8 * episodes
