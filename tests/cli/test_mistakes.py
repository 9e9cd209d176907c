"""A user's mistake is one line with exit code 2, and nothing on disk is touched."""

import re
import sys

import gymnasium
import pytest
from gymnasium.spaces import Box, Tuple

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
        (("train", "--env", "CartPole-v1", "--method", "mlp"), ["mlp", "itt, iot, explicit, sac"]),
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
        (("archive", "nowhere", "--out", "there/a.zip"), ["nowhere"]),
        (("archive", "verify", "nowhere.zip"), ["nowhere.zip"]),
        (("archive", "open", "nowhere.zip", "--out", "there"), ["nowhere.zip"]),
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
        observation_space, action_space = Box(-1, 1, (2,)), Tuple([Box(-1, 1, (2,))])

    gymnasium.register("Blank-v0", entry_point=Blank)
    try:
        line = refused(itt, "train", "--env", "Blank-v0", "--method", "itt", "--out", tmp_path / "run")
    finally:
        gymnasium.registry.pop("Blank-v0")
    assert "Blank-v0 has Tuple actions; allowed are" in line
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


@pytest.mark.parametrize(("option", "allowed"), [("--x", "env-steps"), ("--band", "bootstrap")])
def test_an_axis_or_a_band_that_there_is_not_is_refused(itt, tmp_path, option, allowed):
    line = refused(itt, "figures", tmp_path, "--out", tmp_path / "figures", option, "nonsense")
    assert option in line
    assert allowed in line
    assert not (tmp_path / "figures").exists()


OUT = {
    "train": TRAIN,
    "collect": ("collect", "runs"),
    "tables": ("tables", "collected"),
    "figures": ("figures", "collected"),
    "reference": ("reference", "results"),
    "report": ("report", "results"),
    "effort": ("effort", "collected", "--score", 1),
    "theory": ("theory",),
    "kernels": ("kernels",),
    "archive write": ("archive", "results"),
    "archive open": ("archive", "open", "results.zip"),
    "bench rollouts": ("bench", "rollouts", "--all"),
    "bench ranks": ("bench", "ranks"),
    "bench scale": ("bench", "scale"),
    "bench learning": ("bench", "learning", "--method", "sac"),
    "bench search": ("bench", "search", "--all"),
    "bench directions": ("bench", "directions"),
    "bench features": ("bench", "features"),
    "bench projections": ("bench", "projections", "latents.npz"),
    "bench latents": ("bench", "latents", "run"),
    "bench plot": ("bench", "plot", "results.json"),
}
"""Every command that has an --out, before it. What they read is not there, so they must not come to reading it."""


@pytest.fixture
def working(monkeypatch):
    """Fails the test if a command comes to its work."""
    for place in (
        "itt.ranks.lead",
        "itt.analysis.collect.collect",
        "itt.theory.report.theory",
        "itt.rollouts.compiled.player.ready",
    ):
        monkeypatch.setattr(place, lambda *_: pytest.fail("it has begun to work"))


@pytest.mark.parametrize("command", OUT.values(), ids=OUT)
def test_an_empty_out_is_refused_before_any_work(itt, snapshot, tmp_path, monkeypatch, working, command):
    monkeypatch.chdir(tmp_path)
    assert "--out '': is empty" in refused(itt, *command, "--out", "")
    assert snapshot(tmp_path) == {}


@pytest.mark.parametrize("command", OUT.values(), ids=OUT)
def test_an_impossible_out_is_refused_before_any_work(itt, snapshot, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr("itt.rollouts.compiled.player.ready", lambda *_: pytest.fail("it has begun to work"))
    before = snapshot(tmp_path)
    line = refused(itt, *command, "--out", "file/below/it")
    assert "is a file" in line or "Not a directory" in line
    assert snapshot(tmp_path) == before


def test_every_command_with_an_out_is_held_to_this(itt):
    def commands(*above):
        listed = itt(*above, "--help").out.partition("Commands:")[2]
        names = re.findall(r"^  (\w+) ", listed, re.MULTILINE)
        return [name for first in names for name in (commands(*above, first) or [" ".join((*above, first))])]

    writing = {name for name in commands() if re.search(r"^ +--out\b", itt(*name.split(), "--help").out, re.MULTILINE)}
    assert writing == OUT.keys()


def test_a_folder_of_other_things_is_no_place_for_a_run(itt, tmp_path, snapshot):
    (tmp_path / "thesis.tex").write_text("mine")
    before = snapshot(tmp_path)
    assert "holds thesis.tex and no run; choose another --out" in refused(itt, *TRAIN, "--out", tmp_path)
    assert snapshot(tmp_path) == before


@pytest.mark.mpi
@pytest.mark.parametrize("mistake", [["--set", "algorithm.sigma=0"], ["--no-such-option"]])
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


def test_of_a_run_of_another_algorithm_only_that_is_told(itt, finished):
    line = refused(itt, "train", "--env", "Pendulum-v1", "--method", "sac", "--out", finished)
    assert (
        "holds another run (env is CartPole-v1 there, Pendulum-v1 here; method is itt there, sac here); choose" in line
    )


def test_a_file_of_a_run_is_not_what_is_evaluated(itt, finished):
    assert "best.npz: is a file; name the run's folder, of which --best" in refused(itt, "eval", finished / "best.npz")


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


@pytest.fixture
def evaluated(itt, finished):
    assert itt("eval", finished, "--episodes", 5).code == 0
    return finished


@pytest.mark.parametrize("episodes", [2, 8])
def test_an_evaluation_of_another_length_is_not_overwritten_unasked(itt, evaluated, snapshot, monkeypatch, episodes):
    before = snapshot(evaluated)
    with monkeypatch.context() as patched:
        patched.setattr("itt.rollouts.evaluation.evaluate", lambda *_: pytest.fail("it has begun to play"))
        line = refused(itt, "eval", evaluated, "--episodes", episodes)
    assert f"evaluation.csv: holds an evaluation of 5 episodes, not {episodes}; --overwrite replaces it" in line
    assert snapshot(evaluated) == before
    assert itt("eval", evaluated, "--episodes", episodes, "--overwrite").code == 0
    assert len((evaluated / "evaluation.csv").read_text().splitlines()) == 1 + episodes


def test_an_evaluation_with_other_returns_is_not_overwritten_unasked(itt, evaluated, snapshot):
    file = evaluated / "evaluation.csv"
    file.write_text(file.read_text().replace("\n0,", "\n0,1", 1))
    before = snapshot(evaluated)
    assert "holds an evaluation with other returns" in refused(itt, "eval", evaluated, "--episodes", 5)
    assert snapshot(evaluated) == before
    assert itt("eval", evaluated, "--episodes", 5, "--overwrite").code == 0
    assert snapshot(evaluated) != before


def test_the_same_evaluation_again_changes_nothing(itt, evaluated, snapshot):
    before = snapshot(evaluated)
    assert itt("eval", evaluated, "--episodes", 5).code == 0
    assert snapshot(evaluated) == before


def test_a_folder_that_an_evaluation_cannot_be_written_to_is_told_before_it_is_played(itt, finished, monkeypatch):
    def temporary_file(*_, dir):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("itt.destination.tempfile.TemporaryFile", temporary_file)
    monkeypatch.setattr("itt.rollouts.evaluation.evaluate", lambda *_: pytest.fail("it has begun to play"))
    assert "run: cannot be written (Read-only file system)" in refused(itt, "eval", finished)


def test_a_full_disk_is_one_line(itt, finished, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "evaluation.csv: No space left on device" in refused(itt, "eval", finished, "--episodes", 1)
    assert "runs.csv: No space left on device" in refused(itt, "collect", finished, "--out", finished / "collected")


def test_damaged_checkpoints_are_refused_and_left_alone(itt, finished, snapshot):
    for name in ("checkpoint", "checkpoint.previous"):
        (finished / name).write_bytes(b"not a checkpoint")
    before = snapshot(finished)
    assert "no whole checkpoint" in refused(
        itt, *TRAIN, "--set", "algorithm.iterations=3", "--extend", "--out", finished
    )
    assert snapshot(finished) == before
