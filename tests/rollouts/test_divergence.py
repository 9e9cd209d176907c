"""A simulation that diverges ends its episode with a finite return, in both engines, and the record says which did."""

import csv
import json
import math

import gymnasium
import numpy as np
import pytest

from itt import rollouts
from itt.algorithms.es import strategy
from itt.envs import describe, make
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts import reference
from itt.rollouts.compiled import player as compiled
from itt.rollouts.compiled.player import CompiledPlayer, SimulatorPlayer
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key, env_seed
from itt.study import single

SETTINGS = ["candidates.count=20", "algorithm.iterations=1", "algorithm.directions=4"]


class WithoutReward(gymnasium.RewardWrapper):
    """An env whose reward is not a number."""

    def reward(self, reward):
        return math.nan


def rough(name):
    """An env whose motors are so strong that its simulation diverges under some policies and not under others."""
    env = make(name)
    env.unwrapped.model.actuator_gear[:] *= STRENGTH[name]
    return env


STRENGTH = {"HalfCheetah-v2": 10.0, "fish-swim": 1e5, "InvertedPendulum-v4": 1e9}


@pytest.fixture
def rough_envs(monkeypatch):
    monkeypatch.setattr(compiled, "make", rough)
    monkeypatch.setattr(reference, "make", rough)
    monkeypatch.setattr(rollouts, "_players", {})


@pytest.mark.parametrize(
    ("env", "kind"),
    [
        ("HalfCheetah-v2", CompiledPlayer),
        ("fish-swim", CompiledPlayer),
        ("InvertedPendulum-v4", SimulatorPlayer),
    ],
)
def test_both_engines_end_a_diverged_episode_in_the_same_step(rough_envs, env, kind):
    run, spec = resolve(single(env, "itt", overrides=SETTINGS)), describe(env)
    fast, readable = compiled.player(run, spec), ReferencePlayer(run, spec)
    assert isinstance(fast, kind)
    theta = np.random.default_rng(0).standard_normal(architecture_of(run).size)

    one, other = fast.play(theta, Key(0)), readable.play(theta, Key(0))

    assert one.diverged and other.diverged
    assert (one.value, one.steps) == (other.value, other.steps)
    assert math.isfinite(one.value)


@pytest.mark.parametrize("player", [compiled.player, ReferencePlayer])
def test_a_reward_that_is_not_a_number_ends_the_episode_as_well(monkeypatch, player):
    for module in (compiled, reference):
        monkeypatch.setattr(module, "make", lambda name: WithoutReward(make(name)))
    run, spec = (
        resolve(single("LunarLanderContinuous-v2", "itt", overrides=SETTINGS)),
        describe("LunarLanderContinuous-v2"),
    )

    episode = player(run, spec).play(np.ones(architecture_of(run).size), Key(0))

    assert (episode.value, episode.steps, episode.diverged) == (0.0, 1, True)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_training_counts_diverged_episodes_and_names_each_of_them(rough_envs, itt, tmp_path, engine):
    arguments = [part for setting in [*SETTINGS, f"engine={engine}"] for part in ("--set", setting)]

    assert itt("train", "--env", "HalfCheetah-v2", "--method", "itt", "--out", tmp_path / "run", *arguments).code == 0

    with open(tmp_path / "run" / "metrics.csv") as file:
        (row,) = csv.DictReader(file)
    (session,) = json.loads((tmp_path / "run" / "provenance.json").read_text())
    expected = diverging(resolve(single("HalfCheetah-v2", "itt", overrides=[*SETTINGS, f"engine={engine}"])))
    assert 0 < len(expected) < 9
    assert session["diverged"] == expected
    assert int(row["es/diverged"]) == len(expected)
    assert all(math.isfinite(float(value)) for value in row.values())


def diverging(run):
    """Where in the first iteration a simulation diverges, found by playing every rollout of it here."""
    settings, architecture = run.algorithm, architecture_of(run)
    state = strategy.initial(settings, architecture, run.seed)
    epsilon = strategy.ask(state, settings, architecture, run.seed)
    places = [(-1, 0, state.theta), *strategy.perturbations(state, settings, epsilon)]
    player = rollouts.player(run)
    return [
        {"iteration": 0, "direction": i, "sign": sign, "env_seed": env_seed(Key(run.seed, 0, i, sign))}
        for i, sign, theta in places
        if player.play(theta, Key(run.seed, 0, i, sign)).diverged
    ]
