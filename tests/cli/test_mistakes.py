"""A user's mistake is one line with exit code 2, and nothing on disk is touched."""

import sys

import gymnasium
import pytest
from gymnasium.spaces import Box, MultiDiscrete

TRAIN = ("train", "--env", "CartPole-v1", "--method", "itt")


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
        ((*TRAIN, "--rehearsal"), ["--rehearsal", "--study names it"]),
        (("collect", "nowhere", "--out", "there"), ["nowhere"]),
        (("collect", "--from", "nowhere.csv", "--out", "there"), ["nowhere.csv: no such file"]),
        (("collect", "--out", "there"), ["give run folders, or --from"]),
        (("collect", ".", "--from", "nowhere.csv", "--out", "there"), ["give run folders, or --from"]),
    ],
)
def test_a_mistake_is_one_line_that_names_it(itt, snapshot, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    line = refused(itt, *arguments)
    assert all(word in line for word in words), line
    assert snapshot(tmp_path) == {}


STUDY = "name: a\nruns: [{envs: [CartPole-v1], methods: [itt], seeds: %s}]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [a\n", ["a.yaml: line 2, column 1"]),
        ("name: a\nruns: []\n", ["a.yaml: runs: is empty"]),
        (STUDY % "[0, 0]", ["a.yaml: runs[0].seeds: 0 stands there twice"]),
        (STUDY % "1" + "defalts: {}\n", ["a.yaml: defalts: unknown key", "did you mean defaults"]),
        (STUDY % "[1]", ["study a has no run CartPole-v1/itt/vanilla/0"]),
    ],
)
def test_a_mistake_in_a_study_is_one_line_that_names_the_file(itt, snapshot, tmp_path, monkeypatch, text, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(text)
    before = snapshot(tmp_path)
    line = refused(itt, *TRAIN, "--study", "a.yaml")
    assert all(word in line for word in words), line
    assert snapshot(tmp_path) == before


def test_an_env_whose_actions_are_not_served_is_refused(itt, tmp_path):
    class Blank(gymnasium.Env):
        observation_space, action_space = Box(-1, 1, (2,)), MultiDiscrete([2, 3])

    gymnasium.register("Blank-v0", entry_point=Blank)
    try:
        line = refused(itt, "train", "--env", "Blank-v0", "--method", "itt", "--out", tmp_path / "run")
    finally:
        gymnasium.registry.pop("Blank-v0")
    assert "Blank-v0 has MultiDiscrete actions; allowed are" in line
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("env", "settings", "package", "install"),
    [
        ("fish-swim", [], "dm_control", "pip install 'itt[dmc]'"),
        ("InvertedPendulumBulletEnv-v0", [], "pybullet_envs_gymnasium", "pip install 'itt[bullet]'"),
        ("CartPole-v1", ["--set", "engine=reference"], "torch", "pip install 'itt[torch]'"),
    ],
)
def test_a_package_that_is_missing_is_named_before_anything_is_written(
    itt, tmp_path, monkeypatch, env, settings, package, install
):
    monkeypatch.setitem(sys.modules, package, None)
    line = refused(itt, "train", "--env", env, "--method", "itt", *settings, "--out", tmp_path / "run")
    assert f"needs {package}, which is not installed: {install}" in line
    assert not (tmp_path / "run").exists()


@pytest.mark.mpi
@pytest.mark.parametrize("mistake", [["--set", "algorithm.sigma=0"], ["--variant", "lasy"], ["--no-such-option"]])
def test_all_ranks_of_a_job_tell_a_mistake_once(started, tmp_path, mistake):
    done = started(*TRAIN, *mistake, "--out", tmp_path / "run", ranks=3)
    assert done.code == 2
    assert done.err.startswith("itt: error: ")
    assert done.err.count("\n") == 1
    assert not (tmp_path / "run").exists()


@pytest.fixture
def finished(itt, tmp_path):
    folder = tmp_path / "run"
    assert itt(*TRAIN, "--set", "algorithm.iterations=2", "--out", folder).code == 0
    return folder


def test_a_folder_that_holds_another_run_is_refused_and_left_alone(itt, finished, snapshot):
    before = snapshot(finished)
    line = refused(itt, *TRAIN, "--set", "algorithm.iterations=2", "--seed", 1, "--out", finished)
    assert "seed is 0 there, 1 here" in line
    assert snapshot(finished) == before


def test_a_finished_run_is_not_rewritten(itt, finished, snapshot):
    before = snapshot(finished)
    done = itt(*TRAIN, "--set", "algorithm.iterations=2", "--out", finished)
    assert (done.code, snapshot(finished)) == (0, before)


def test_a_damaged_newest_checkpoint_falls_back_and_says_so(itt, finished):
    newest = finished / "checkpoint"
    (finished / "policy.npz").unlink()
    (finished / "checkpoint.previous").write_bytes(newest.read_bytes())
    newest.write_bytes(newest.read_bytes()[:-7])
    done = itt(*TRAIN, "--set", "algorithm.iterations=2", "--out", finished)
    assert done.code == 0
    assert "checksum" in done.err
    assert "checkpoint.previous" in done.err


def test_a_run_without_a_final_policy_cannot_be_evaluated(itt, finished, snapshot):
    (finished / "policy.npz").unlink()
    before = snapshot(finished)
    assert "policy.npz: no such file; `itt train` writes it" in refused(itt, "eval", finished)
    assert snapshot(finished) == before


def test_damaged_checkpoints_are_refused_and_left_alone(itt, finished, snapshot):
    for name in ("checkpoint", "checkpoint.previous"):
        (finished / name).write_bytes(b"not a checkpoint")
    before = snapshot(finished)
    assert "no whole checkpoint" in refused(itt, *TRAIN, "--set", "algorithm.iterations=2", "--out", finished)
    assert snapshot(finished) == before
