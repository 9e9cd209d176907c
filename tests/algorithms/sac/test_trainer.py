"""`itt train --method sac`: its record, and the same bits however often it is stopped, for any number of ranks."""

import csv
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from itt.algorithms.sac import trainer
from itt.algorithms.sac.training import Training
from itt.errors import Stopped, UserError
from itt.ranks.team import Alone
from itt.record import RunFolder, policy_file

SETTINGS = {
    "steps": 120,
    "row_interval": 20,
    "evaluation_interval": 40,
    "evaluation_episodes": 2,
    "warm_up_steps": 30,
    "batch_size": 16,
    "buffer_capacity": 70,
    "hidden_sizes": [16, 16],
}
SAVES = ("--set", "record.checkpoint_seconds=0")


def options(folder, **changed):
    named = [f"algorithm.{name}={value}" for name, value in (SETTINGS | changed).items()]
    sets = [word for name in [*named, "episode_steps=25"] for word in ("--set", name)]
    return ["train", "--env", "Pendulum-v1", "--method", "sac", *sets, *SAVES, "--out", folder]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def whole(here, itt):
    assert itt(*options("whole")).code == 0
    return here / "whole"


def rows(folder):
    with (folder / "metrics.csv").open(newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def record(folder):
    return [(folder / name).read_bytes() for name in ("policy.npz", "best.npz")], rows(folder)


def test_a_row_falls_on_every_interval_and_evaluations_on_some(whole):
    assert [row["env_steps"] for row in rows(whole)] == ["0", "20", "40", "60", "80", "100", "120"]
    assert [bool(row["return"]) for row in rows(whole)] == [True, False] * 3 + [True]
    assert [bool(row["sac/q_loss"]) for row in rows(whole)] == [False, False, *[True] * 5]
    assert [bool(row["train/return"]) for row in rows(whole)] == [False, False, *[True] * 4, False]


def test_the_best_policy_is_that_of_the_best_evaluation(whole):
    returns = [float(row["return"] or "-inf") for row in rows(whole)]
    final, best = (policy_file.read(whole / name).arrays for name in ("policy.npz", "best.npz"))

    same = all(np.array_equal(final[name], best[name]) for name in final)

    assert same == (int(np.argmax(returns)) == len(returns) - 1)


class Killed(BaseException):
    """Nothing of a process that is killed gets to save."""


@pytest.mark.parametrize("update", ["fast", "readable"])
@pytest.mark.parametrize("after", [10, 50, 75, 119])
def test_killed_after_any_step_it_ends_with_the_same_bits(here, itt, monkeypatch, update, after):
    assert itt(*options("whole", update=update)).code == 0
    step, done = Training.step, []

    def killing(training):
        if len(done) == after:
            raise Killed
        done.append(step(training))

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Training, "step", killing)
        itt(*options("again", update=update))
    ended = itt(*options("again", update=update))

    saved = max(after // 20 * 20, after // 50 * 50)  # at rows, and where signals are looked for
    assert (ended.code, f"resumed at step {saved}\n" in ended.err) == (0, True)
    assert record(here / "again") == record(here / "whole")


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_stopped_by_a_signal_it_goes_on_in_the_midst_of_a_row(here, whole, itt, monkeypatch, looks):
    monkeypatch.setattr("itt.algorithms.sac.trainer._BETWEEN_LOOKS", 33)
    left = [looks]

    def signalled(team, seconds):
        left[0] -= 1
        if left[0] < 0:
            raise Stopped("stopped by SIGTERM")

    with monkeypatch.context() as patched:
        patched.setattr(Alone, "rest", signalled)
        stopped = itt(*options("again"))
    assert stopped.code == 75
    assert f"after {33 * looks} of 120 steps" in stopped.err

    assert f"resumed at step {33 * looks}" in itt(*options("again")).err
    assert record(here / "again") == record(whole)


def test_ranks_evaluate_and_change_nothing(here, whole, started):
    ended = started(*options("ranks"), ranks=3)

    assert ended.code == 0, ended.err
    assert record(here / "ranks") == record(whole)
    (session,) = json.loads((here / "ranks" / "provenance.json").read_text())
    assert sum(one["tasks"] for one in session["by_rank"]) == 8


def test_a_run_is_lengthened_to_the_bits_of_a_longer_one(here, whole, itt):
    assert itt(*options("longer", steps=200)).code == 0
    refused = itt(*options("whole", steps=200))
    assert (refused.code, "--extend lengthens a run" in refused.err) == (2, True)

    assert itt(*options("whole", steps=200), "--extend").code == 0

    assert record(whole) == record(here / "longer")


def test_a_finished_run_is_left_as_it_is(whole, itt, snapshot):
    before = snapshot(whole)

    assert "finished already" in itt(*options("whole")).err

    assert snapshot(whole) == before


def test_a_training_that_diverges_keeps_the_last_checkpoint(here, whole, itt, monkeypatch):
    learn = Training._learn

    def diverging(training):
        if training.steps == 70:
            arrays = training.update.arrays()
            training.update.load(arrays | {"alpha/log_alpha": arrays["alpha/log_alpha"] * np.nan})
        learn(training)

    with monkeypatch.context() as patched:
        patched.setattr(Training, "_learn", diverging)
        ended = itt(*options("again"))
    assert (ended.code, "step 70: the training has diverged" in ended.err) == (2, True)

    assert "resumed at step 60" in itt(*options("again")).err
    assert record(here / "again") == record(whole)


@pytest.mark.parametrize("after", [35, 75, 110])
def test_an_error_in_the_midst_of_a_row_keeps_what_was_saved_before(here, whole, itt, monkeypatch, after):
    step = Training.step

    def failing(training):
        if training.steps == after:
            raise UserError("the env is out of order")
        step(training)

    with monkeypatch.context() as patched:
        patched.setattr(Training, "step", failing)
        ended = itt(*options("again"))
    assert (ended.code, "out of order" in ended.err) == (2, True)

    assert itt(*options("again")).code == 0
    assert record(here / "again") == record(whole)


def test_a_row_that_could_not_be_written_is_the_same_when_the_run_goes_on(here, whole, itt, monkeypatch):
    add_row = RunFolder.add_row

    def full(folder, row):
        if len(folder.rows) == 3:
            raise Stopped("metrics.csv: cannot be written (No space left on device)")
        add_row(folder, row)

    with monkeypatch.context() as patched:
        patched.setattr(RunFolder, "add_row", full)
        assert itt(*options("again")).code == 75

    assert itt(*options("again")).code == 0
    assert record(here / "again") == record(whole)


def test_a_damaged_policy_of_a_finished_run_comes_back_without_its_transitions(whole, itt):
    before = record(whole)
    shutil.rmtree(whole / "replay")
    (whole / "policy.npz").write_bytes(b"damaged")

    assert itt(*options("whole")).code == 0
    assert record(whole) == before


def test_a_file_in_the_place_of_transitions_is_told(here, itt):
    (here / "run").mkdir()
    assert itt(*options("run", steps=40)).code == 0
    shutil.rmtree(here / "run" / "replay")
    (here / "run" / "replay").write_text("mine")

    ended = itt(*options("run", steps=80), "--extend")

    assert (ended.code, "replay: is no folder" in ended.err) == (2, True)


def test_going_on_on_another_device_or_with_the_other_form_is_told():
    sessions = [{"device": "cpu", "update": "fast"}, {"device": "cuda", "update": "readable"}]

    assert trainer._elsewhere(sessions) == (
        "goes on elsewhere, so bits differ: device cpu -> cuda, update fast -> readable"
    )
    assert trainer._elsewhere(sessions[:1]) == trainer._elsewhere([sessions[0]] * 2) == ""


def test_a_checkpoint_without_its_transitions_is_told(here, itt, monkeypatch):
    monkeypatch.setattr(Training, "step", lambda training: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        itt(*options("again"))
    monkeypatch.undo()
    monkeypatch.chdir(here)
    step = Training.step
    monkeypatch.setattr(Training, "step", lambda t: step(t) if t.steps < 50 else (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        itt(*options("again"))
    monkeypatch.setattr(Training, "step", step)
    for file in (here / "again" / "replay").iterdir():
        file.write_bytes(file.read_bytes()[:-1])

    ended = itt(*options("again"))

    assert ended.code == 2
    assert "transitions before number 50 are missing or damaged" in ended.err


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--search", "srp"], "are about candidates"),
        (["--frozen"], "are about candidates"),
        (["--set", "candidates.count=3"], "are about candidates"),
    ],
)
def test_an_evaluation_has_nothing_to_choose(whole, itt, option, told):
    ended = itt("eval", whole, "--episodes", 1, *option)

    assert (ended.code, told in ended.err) == (2, True)


def test_a_policy_for_another_env_is_refused(whole, itt):
    saved = policy_file.read(whole / "policy.npz")
    policy_file.write(whole / "policy.npz", saved.run.model_copy(update={"env": "HalfCheetah-v4"}), saved.arrays)

    ended = itt("eval", whole, "--episodes", 1)

    assert (ended.code, "this policy is not for HalfCheetah-v4: it maps 3 numbers to 2" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"batch_size": 40}, "batch_size: at most 30, not 40"),
        ({"warm_up_steps": 0}, "warm_up_steps: at least 2"),
        ({"steps": 140}, "steps: a multiple of evaluation_interval (40), not 140"),
        ({"evaluation_interval": 50}, "evaluation_interval: a multiple of row_interval (20), not 50"),
        (
            {"buffer_capacity": 900_000_000, "steps": 960_000_000},
            "algorithm.buffer_capacity: 900000000 transitions of Pendulum-v1 take",
        ),
    ],
)
def test_what_cannot_be_trained_is_told_before_anything_is_written(here, itt, changed, told):
    ended = itt(*options("run", **changed))

    assert (ended.code, told in ended.err) == (2, True), ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (here / "run" / "run.yaml").exists()


def test_a_study_is_planned_without_torch():
    asked = "itt.algorithms.sac.algorithm, itt.algorithms.sac.resolve, itt.algorithms.sac.settings"
    code = f"import sys, {asked}; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_discrete_actions_are_refused(here, itt):
    ended = itt("train", "--env", "CartPole-v1", "--method", "sac")

    assert (ended.code, "needs continuous actions" in ended.err) == (2, True)
    assert list(here.iterdir()) == []
