"""The outside peer plays the same policy, as far as float32 tells."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from itt.bench.peer import ENVS, Peer
from itt.envs import describe
from itt.policies import architecture_of
from itt.policies.torch_policy import load_theta, module
from itt.resolve import resolve
from itt.study import single


class Envs:
    """As many envs as EnvPool would make, whose states are random."""

    def __init__(self, size):
        self.random, self.size, self.actions = np.random.default_rng(0), size, []

    def reset(self):
        return self.random.standard_normal((ENVS, self.size)), {}

    def step(self, actions):
        self.actions.append(actions)
        return self.reset()


@pytest.fixture
def peer(monkeypatch):
    def made(env, method):
        run, spec = resolve(single(env, method, overrides=["candidates.resample=iteration"])), describe(env)
        envs = Envs(spec.observation)
        monkeypatch.setitem(sys.modules, "envpool", SimpleNamespace(make_gymnasium=lambda *_, **__: envs))
        theta = np.random.default_rng(1).standard_normal(architecture_of(run, spec).size)
        policy = module(architecture_of(run, spec), run.policy.kernel)
        load_theta(policy, theta)
        return Peer(run, spec, theta), policy, envs

    return made


@torch.no_grad()
@pytest.mark.parametrize("env", ["HalfCheetah-v2", "Acrobot-v1"])
@pytest.mark.parametrize("method", ["itt", "iot"])
def test_it_takes_a_best_candidate_of_each_env(peer, env, method):
    who, policy, envs = peer(env, method)
    states = torch.from_numpy(who.states)
    candidates = torch.from_numpy(np.broadcast_to(who.standing[0], (ENVS, *who.standing[0].shape[1:])).astype(float))

    who.play(ENVS)

    for one, state in enumerate(states):
        scores = policy.scores(state, policy.prepare(candidates[one]))
        taken = torch.from_numpy(np.asarray(envs.actions[0][one], dtype=float))
        chosen = int(taken) if taken.ndim == 0 else int((candidates[one] == taken).all(dim=1).nonzero()[0, 0])
        assert scores[chosen] >= scores.max() - 1e-5 * scores.abs().max()


@torch.no_grad()
def test_an_explicit_policy_acts_by_its_output(peer):
    who, policy, envs = peer("Hopper-v2", "explicit")
    expected = policy(torch.from_numpy(who.states)).numpy()
    who.play(1)
    np.testing.assert_allclose(envs.actions[0], expected, atol=1e-5)
