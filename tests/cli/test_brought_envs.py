"""Environments that people bring, from the command line: one clear line, records that are kept, and runs that end."""

import csv
import json
import math
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from itt.algorithms.es.saved import learned_of
from itt.analysis import inventory
from itt.record import policy_file

ROOT = Path(__file__).parents[2]
STRANGE = "brought_envs:Strange-v0"
SMALL = ("candidates.count=20", "algorithm.iterations=2", "algorithm.directions=4")
MPI = pytest.mark.mpi
RANKS = [None, pytest.param(3, marks=MPI)]


@pytest.fixture(autouse=True)
def here(brought_envs, tmp_path, monkeypatch):
    """A folder with the environments' module in it, as a user has one."""
    shutil.copy(brought_envs.__file__, tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ended(itt, started):
    """How a command ended: in this process, or on so many ranks."""
    return lambda *arguments, ranks: itt(*arguments) if ranks is None else started(*arguments, ranks=ranks)


def options(*settings, env=STRANGE, method="itt"):
    given = [part for setting in (*SMALL, *settings) for part in ("--set", setting)]
    return ["train", "--env", env, "--method", method, "--out", "run", *given]


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def the_line(ended):
    """What a user's mistake is told in, besides where the run went on from."""
    assert ended.code == 2, ended.err
    lines = [line for line in ended.err.splitlines() if not line.startswith("itt: resumed")]
    (told,) = [line for line in lines if line.startswith("itt: ")]
    assert "Traceback" not in ended.err
    return told.removeprefix("itt: error: ")


@pytest.mark.fault
@pytest.mark.parametrize(("numbers", "ranks"), [(40, None), (4000, None), (2, None), pytest.param(4000, 3, marks=MPI)])
def test_a_training_ends_in_one_line_where_a_space_does_not_keep_its_promise(ended, ranks, numbers):
    told = the_line(ended(*options(f"env_kwargs.numbers={numbers}", "env_kwargs.always=true"), ranks=ranks))

    assert told == f"environment {STRANGE} gave an observation of {numbers} numbers, but its space promises 8"


def test_an_evaluation_ends_in_one_line_as_well(itt):
    assert itt(*options("env_kwargs.at=11", "env_kwargs.numbers=40")).code == 0
    saved = policy_file.read(Path("run/policy.npz"))
    broken = saved.run.model_copy(update={"env_kwargs": {"at": 1, "numbers": 40}})
    policy_file.write(Path("run/policy.npz"), broken, saved.arrays)

    assert "promises 8" in the_line(itt("eval", "run", "--episodes", 5))


WHERE = [("init", None), ("reset", None), ("step", None), pytest.param("step", 3, marks=MPI)]


@pytest.mark.fault
@pytest.mark.parametrize(("where", "ranks"), WHERE)
def test_an_environment_that_exits_is_one_that_raises(ended, ranks, where):
    told = the_line(ended(*options(f"env_kwargs.raises={where}", "env_kwargs.exits=true"), ranks=ranks))

    assert "SystemExit: there is nothing to be done (" in told


@pytest.mark.fault
@pytest.mark.parametrize("ranks", RANKS)
def test_an_environment_that_ends_its_process_leaves_an_unfinished_run_that_goes_on(started, itt, ranks):
    training = options("env_kwargs.leaves=100", "record.checkpoint_seconds=0", "algorithm.iterations=4")
    started(*training, ranks=ranks)  # with the exit code that the environment chose
    assert Path("left").exists()
    assert "policy.npz" in inventory.RECORD, "whose absence fails a job of the workflow"
    assert not Path("run/policy.npz").exists()

    gone_on = started(*training, ranks=ranks)
    assert gone_on.code == 0
    assert "itt: resumed at iteration" in gone_on.err
    Path("run").rename("interrupted")
    assert itt(*training).code == 0
    assert Path("run/policy.npz").read_bytes() == Path("interrupted/policy.npz").read_bytes()


@pytest.mark.fault
@pytest.mark.parametrize(("where", "ranks"), WHERE)
def test_what_an_environment_raises_is_told_in_one_line_with_its_place(ended, ranks, where):
    told = the_line(ended(*options(f"env_kwargs.raises={where}"), ranks=ranks))

    assert "ValueError: there is nothing to be done (" in told
    assert "brought_envs.py, line " in told


def test_an_environment_that_raises_in_close_does_not_spoil_a_training(started):
    ended = started(*options("env_kwargs.raises=close"))

    assert (ended.code, "Traceback" in ended.err) == (0, False)
    assert f"itt: environment {STRANGE} failed in close: ValueError" in ended.err
    assert Path("run/policy.npz").exists()


@pytest.mark.parametrize("ranks", RANKS)
def test_an_environment_is_made_once_a_process(started, ranks):
    assert started(*options("env_kwargs.log=made.txt"), ranks=ranks).code == 0

    assert Path("made.txt").read_text().count("made") == (ranks or 1)


@pytest.mark.fault
@pytest.mark.parametrize("setting", ["reward='1e300'", "reward='nan'", "reward='1e11'", "state='nan'", "state='inf'"])
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_divergence_does_not_pay(itt, setting, engine):
    sound = itt(*options(f"engine={engine}", "algorithm.iterations=1"))
    assert sound.code == 0
    (before,) = rows("run/metrics.csv")
    shutil.rmtree("run")

    assert itt(*options(f"engine={engine}", f"env_kwargs.{setting}", "algorithm.iterations=1")).code == 0

    (row,) = rows("run/metrics.csv")
    assert 0 < int(row["es/diverged"]) < 9
    assert float(row["es/max_return"]) <= float(before["es/max_return"])
    assert all(math.isfinite(float(value)) for value in row.values())
    assert np.isfinite(policy_file.read(Path("run/policy.npz")).arrays["theta"]).all()


def test_what_diverged_does_not_enter_the_normaliser(itt):
    settings = ["env_kwargs.state='1e38'", "policy.observations=normalised"]

    assert itt(*options(*settings, "env_kwargs.at=3")).code == 0
    assert learned_of(policy_file.read(Path("run/policy.npz"))).met.mean.max() > 1e30, "what is large but sound is met"
    shutil.rmtree("run")

    assert itt(*options("env_kwargs.state='nan'", "policy.observations=normalised")).code == 0
    met = learned_of(policy_file.read(Path("run/policy.npz"))).met
    assert met.count > 0
    assert np.isfinite(met.mean).all() and np.isfinite(met.squares).all()


@pytest.mark.fault
@pytest.mark.parametrize("state", ["nan", "1e39"])
def test_where_all_episodes_diverge_the_run_ends_with_a_line(itt, state):
    settings = [f"env_kwargs.state='{state}'", "env_kwargs.always=true"]

    told = the_line(itt(*options(*settings)))

    assert told.startswith("iteration 0: all 9 episodes diverged (")
    assert rows("run/metrics.csv") == []
    assert the_line(itt(*options(*settings))) == told, "the same once more"


@pytest.mark.parametrize("setting", ["sigma=1.0e-320", "sigma=1.0e+308", "eta=1.0e+308", "initial_std=1.0e+308"])
def test_a_theta_that_is_no_number_ends_the_run_with_a_line(itt, setting, recwarn):
    told = the_line(itt(*options(f"algorithm.{setting}")))

    assert told.startswith(f"iteration 0: algorithm.{setting.partition('=')[0]} ")
    assert not recwarn
    assert sorted(path.name for path in Path("run").iterdir() if "checkpoint" not in path.name) == [
        ".lock",
        "metrics.csv",
        "provenance.json",
        "run.yaml",
    ]


def test_what_was_recorded_before_such_an_end_is_kept(itt):
    settings = ["algorithm.iterations=4", "algorithm.eta=1.0e+200"]
    told = the_line(itt(*options(*settings)))

    number = int(told.split()[1].rstrip(":"))
    assert number > 0
    assert [int(row["step"]) for row in rows("run/metrics.csv")] == list(range(number))
    again = itt(*options(*settings))
    assert f"resumed at iteration {number}" in again.err
    assert the_line(again) == told


def test_an_evaluation_counts_the_episodes_that_diverged(itt, monkeypatch):
    monkeypatch.setattr("itt.rollouts.evaluation.MOST_DIVERGED", 0.95)
    assert itt(*options("env_kwargs.reward='nan'")).code == 0

    said = itt("eval", "run", "--episodes", 20)
    summary = json.loads(itt("eval", "run", "--episodes", 20, "--best", "--json").out)

    episodes = rows("run/evaluation.csv")
    diverged = [row for row in episodes if row["diverged"] == "1"]
    assert 0 < len(diverged) < 20, "some of them must, or this shows nothing"
    assert f"over 20 episodes, {len(diverged)} of which diverged and count as the worst of the others" in said.out
    worst = min(float(row["return"]) for row in episodes if row["diverged"] == "0")
    assert {float(row["return"]) for row in diverged} == {worst}
    assert summary.keys() == {"mean", "std", "episodes", "diverged"}


def test_an_evaluation_in_which_more_than_a_tenth_diverge_has_no_return(itt):
    assert itt(*options("env_kwargs.reward='nan'")).code == 0

    said = itt("eval", "run", "--episodes", 20)

    diverged = [row for row in rows("run/evaluation.csv") if row["diverged"] == "1"]
    assert 2 < len(diverged) < 20, "or this shows nothing"
    assert said.out == f"run: no return: {len(diverged)} of 20 episodes diverged\n"
    assert {row["return"] for row in diverged} == {"nan"}


def test_an_evaluation_in_which_all_diverge_has_no_return(itt):
    assert itt(*options("env_kwargs.at=11", "env_kwargs.state='nan'", "env_kwargs.always=true")).code == 0
    saved = policy_file.read(Path("run/policy.npz"))
    broken = saved.run.model_copy(update={"env_kwargs": {"at": 1, "state": "nan", "always": True}})
    policy_file.write(Path("run/policy.npz"), broken, saved.arrays)

    assert itt("eval", "run", "--episodes", 3).out == "run: no return: 3 of 3 episodes diverged\n"
    assert json.loads(itt("eval", "run", "--episodes", 3, "--best", "--json").out)["mean"] is not None


def test_an_evaluation_without_divergence_is_the_file_it_always_was(itt):
    assert itt(*options()).code == 0
    assert itt("eval", "run", "--episodes", 2).code == 0

    assert Path("run/evaluation.csv").read_text().startswith("episode,return,seed\n0,")


def test_keyword_arguments_stand_in_the_path_and_in_the_record(itt):
    arguments = ["train", "--env", "CartPole-v1", "--method", "itt"]
    settings = [part for setting in SMALL for part in ("--set", setting)]
    for kwargs in ([], ["--set", "env_kwargs.sutton_barto_reward=true"], ["--set", "env_kwargs={}"]):
        assert itt(*arguments, *settings, *kwargs).code == 0

    folders = sorted(path.parents[3].name for path in Path("results").rglob("run.yaml"))
    assert len(folders) == 2
    assert folders[0] == "CartPole-v1"
    assert folders[1].startswith("CartPole-v1@")


@pytest.mark.parametrize("changed", [[], ["env_kwargs.at=4"], ["env_kwargs.at=3", "episode_steps=5"]])
def test_a_folder_that_holds_the_run_of_another_env_is_refused(itt, changed):
    assert itt(*options("env_kwargs.at=3")).code == 0

    told = the_line(itt(*options(*changed)))

    assert told.startswith("run: holds another run (")
    assert "env_kwargs" in told or "episode_steps" in told


ENDLESS = ("brought_envs:Endless-v0", ["env_kwargs.seconds=0.001"])
COMPILED = ("HalfCheetah-v2", ["candidates.count=200000"])


@pytest.mark.fault
@pytest.mark.parametrize(
    ("env", "settings", "engine", "ranks"),
    [
        (*ENDLESS, "compiled", None),
        (*ENDLESS, "reference", None),
        (*COMPILED, "compiled", None),
        ("CliffWalking-v1", [], "compiled", None),
        pytest.param(*ENDLESS, "compiled", 3, marks=MPI),
        pytest.param(*COMPILED, "compiled", 3, marks=MPI),
    ],
)
def test_a_signal_is_seen_inside_an_episode_of_any_length(command, tmp_path, env, engine, settings, ranks):
    arguments = options("episode_steps=1000000000", f"engine={engine}", *settings, env=env)
    process = subprocess.Popen(command(*arguments, ranks=ranks), stderr=subprocess.PIPE, text=True)
    while not Path("run/provenance.json").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    time.sleep(1.0)
    process.send_signal(signal.SIGTERM)

    _, said = process.communicate()

    assert process.returncode == 75, said
    assert "itt: stopped by SIGTERM after 0 of 2 iterations; a checkpoint is saved" in said
