"""Environments that people bring, played: promises are verified, divergence is seen, limits hold, in both engines."""

import math

import numpy as np
import pytest

from itt.envs import CATALOG
from itt.envs.divergence import worth
from itt.errors import UserError
from itt.policies import architecture_of
from itt.resolve import env_of, resolve
from itt.rollouts.compiled import player as compiled
from itt.rollouts.compiled.player import CompiledPlayer, SimulatorPlayer
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

STRANGE = "brought_envs:Strange-v0"
PLAYERS = [compiled.player, ReferencePlayer]

pytestmark = pytest.mark.usefixtures("brought_envs")


def played(player, *overrides, env=STRANGE, method="itt", normaliser=None):
    run = resolve(single(env, method, overrides=["candidates.count=20", *overrides]))
    theta = np.random.default_rng(1).standard_normal(architecture_of(run).size)
    return player(run, env_of(run)).play(theta, Key(0), normaliser)


def result(episode):
    return episode.value, episode.steps, episode.diverged


@pytest.mark.parametrize("player", PLAYERS)
@pytest.mark.parametrize("at", [0, 1, 7])
@pytest.mark.parametrize("numbers", [40, 4000, 2, 1])
def test_an_observation_of_another_length_than_its_space_is_told_in_one_line(player, numbers, at):
    told = f"environment {STRANGE} gave an observation of {numbers} numbers, but its space promises 8"

    with pytest.raises(UserError, match=told):
        played(player, f"env_kwargs.numbers={numbers}", f"env_kwargs.at={at}", "env_kwargs.always=true")


@pytest.mark.parametrize("player", PLAYERS)
def test_also_an_environment_of_the_catalog_is_held_to_its_length(monkeypatch, player):
    run = resolve(single("HalfCheetah-v2", "itt"))
    who = player(run, env_of(run))
    reset = who.env.reset
    monkeypatch.setattr(who.env, "reset", lambda **keywords: (np.zeros(18), reset(**keywords)[1]))

    with pytest.raises(UserError, match="HalfCheetah-v2 gave an observation of 18 numbers, but its space promises 17"):
        who.play(np.zeros(architecture_of(run).size), Key(0))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("reward", "nan"),
        ("reward", "inf"),
        ("reward", "-inf"),
        ("reward", "1e300"),
        ("reward", "-1e11"),
        ("state", "nan"),
        ("state", "-inf"),
        ("state", "1e39"),
    ],
)
def test_an_episode_diverges_in_the_same_step_in_both_engines(setting, value):
    overrides = [f"env_kwargs.{setting}='{value}'", "env_kwargs.at=4", "env_kwargs.always=true"]

    one, other = (played(player, *overrides) for player in PLAYERS)

    assert one.diverged
    assert one.steps == 4
    assert math.isfinite(one.value)
    assert result(one) == result(other)


def test_the_step_that_diverged_is_worth_nothing():
    sound = played(compiled.player, "episode_steps=3")

    episode = played(compiled.player, "env_kwargs.reward='1e11'", "env_kwargs.at=4", "env_kwargs.always=true")

    assert episode.value == sound.value


@pytest.mark.parametrize("player", PLAYERS)
def test_an_episode_that_begins_with_no_number_is_over_before_its_first_step(player):
    episode = played(player, "env_kwargs.state='nan'", "env_kwargs.at=0", "env_kwargs.always=true")

    assert result(episode) == (0.0, 0, True)


@pytest.mark.parametrize("player", PLAYERS)
def test_a_return_explodes_step_by_step_as_well(player):
    episode = played(player, "env_kwargs.reward='4e9'", "env_kwargs.at=1", "env_kwargs.always=true")

    assert result(episode) == (8e9, 3, True)


def test_an_action_that_is_no_number_is_never_played():
    run = resolve(single(STRANGE, "explicit", overrides=["env_kwargs.raises=step"]))
    theta = np.full(architecture_of(run).size, 1e308)
    theta[::2] *= -1.0
    theta[-1] = np.nan

    episodes = [player(run, env_of(run)).play(theta, Key(0)) for player in PLAYERS]

    assert [result(episode) for episode in episodes] == [(0.0, 1, True)] * 2


def test_a_state_that_is_no_number_ends_an_episode_of_compiled_physics_as_one_of_the_env_itself(monkeypatch):
    run = resolve(single("CartPole-v1", "itt"))
    fast, readable = (player(run, env_of(run)) for player in PLAYERS)
    begin, reset = compiled.physics.begin, readable.env.reset

    def begun(physics, *others):
        observation = begin(physics, *others)
        physics.state[0] = np.nan
        return observation

    def spoiled(**keywords):
        observation = reset(**keywords)
        readable.env.unwrapped.state = np.array([np.nan, *readable.env.unwrapped.state[1:]])
        return observation

    monkeypatch.setattr(compiled.physics, "begin", begun)
    monkeypatch.setattr(readable.env, "reset", spoiled)
    theta = np.ones(architecture_of(run).size)

    assert [result(player.play(theta, Key(0))) for player in (fast, readable)] == [(0.0, 1, True)] * 2


@pytest.mark.parametrize("player", PLAYERS)
@pytest.mark.parametrize(("limit", "steps"), [(4, 4), (10, 10), (11, 10)])
def test_of_two_limits_the_smaller_counts(player, limit, steps):
    assert played(player, f"episode_steps={limit}").steps == steps


@pytest.mark.parametrize("player", PLAYERS)
def test_an_environment_without_a_limit_is_played_to_that_of_the_setting(player):
    assert played(player, "episode_steps=25", env="brought_envs:Endless-v0").steps == 25


@pytest.mark.parametrize("env", ["HalfCheetah-v2", "CartPole-v1", "fish-swim"])
@pytest.mark.parametrize("player", PLAYERS)
def test_the_papers_environments_obey_the_setting_too(player, env):
    assert played(player, "episode_steps=7", env=env).steps == 7


@pytest.mark.parametrize("env", ["brought_envs:Endless-v0", "CliffWalking-v1"])
def test_without_any_limit_a_run_is_refused_in_a_line_that_names_the_setting(env):
    with pytest.raises(UserError, match=f"{env}: episode_steps: is missing"):
        resolve(single(env, "itt"))


@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
@pytest.mark.parametrize("env", ["HalfCheetah-v2", "CartPole-v1", "MountainCarContinuous-v0"])
def test_an_episode_in_pieces_is_the_episode_in_one_piece(monkeypatch, env, method):
    whole = played(CompiledPlayer, env=env, method=method)

    monkeypatch.setattr(compiled, "STEPS", 7)

    assert result(played(CompiledPlayer, env=env, method=method)) == result(whole)


def test_no_episode_of_the_papers_environments_is_played_in_pieces():
    for name, spec in CATALOG.items():
        if compiled.physics.supported(spec):
            assert CompiledPlayer(resolve(single(name, "itt")), spec).stride >= spec.episode_limit


@pytest.mark.parametrize("count", [10**5, 2**24])
def test_a_piece_is_the_shorter_the_more_candidates_there_are(count):
    run = resolve(single("HalfCheetah-v2", "itt", overrides=[f"candidates.count={count}"]))

    assert 1 <= CompiledPlayer(run, env_of(run)).stride <= max(1, 10**7 // count)


def test_an_environment_with_keyword_arguments_is_played_in_its_own_simulator():
    kwargs = ["env_kwargs.sutton_barto_reward=true"]  # 0 a step, -1 at the end

    episodes = [played(player, *kwargs, env="CartPole-v1") for player in PLAYERS]

    assert [episode.value for episode in episodes] == [-1.0, -1.0]
    run = resolve(single("CartPole-v1", "itt", overrides=kwargs))
    assert isinstance(compiled.player(run, env_of(run)), SimulatorPlayer)


@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
@pytest.mark.parametrize("selection", ["argmax", "sample"])
@pytest.mark.parametrize("env", ["brought_envs:Parts-v0", "brought_envs:Bits-v0"])
def test_both_engines_choose_the_same_of_combined_actions(env, selection, method):
    one, other = (played(player, f"policy.selection={selection}", env=env, method=method) for player in PLAYERS)

    assert one.steps == 10
    assert result(one) == result(other)


def test_combined_actions_enter_a_tower_one_hot_part_by_part():
    run = resolve(single("brought_envs:Parts-v0", "itt"))

    _, action = architecture_of(run).towers

    assert action[0].inputs == 2 + 3 + 4
    actions = ReferencePlayer(run, env_of(run)).actor(Key(0)).actions
    assert actions.shape == (24, 9)
    assert (actions.reshape(24, 9)[:, :2].sum(axis=1) == 1).all()
    np.testing.assert_array_equal(actions[-2], [0, 1, 0, 0, 1, 0, 0, 1, 0])
    assert len(np.unique(actions, axis=0)) == 24


def test_an_episode_that_diverged_counts_as_the_worst_of_the_others():
    assert worth([5.0, 1e9, -3.0, -8.0], [False, True, False, True]) == [5.0, -3.0, -3.0, -3.0]
    assert all(map(math.isnan, worth([1.0, 2.0], [True, True])))
    assert worth([1.0, 2.0], [False, False]) == [1.0, 2.0]
