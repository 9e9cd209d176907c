"""A ring of transitions."""

import numpy as np
import pytest

from itt.experience import Batch, Replay
from itt.experience.replay import size_in_bytes, width


def filled(capacity, count, **options):
    """Transition t has observation (t, -t), action t / 2, reward 10 t, next observation (t + 1/4, -t - 1/4)."""
    replay = Replay(capacity, 2, 1, **options)
    for t in range(count):
        replay.add([t, -t], [t / 2], 10 * t, t % 3 == 0, [t + 0.25, -t - 0.25])
    return replay


def drawn(replay, points, how="draw"):
    batch = Batch(np.empty((len(points), width(2, 1)), np.float32), 2, 1)
    getattr(replay, how)(np.array(points), batch)
    return batch


def test_a_point_of_the_unit_interval_stands_for_a_transition():
    batch = drawn(filled(10, 4), [0.0, 0.26, 0.999999])

    np.testing.assert_array_equal(batch.observation, [[0, 0], [1, -1], [3, -3]])
    np.testing.assert_array_equal(batch.action, [[0], [0.5], [1.5]])
    np.testing.assert_array_equal(batch.pair, [[0, 0, 0], [1, -1, 0.5], [3, -3, 1.5]])
    np.testing.assert_array_equal(batch.reward, [0, 10, 30])
    np.testing.assert_array_equal(batch.terminal, [1, 0, 1])
    np.testing.assert_array_equal(batch.following, [[0.25, -0.25], [1.25, -1.25], [3.25, -3.25]])


def test_the_oldest_gives_way():
    replay = filled(3, 5)

    assert len(replay) == 3
    assert sorted(drawn(replay, [0.0, 0.4, 0.7]).reward) == [20, 30, 40]


def test_the_slot_after_gives_zeros_after_the_newest_until_the_ring_is_full():
    batch = drawn(filled(10, 3), [0.0, 0.4, 0.7], "draw_next_slot")

    np.testing.assert_array_equal(batch.following, [[1, -1], [2, -2], [0, 0]])


def test_the_slot_after_the_newest_is_the_oldest_once_the_ring_is_full():
    batch = drawn(filled(3, 4), [0.0, 0.4, 0.7], "draw_next_slot")

    np.testing.assert_array_equal(batch.observation, [[3, -3], [1, -1], [2, -2]])
    np.testing.assert_array_equal(batch.following, [[1, -1], [2, -2], [3, -3]])


def test_its_size_is_known_before():
    assert filled(1000, 1).rows.nbytes == size_in_bytes(1000, 2, 1)


def test_a_file_may_stand_for_memory_and_leaves_nothing(tmp_path):
    replay, in_memory = filled(7, 9, scratch=tmp_path), filled(7, 9)

    assert isinstance(replay.rows, np.memmap)
    assert replay.rows.tobytes() == in_memory.rows.tobytes()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_the_disk_has_no_room_for_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(OSError):
        Replay(2**50, 2, 1, scratch=tmp_path)


def test_what_has_given_way_cannot_be_asked_for():
    with pytest.raises(ValueError, match="no longer all there"):
        list(filled(3, 5).since(1))
