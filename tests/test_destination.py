"""Whether a command can write where it is told to is known before it does any work, and nothing is made to find out."""

import os

import pytest

from itt import destination
from itt.errors import UserError


@pytest.fixture
def closed(monkeypatch):
    """A folder that nobody can write to, not even root, who may run these tests."""

    def temporary_file(*_, dir):
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr(destination.tempfile, "TemporaryFile", temporary_file)


@pytest.mark.parametrize("name", ["there", "new", "new/and/deeper", "."])
def test_a_folder_that_can_be_made_is_fine_and_not_made(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    assert str(destination.folder(name)) == name
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


@pytest.mark.parametrize(
    "name", ["file", "file/below", "file/far/below", "link", "link/below", "n" * 300, "new/" + "n" * 300]
)
def test_a_folder_that_cannot_be_made_is_refused(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError) as told:
        destination.folder(str(tmp_path / name))
    assert str(told.value).startswith(str(tmp_path / name))
    assert "\n" not in str(told.value)


@pytest.mark.fault
def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path, closed):
    with pytest.raises(UserError, match=r"new: cannot be written \(Read-only file system\)"):
        destination.folder(str(tmp_path / "new"))


def test_a_file_needs_a_folder_that_can_be_written_to(tmp_path):
    assert destination.file(str(tmp_path / "new" / "a.json")) == tmp_path / "new" / "a.json"
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="file: is a file, and no folder"):
        destination.file(str(tmp_path / "file" / "a.json"))
    with pytest.raises(UserError, match="is a folder; --out names a file here"):
        destination.file(str(tmp_path))


@pytest.mark.parametrize("kind", [destination.named, destination.folder, destination.file])
def test_an_empty_name_is_refused(kind):
    with pytest.raises(UserError, match="--out '': is empty"):
        kind("")
