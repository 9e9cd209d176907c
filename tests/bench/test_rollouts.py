"""`itt bench rollouts`: what it calls the floor is the same episode, and its figures belong together."""

import json

import numpy as np
import pytest

from itt.algorithms.es import strategy
from itt.analysis import speed
from itt.bench.floor import floor
from itt.bench.rollouts import lasting_theta, measure
from itt.envs import describe
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts.compiled.player import player
from itt.seeding import Key
from itt.study import single


def _played(env, method="itt"):
    run = resolve(single(env, method, overrides=["candidates.count=100"]))
    theta = strategy.initial(run.algorithm, architecture_of(run), 0).theta
    return player(run, describe(env)), theta


def _state(who):
    physics = who.physics
    return np.concatenate([physics.qpos, physics.qvel, physics.state])


@pytest.mark.parametrize("env", ["Hopper-v2", "fish-swim", "CartPole-v1", "MountainCarContinuous-v0"])
def test_the_floor_ends_in_the_state_that_the_rollout_ended_in(env):
    who, theta = _played(env)
    bare, key = floor(who), Key(0, episode=3)
    actions = bare.record(theta, key)
    episode = who.play(theta, key)
    ended = _state(who)

    bare.begin(key)
    assert not np.array_equal(_state(who), ended)
    bare.replay(actions)

    assert len(actions) == episode.steps
    assert np.array_equal(_state(who), ended)


def test_the_floor_of_an_env_with_its_own_simulator_is_the_same_episode():
    who, theta = _played("LunarLanderContinuous-v2")
    bare, key = floor(who), Key(0)
    actions = bare.record(theta, key)
    assert len(actions) == who.play(theta, key).steps

    bare.begin(key)
    bare.replay(actions[:-1])
    _, _, terminated, truncated, _ = who.env.step(actions[-1])
    assert terminated or truncated


def test_the_theta_played_is_one_whose_episodes_last():
    run = resolve(single("CartPole-v1", "itt"))
    who = player(run, describe("CartPole-v1"))
    assert who.play(lasting_theta(run, who), Key(0)).steps == 500


def test_the_ratios_are_those_of_the_rates():
    row = measure(single("CartPole-v1", "itt"), 0.0)
    assert row["efficiency"] == pytest.approx(row["steps_per_s"] / row["floor_steps_per_s"], rel=0.5)
    assert row["speedup"] == pytest.approx(row["steps_per_s"] / row["reference_steps_per_s"], rel=0.5)
    assert row["reset_seconds"] > 0
    assert row["steps"] >= 1000
    assert row["reference_repeats"] >= 3


def test_one_row_is_an_object_and_several_are_a_list(itt):
    ask = ["bench", "rollouts", "--method", "itt", "--seconds", "0", "--json", "--env", "CartPole-v1"]
    one = json.loads(itt(*ask).out)
    several = json.loads(itt(*ask, "--env", "MountainCar-v0").out)
    assert one["env"] == "CartPole-v1"
    assert [row["env"] for row in several] == ["CartPole-v1", "MountainCar-v0"]


def test_candidates_and_resample_are_those_asked_for(itt):
    ask = ["bench", "rollouts", "--env", "MountainCarContinuous-v0", "--method", "itt", "--seconds", "0", "--json"]
    row = json.loads(itt(*ask, "--candidates", 64, "--resample", "iteration").out)
    assert (row["candidates"], row["resample"]) == (64, "iteration")


@pytest.fixture
def study(tmp_path):
    """Two cells that the compiled engine plays, and one that it does not."""
    path = tmp_path / "study.yaml"
    path.write_text(
        "name: two\nvariants: {readable: {engine: reference}}\n"
        "runs: [{envs: [CartPole-v1], methods: [itt], variants: [vanilla, lazy, readable], seeds: 2}]\n"
    )
    return path


def test_of_a_study_each_cell_is_measured_that_the_compiled_engine_plays(itt, study, tmp_path):
    out = tmp_path / "deep" / "rollouts.json"

    done = itt("bench", "rollouts", "--study", study, "--rehearsal", "--seconds", "0", "--out", out)

    assert done.code == 0, done.err
    assert "CartPole-v1/itt/readable: not played by the compiled engine, so not measured" in done.err
    measured = speed.read(out)
    assert measured.shares.keys() == {("CartPole-v1", "itt", "vanilla"), ("CartPole-v1", "itt", "lazy")}
    assert all(0 < share < 1 for share in measured.shares.values())
    assert itt("bench", "table", out).out.count("| itt (lazy) |") == 1


@pytest.mark.parametrize(
    ("more", "told"), [(["--study", "x.yaml", "--all"], "leave out"), (["--rehearsal"], "name it with --study")]
)
def test_options_that_contradict_each_other_are_refused(itt, more, told):
    ended = itt("bench", "rollouts", *more)
    assert ended.code == 2
    assert told in ended.err


@pytest.mark.parametrize("arguments", [[], ["--env", "CartPole-v1"], ["--method", "itt"]])
def test_without_an_env_and_a_method_it_says_what_to_name(itt, arguments):
    ended = itt("bench", "rollouts", *arguments)
    assert ended.code == 2
    assert "--env" in ended.err and "--all" in ended.err
