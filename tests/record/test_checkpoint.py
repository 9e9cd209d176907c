"""A checkpoint comes back as it was saved, or the one before it does, or it is refused."""

import numpy as np
import pytest

from itt.errors import UserError
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
