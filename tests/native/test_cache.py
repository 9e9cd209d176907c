"""Compiled code is kept where nobody else can change it, and compiled by one process at a time."""

import json
import os
import stat
import subprocess
import sys
import tempfile

import pytest

from itt.errors import UserError
from itt.native import cache
from itt.native.cache import cache_folder, compile_once


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """Folders of this test's own, and no memory of an earlier choice."""
    monkeypatch.delenv("ITT_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    cache_folder.cache_clear()
    yield
    cache_folder.cache_clear()


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """The folder in ITT_CACHE_DIR."""
    monkeypatch.setenv("ITT_CACHE_DIR", str(tmp_path / "asked"))
    return tmp_path / "asked"


def test_the_folder_is_below_the_users_cache(tmp_path):
    assert cache_folder().parent == tmp_path / "cache" / "itt"


def test_the_folder_is_where_it_is_asked_for(asked):
    assert cache_folder().parent == asked


def test_a_tilde_is_the_users_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ITT_CACHE_DIR", "~/mine")
    assert cache_folder().parent == tmp_path / "mine"


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022])
def test_nobody_else_can_write_to_it_whatever_the_umask(mask):
    before = os.umask(mask)
    try:
        folder = cache_folder()
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)] == [0o700, 0o700]


def test_a_default_folder_that_an_earlier_version_left_open_is_closed(tmp_path):
    (tmp_path / "cache" / "itt").mkdir(parents=True)
    (tmp_path / "cache" / "itt").chmod(0o775)
    assert stat.S_IMODE(cache_folder().parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707])
@pytest.mark.parametrize("which", ["the folder", "the one above"])
def test_a_folder_that_others_can_write_to_is_refused(asked, mode, which):
    path = cache_folder() if which == "the folder" else asked
    cache_folder.cache_clear()
    path.mkdir(exist_ok=True)
    path.chmod(mode)
    with pytest.raises(UserError, match="others can write to it, and so change compiled code") as told:
        cache_folder()
    assert str(told.value).startswith(f"{path}: ")


def test_a_place_like_tmp_will_do(asked):
    asked.mkdir()
    asked.chmod(0o1777)
    assert cache_folder().parent == asked


def test_a_folder_of_another_user_is_refused(asked, monkeypatch):
    cache_folder()
    cache_folder.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(UserError, match="belongs to another user, who could change compiled code"):
        cache_folder()


def test_an_unusable_folder_that_was_asked_for_is_one_line(asked):
    asked.write_text("a file")
    with pytest.raises(UserError, match=r"ITT_CACHE_DIR: .*asked: cannot be written \(") as told:
        cache_folder()
    assert "\n" not in str(told.value)


def test_without_a_home_the_temporary_folder_is_taken(tmp_path):
    (tmp_path / "cache").write_text("a file")
    assert cache_folder().parent == tmp_path / "tmp" / f"itt-{os.geteuid()}"


def test_without_any_place_that_is_one_line(tmp_path):
    (tmp_path / "cache").write_text("a file")
    (tmp_path / "tmp").rmdir()
    (tmp_path / "tmp").write_text("a file")
    with pytest.raises(UserError, match="name a folder for compiled code in ITT_CACHE_DIR"):
        cache_folder()


TRAIN = ("train", "--env", "CartPole-v1", "--method", "itt", "--set", "algorithm.iterations=1")


@pytest.mark.parametrize("ranks", [None, pytest.param(3, marks=pytest.mark.mpi)])
def test_a_training_without_a_place_for_its_kernels_is_refused_in_one_line(started, tmp_path, ranks):
    (tmp_path / "file").touch()
    done = started(*TRAIN, "--out", tmp_path / "run", ranks=ranks, ITT_CACHE_DIR=str(tmp_path / "file"))
    assert done.code == 2
    assert done.err.startswith("itt: error: ITT_CACHE_DIR: ")
    assert done.err.count("\n") == 1
    assert not (tmp_path / "run").exists()


# Once


COMPILE = """
import os, sys, time
from pathlib import Path
from itt.native.cache import compile_once

def compile_all():
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    while not Path(sys.argv[2]).exists():
        time.sleep(0.01)

compile_once(compile_all)
"""


def test_one_process_compiles_and_the_others_wait_and_say_for_whom(asked, tmp_path):
    compiled, go_on = tmp_path / "compiled", tmp_path / "go on"
    command = [sys.executable, "-c", COMPILE, compiled, go_on]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.stderr.readline() for process in processes]  # while one compiles
    go_on.touch()
    ends = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    (one,) = compiled.read_text().splitlines()
    first = [process.pid for process in processes].index(int(one))
    assert said.pop(first) == "itt: compiling the engine for this machine, once: a minute or two\n"
    for line in said:
        assert line.startswith("itt: waiting for another process, which compiles the engine (host ")
        assert f", process {one}, " in line
    assert ends == [""] * 4


def test_what_is_compiled_is_not_compiled_again(asked):
    times = []
    compile_once(lambda: times.append(1))
    compile_once(lambda: times.append(2))
    assert times == [1]


def test_a_compilation_that_failed_is_done_again(asked):
    with pytest.raises(ZeroDivisionError):
        compile_once(lambda: 1 / 0)
    times = []
    compile_once(lambda: times.append(1))
    assert times == [1]


def test_nobody_waits_for_ever(asked, monkeypatch):
    """Where there are no locks, a process of another machine may have died and left its name."""
    monkeypatch.setattr(cache, "_PATIENCE", 0.0)
    monkeypatch.setattr("itt.lock._locked", lambda *_: False)
    owner = {"host": "elsewhere", "process": 1}
    (cache_folder() / ".lock.owner").write_text(json.dumps(owner))
    times = []
    for _ in range(2):
        compile_once(lambda: times.append(1))
    assert times == [1]


def test_a_training_asks_for_all_of_it_on_the_rank_that_leads(train, monkeypatch):
    from itt.resolve import resolve
    from itt.study import single

    asked = []
    monkeypatch.setattr("itt.rollouts.compiled.player.compile_once", asked.append)
    train(resolve(single("CartPole-v1", "itt", overrides=["algorithm.iterations=1"])), stop_after=0)
    assert [function.__name__ for function in asked] == ["_compile_all"]
