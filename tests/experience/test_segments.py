"""A replay buffer on disk is appended to, and whole after a kill at any byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.experience import Replay, segments
from itt.experience.segments import Damaged, Segments


def buffer(capacity=50):
    return Replay(capacity, observation=2, action=1)


def live(replay, steps):
    """Adds transitions whose numbers tell when they were added."""
    for t in range(replay.count, replay.count + steps):
        replay.add([t, t + 0.1], [t + 0.2], t + 0.3, t % 7 == 0, [t + 0.4, t + 0.5])


def restored(folder, count, capacity=50):
    replay = buffer(capacity)
    Segments(folder, replay).restore(count)
    return replay


def size(folder):
    return sum(path.stat().st_size for path in folder.iterdir())


@given(st.lists(st.integers(0, 130), min_size=1, max_size=6))
def test_what_is_restored_has_the_bits_of_what_was_saved(tmp_path_factory, saves):
    folder = tmp_path_factory.mktemp("rows")
    replay = buffer()
    on_disk = Segments(folder, replay)
    for steps in saves:
        live(replay, steps)
        on_disk.save()

    again = restored(folder, replay.count)

    assert again.count == replay.count
    assert again.rows.tobytes() == replay.rows.tobytes()


def test_a_save_writes_what_is_new_and_nothing_else(tmp_path):
    replay = buffer()
    on_disk = Segments(tmp_path, replay)
    live(replay, 30)
    on_disk.save()
    [file] = tmp_path.iterdir()
    before = file.read_bytes()

    live(replay, 1)
    on_disk.save()

    assert file.read_bytes().startswith(before)
    assert len(file.read_bytes()) - len(before) == 4 * 7 + 28 + 4


def test_killed_at_any_byte_of_a_save_the_save_before_is_whole(tmp_path):
    replay = buffer()
    on_disk = Segments(tmp_path, replay)
    live(replay, 20)
    on_disk.save()
    rows, [file] = replay.rows.tobytes(), tmp_path.iterdir()
    begin = file.stat().st_size
    live(replay, 3)
    on_disk.save()
    content = file.read_bytes()

    for end in range(begin, len(content)):
        file.write_bytes(content[:end])
        again = restored(tmp_path, 20)
        assert again.rows.tobytes() == rows
        assert file.stat().st_size == begin, "the torn end is cut off"


def test_a_run_that_went_back_to_an_earlier_checkpoint_appends_after_it(tmp_path):
    replay = buffer()
    on_disk = Segments(tmp_path, replay)
    for _ in range(3):
        live(replay, 10)
        on_disk.save()

    again = buffer()
    on_disk = Segments(tmp_path, again)
    on_disk.restore(20)
    live(again, 15)
    on_disk.save()

    assert restored(tmp_path, 35).rows.tobytes() == again.rows.tobytes()


@pytest.mark.parametrize("place", [3, 25, 60, 200, -1])
def test_a_byte_that_changed_is_noticed(tmp_path, place):
    replay = buffer()
    on_disk = Segments(tmp_path, replay)
    live(replay, 20)
    on_disk.save()
    [file] = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)

    with pytest.raises(Damaged, match="transitions before number 20 are missing or damaged"):
        restored(tmp_path, 20)


def test_what_the_disk_holds_is_bounded_and_two_saves_back_can_be_restored(tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "FILE_ROWS", 20)
    replay = buffer()
    on_disk, kept = Segments(tmp_path, replay), []
    for _ in range(60):
        live(replay, 10)
        on_disk.save()
        kept.append((replay.count, replay.rows.tobytes()))
        assert size(tmp_path) <= (50 + 20 + 2 * 10 + 20) * (4 * 7 + 4)

    for count, rows in kept[-1:-3:-1]:
        assert restored(tmp_path, count).rows.tobytes() == rows


def test_a_run_may_go_back_two_saves_and_what_only_older_ones_need_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "FILE_ROWS", 1)
    replay = buffer()
    on_disk, kept = Segments(tmp_path, replay), []
    for _ in range(20):
        live(replay, 10)
        on_disk.save()
        kept.append((replay.count, replay.rows.tobytes()))

    assert len(list(tmp_path.iterdir())) == 5 + 2
    for count, rows in kept[-1:-4:-1]:
        assert restored(tmp_path, count).rows.tobytes() == rows


def test_rows_of_a_run_before_do_not_enter(tmp_path):
    old = buffer()
    live(old, 40)
    Segments(tmp_path, old).save()

    new = buffer()
    live(new, 5)
    Segments(tmp_path, new).save()

    assert restored(tmp_path, 5).rows.tobytes() == new.rows.tobytes()


def test_a_save_that_failed_is_made_up_for_by_the_next(tmp_path, monkeypatch):
    replay = buffer()
    on_disk = Segments(tmp_path, replay)
    live(replay, 20)
    on_disk.save()
    live(replay, 5)
    with monkeypatch.context() as patched, pytest.raises(OSError, match="full"):
        patched.setattr(segments.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("the disk is full")))
        on_disk.save()
    live(replay, 5)
    on_disk.save()

    assert restored(tmp_path, 30).rows.tobytes() == replay.rows.tobytes()
