"""A user's mistake is one line with exit code 2, and nothing on disk is touched."""

import pytest

TRAIN = ("train", "--env", "CartPole-v1", "--method", "itt")


def tree(folder):
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def refused(itt, *arguments):
    done = itt(*arguments)
    assert done.code == 2, done
    assert done.err.startswith("itt: error: ")
    assert done.err.count("\n") == 1
    return done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "--env", "Nowhere-v0", "--method", "itt"), ["Nowhere-v0"]),
        (("train", "--env", "CartPole-v1", "--method", "mlp"), ["mlp", "'itt', 'iot' or 'explicit'"]),
        ((*TRAIN, "--variant", "lasy"), ["lasy", "vanilla, lazy, bootstrap"]),
        ((*TRAIN, "--set", "algorithm.sigmma=1"), ["algorithm.sigmma", "did you mean sigma"]),
        ((*TRAIN, "--set", "algorithm.sigma=-1"), ["algorithm.sigma", "greater than 0"]),
        ((*TRAIN, "--set", "algorithm.directions=0"), ["algorithm.directions", "greater than or equal to 1"]),
        ((*TRAIN, "--study", "missing.yaml"), ["missing.yaml"]),
        (("train", "--env", "CartPole-v1"), ["--method"]),
        (("trian",), ["trian"]),
        (("eval", "nowhere"), ["policy.npz"]),
        (("collect", "nowhere", "--out", "there"), ["nowhere"]),
    ],
)
def test_a_mistake_is_one_line_that_names_it(itt, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    line = refused(itt, *arguments)
    assert all(word in line for word in words), line
    assert tree(tmp_path) == {}


@pytest.fixture
def finished(itt, tmp_path):
    folder = tmp_path / "run"
    assert itt(*TRAIN, "--set", "algorithm.iterations=2", "--out", folder).code == 0
    return folder


def test_a_folder_that_holds_another_run_is_refused_and_left_alone(itt, finished):
    before = tree(finished)
    line = refused(itt, *TRAIN, "--set", "algorithm.iterations=2", "--seed", 1, "--out", finished)
    assert "seed is 0 there, 1 here" in line
    assert tree(finished) == before


def test_a_finished_run_is_not_rewritten(itt, finished):
    before = tree(finished)
    done = itt(*TRAIN, "--set", "algorithm.iterations=2", "--out", finished)
    assert (done.code, tree(finished)) == (0, before)


def test_a_damaged_newest_checkpoint_falls_back_and_says_so(itt, finished):
    newest = finished / "checkpoint"
    (finished / "policy.npz").unlink()
    (finished / "checkpoint.previous").write_bytes(newest.read_bytes())
    newest.write_bytes(newest.read_bytes()[:-7])
    done = itt(*TRAIN, "--set", "algorithm.iterations=2", "--out", finished)
    assert done.code == 0
    assert "checksum" in done.err
    assert "checkpoint.previous" in done.err


def test_damaged_checkpoints_are_refused_and_left_alone(itt, finished):
    for name in ("checkpoint", "checkpoint.previous"):
        (finished / name).write_bytes(b"not a checkpoint")
    before = tree(finished)
    assert "no whole checkpoint" in refused(itt, *TRAIN, "--set", "algorithm.iterations=2", "--out", finished)
    assert tree(finished) == before


@pytest.mark.parametrize("command", ["train", "eval", "collect", "tables", "figures"])
def test_help_says_what_is_read_and_written(itt, command):
    done = itt(command, "--help")
    assert done.code == 0
    assert "Reads" in done.out
    assert "rites" in done.out
