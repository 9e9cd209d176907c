"""Both engines choose the same candidate: same theta, same candidates, states that policies really come to.

Sums have one order in both and functions are the C library's, so there is nothing to be tolerant of.
"""

from functools import cache

import numpy as np
import pytest
import torch

from itt.envs import describe, make
from itt.policies import architecture_of
from itt.policies.torch_policy import load_theta
from itt.resolve import resolve
from itt.rollouts.compiled import policy
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

STATES_A_THETA = 50

SETTINGS = [
    *[[f"policy.kernel={kernel}", f"policy.selection={selection}"]
      for kernel in ("dot", "softmax", "angular") for selection in ("argmax", "sample")],
    ["candidates.resample=iteration"],
    ["candidates.resample=once"],
    ["candidates.resample=once", "candidates.subsample=70"],
    ["candidates.resample=once", "candidates.subsample=70", "policy.selection=sample"],
    ["candidates.count=1"],
    ["candidates.count=129"],
]  # fmt: skip
TOWERS = [
    ["policy.state.activation=tanh", "policy.action.activation=tanh", "policy.action.layers=2"],
    ["policy.state.activation=linear", "policy.state.output=relu"],
    ["policy.action.output=tanh"],
    ["policy.action.output=relu", "policy.action.layers=3", "candidates.resample=iteration"],
    ["policy.state.layers=1", "policy.action.layers=1"],
    ["policy.state.layers=2", "policy.state.width=[9]", "policy.action.layers=2", "policy.action.width=13",
     "policy.latent=7"],
]  # fmt: skip
ONE_TOWER = [
    ["policy.tower.activation=tanh"],
    ["policy.tower.activation=linear", "policy.tower.output=tanh"],
    ["policy.tower.layers=1"],
    ["policy.tower.layers=2", "policy.tower.width=[33]", "candidates.resample=iteration"],
]
DISCRETE = [
    [f"policy.encoding={encoding}", f"policy.selection={selection}"]
    for encoding in ("index", "one_hot")
    for selection in ("argmax", "sample")
]


@cache
def states(env, count):
    """States that random policies of the method itt come to, shape (count, s)."""
    run, spec, world, random = resolve(single(env, "itt")), describe(env), make(env), np.random.default_rng(0)
    architecture, found = architecture_of(run, spec), []
    player, action = policy.make(run, spec, architecture), np.zeros(1 if spec.discrete else spec.action)
    for episode in range(count):
        policy.begin(player, run, random.standard_normal(architecture.size), Key(0, direction=episode))
        state, _ = world.reset(seed=episode)
        for transition in range(count // 10):
            found.append(np.array(state))
            policy.act(player, found[-1], transition, action)
            state, _, terminated, truncated, _ = world.step(int(action[0]) if spec.discrete else action.copy())
            if len(found) == count:
                return np.array(found)
            if terminated or truncated:
                break
    raise AssertionError(f"{env}: too few states")


def agree(env, method, settings, count):
    """Both engines' actions are the same in `count` states."""
    run, spec = resolve(single(env, method, overrides=settings)), describe(env)
    architecture, random = architecture_of(run, spec), np.random.default_rng(1)
    compiled, reference = policy.make(run, spec, architecture), ReferencePlayer(run, spec)
    action = np.zeros(1 if spec.discrete else spec.action)
    for number, state in enumerate(states(env, count)):
        transition = number % STATES_A_THETA
        if transition == 0:
            theta, key = random.standard_normal(architecture.size), Key(0, 3, number, 1)
            policy.begin(compiled, run, theta, key)
            load_theta(reference.policy, theta)
            act = reference.actor(key)
        policy.act(compiled, state, transition, action)
        with torch.no_grad():
            expected = np.atleast_1d(act(torch.from_numpy(state), transition))
        np.testing.assert_array_equal(action, expected, err_msg=f"{settings}, state {number}")


@pytest.mark.parametrize("settings", SETTINGS + TOWERS, ids=" ".join)
def test_itt_chooses_the_same(settings):
    agree("HalfCheetah-v2", "itt", ["candidates.count=300", *settings], 300)


@pytest.mark.parametrize("settings", SETTINGS[:2] + SETTINGS[6:] + ONE_TOWER, ids=" ".join)
def test_iot_chooses_the_same(settings):
    agree("HalfCheetah-v2", "iot", ["candidates.count=300", *settings], 300)


@pytest.mark.parametrize("settings", DISCRETE, ids=" ".join)
@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
def test_discrete_actions_are_chosen_the_same(method, settings):
    agree("Acrobot-v1", method, settings, 300)


@pytest.mark.parametrize("settings", [[], ["policy.tower.output=linear"], ["policy.tower.layers=1"]], ids=" ".join)
def test_explicit_actions_are_the_same(settings):
    agree("HalfCheetah-v2", "explicit", settings, 300)


@pytest.mark.parametrize("method", ["itt", "iot"])
def test_the_deep_towers_of_dm_control_choose_the_same(method):
    agree("fish-swim", method, ["candidates.count=1000"], 100)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
@pytest.mark.parametrize("env", ["HalfCheetah-v2", "Swimmer-v2", "fish-swim", "CartPole-v1", "Acrobot-v1"])
def test_the_papers_settings_choose_the_same_in_10_000_states(env, method):
    agree(env, method, [], 10_000)


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS, ids=" ".join)
@pytest.mark.parametrize("method", ["itt", "iot"])
@pytest.mark.parametrize("env", ["HalfCheetah-v2", "Swimmer-v2", "fish-swim"])
def test_all_settings_choose_the_same_in_10_000_states(env, method, settings):
    agree(env, method, ["candidates.count=300", *settings], 10_000)


@pytest.mark.slow
@pytest.mark.parametrize("settings", DISCRETE, ids=" ".join)
@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
@pytest.mark.parametrize("env", ["CartPole-v1", "Acrobot-v1"])
def test_discrete_actions_are_chosen_the_same_in_10_000_states(env, method, settings):
    agree(env, method, settings, 10_000)
