"""A file is whole or it is not there."""

import os
import stat

import pytest

from itt.record.files import sweep, write_atomically


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    return path


def test_the_content_is_replaced(path):
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_the_old_content_stands_until_the_new_is_on_disk(path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))

    def replace(source, target, real=os.replace):
        assert synced == [3]
        assert path.read_bytes() == b"old"
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_leaves_the_old_content_and_nothing_else(path, monkeypatch, call):
    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mask", [0o022, 0o027])
def test_permissions_are_those_that_the_user_asks_for(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o666 & ~mask


def test_what_a_killed_writer_left_is_swept_and_nothing_else(tmp_path):
    kept = {
        "checkpoint",
        "metrics.csv",
        ".lock",
        ".mine",
        ".checkpoint.mine",
        ".notes.csv.abcdefgh",
        "a.metrics.csv.abcdefgh",
    }
    for name in (*kept, ".checkpoint.k3j_9xyz", ".metrics.csv.abcdefgh", ".evaluation-srp.csv.abcdefgh"):
        (tmp_path / name).touch()
    sweep(tmp_path, ("checkpoint", "metrics.csv", "evaluation*.csv"))
    assert {path.name for path in tmp_path.iterdir()} == kept
