"""A checkpoint comes back as it was saved, or the one before it does, or it is refused."""

import os

import numpy as np
import pytest

from itt.errors import UserError
from itt.record import checkpoint as module
from itt.record.checkpoint import Checkpoint, load, save


def checkpoint(step):
    return Checkpoint(
        spec={"env": "CartPole-v1", "nested": {"a": [1, None]}},
        step=step,
        rows=np.arange(2.0 * step).reshape(step, 2),
        state={"theta": np.array([step / 7, np.nan]), "best_return": np.array(-np.inf)},
        sessions=[{"start": "now", "end": None}],
    )


@pytest.fixture
def folder(tmp_path):
    save(tmp_path, checkpoint(1))
    save(tmp_path, checkpoint(2))
    return tmp_path


def refuse(line):
    raise AssertionError(line)


def load_and_listen(folder):
    said = []
    return load(folder, said.append), said


def test_what_is_saved_comes_back_bit_for_bit(folder):
    found, saved = load(folder, refuse), checkpoint(2)
    assert (found.spec, found.step, found.sessions) == (saved.spec, saved.step, saved.sessions)
    np.testing.assert_array_equal(found.rows, saved.rows)
    assert found.state.keys() == saved.state.keys()
    for name, array in saved.state.items():
        np.testing.assert_array_equal(found.state[name], array)


def test_there_are_two_generations_and_no_more(folder):
    save(folder, checkpoint(3))
    assert sorted(path.name for path in folder.iterdir()) == ["checkpoint", "checkpoint.previous"]
    (folder / "checkpoint").unlink()
    assert load(folder, refuse).step == 2  # a crash between the two renames


@pytest.mark.fault
def test_a_reader_finds_a_checkpoint_at_any_moment_of_a_save(folder, monkeypatch):
    seen = []

    def watched(call):
        def look(*arguments):
            seen.append((folder / "checkpoint").exists())
            call(*arguments)
            seen.append((folder / "checkpoint").exists())

        return look

    for name in ("link", "replace", "unlink"):
        monkeypatch.setattr(module.os, name, watched(getattr(os, name)))
    save(folder, checkpoint(3))
    assert len(seen) >= 6
    assert all(seen)
    assert [load(folder, refuse).step, module._read(folder / "checkpoint.previous").step] == [3, 2]


def test_a_file_system_without_second_names_will_do(folder, monkeypatch):
    def link(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(module.os, "link", link)
    save(folder, checkpoint(3))
    assert [load(folder, refuse).step, module._read(folder / "checkpoint.previous").step] == [3, 2]


def test_a_checkpoint_that_goes_away_while_it_is_looked_for_is_not_there(folder, monkeypatch):
    read = module.read

    def gone(path):
        if path.name == "checkpoint":
            raise FileNotFoundError(path)
        return read(path)

    monkeypatch.setattr(module, "read", gone)
    assert load(folder, refuse).step == 1


@pytest.mark.parametrize("damaged", [False, True])
def test_a_disk_that_is_full_leaves_both_generations(folder, monkeypatch, damaged):
    """Also where the newest is damaged, so that the previous is all there is."""
    if damaged:
        (folder / "checkpoint").write_bytes(b"")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as error:
        save(folder, checkpoint(3))
    assert error.value.filename == str(folder / "checkpoint")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_of_that_name_is_a_damaged_checkpoint(folder):
    (folder / "checkpoint").unlink()
    (folder / "checkpoint").mkdir()
    found, (line,) = load_and_listen(folder)
    assert found.step == 1
    assert "checkpoint cannot be read (Is a directory); going on from" in line


def test_without_a_checkpoint_there_is_nothing_to_load(tmp_path):
    assert load(tmp_path, refuse) is None


DAMAGES = {
    "empty": lambda content: b"",
    "cut within the first line": lambda content: content[:10],
    "cut after the first line": lambda content: content[: content.index(b"\n") + 1],
    "cut by a byte": lambda content: content[:-1],
    "one bit flipped": lambda content: content[:500] + bytes([content[500] ^ 1]) + content[501:],
    "one bit of the checksum flipped": lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
    "something else": lambda content: b"something else\n",
    "a byte too many": lambda content: content + b"\0",
}


@pytest.mark.fault
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_the_one_before_a_damaged_one_is_taken_and_that_is_said(folder, damage):
    newest = folder / "checkpoint"
    newest.write_bytes(damage(newest.read_bytes()))
    found, (line,) = load_and_listen(folder)
    assert found.step == 1
    assert line.startswith(f"{newest} is ")
    assert line.endswith(f"going on from {folder / 'checkpoint.previous'}, iteration 1")


def test_damage_to_the_older_one_is_no_matter(folder):
    (folder / "checkpoint.previous").write_bytes(b"")
    assert load(folder, refuse).step == 2


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_when_both_are_damaged_the_user_must_decide(folder, damage):
    for path in folder.iterdir():
        path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UserError, match="no whole checkpoint is left; delete the folder") as error:
        load(folder, refuse)
    assert str(folder / "checkpoint") in str(error.value)
    assert str(folder / "checkpoint.previous") in str(error.value)


def test_nothing_in_a_checkpoint_is_executed(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        save(tmp_path, Checkpoint({}, 0, np.zeros((0, 1)), {"code": np.array([print], dtype=object)}))
