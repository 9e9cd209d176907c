"""What networks see of observations."""

import numpy as np
import pytest

from itt.experience import Normaliser, Replay
from itt.experience.replay import Batch, width

MET = np.array([[1.0, 5.0, 7.0], [3.0, 5.0, -1.0], [8.0, 5.0, 0.5], [100.0, 6.0, 2.0]])
"""The second coordinate does not change in the first three."""


def met(kind, rows=MET, **options):
    normaliser = Normaliser(kind, 3, **options)
    for row in rows:
        normaliser.meet(row)
    return normaliser


def seen(normaliser, observation):
    row = np.array(observation, np.float32)
    normaliser.see(row)
    return row


def test_frozen_statistics_are_those_of_the_first_observations():
    normaliser = met("frozen", first=3)

    mean, std = MET[:3].mean(axis=0), MET[:3].std(axis=0, ddof=1)
    want = [(11 - mean[0]) / std[0], 0.0, (2 - mean[2]) / std[2]]
    np.testing.assert_allclose(seen(normaliser, [11, 9, 2]), want, rtol=1e-6)


def test_running_statistics_are_those_of_all():
    mean, std = MET.mean(axis=0), MET.std(axis=0, ddof=1)
    np.testing.assert_allclose(seen(met("running"), [11, 9, 2]), ([11, 9, 2] - mean) / std, rtol=1e-6)


@pytest.mark.parametrize(("kind", "rows"), [("none", MET), ("frozen", MET[:2])])
def test_without_statistics_an_observation_is_seen_as_it_is(kind, rows):
    assert seen(met(kind, rows, first=3, clip=0.5), [11, 9, 2]).tolist() == [11, 9, 2]


def test_scaling_multiplies_the_standard_deviation():
    plain, scaled = (met("frozen", first=3, scaling=scaling) for scaling in (1.0, 10.0))
    np.testing.assert_allclose(seen(scaled, [11, 9, 2]), seen(plain, [11, 9, 2]) / 10, rtol=1e-6)


def test_clip_bounds_what_is_seen():
    np.testing.assert_array_equal(seen(met("frozen", first=3, clip=0.75), [1000, 9, -1000]), [0.75, 0, -0.75])


def test_what_is_drawn_is_what_a_rewritten_buffer_would_hold():
    random = np.random.default_rng(0)
    replay, normaliser = Replay(64, 3, 2), Normaliser("frozen", 3, first=40, scaling=1.5, clip=1.0)
    for _ in range(64):
        observation, following = random.normal(2, 3, (2, 3))
        replay.add(observation, random.normal(size=2), 0.0, False, following)
        normaliser.meet(observation)
    points = random.random(200)
    batch = Batch(np.empty((200, width(3, 2)), np.float32), 3, 2)

    replay.draw(points, batch)
    normaliser.see(batch.observation)
    normaliser.see(batch.following)

    rewritten = Batch(replay.rows.copy(), 3, 2)
    normaliser.see(rewritten.observation)
    normaliser.see(rewritten.following)
    assert batch.rows.tobytes() == rewritten.rows[(points * 64).astype(int)].tobytes()


@pytest.mark.parametrize("kind", ["frozen", "running", "none"])
@pytest.mark.parametrize("before", [2, 3, 4])
def test_one_that_is_restored_goes_on_with_the_same_bits(kind, before):
    whole, part = met(kind, first=3), met(kind, MET[:before], first=3)
    restored = Normaliser(kind, 3, first=3)
    restored.restore(part.arrays("o/"), "o/")
    for row in MET[before:]:
        restored.meet(row)

    assert seen(restored, [11, 9, 2]).tobytes() == seen(whole, [11, 9, 2]).tobytes()
