"""What both engines share of a search: its protocol, and latents that have the bits of the engines' own scores."""

import numpy as np
import pytest
import torch

from itt.algorithms.es.settings import STANDING, SignedRandomProjections
from itt.candidates import build
from itt.candidates.searches import BUILDERS
from itt.policies import architecture_of
from itt.policies.latents import latents
from itt.policies.torch_policy import load_theta, module
from itt.seeding import Key
from itt.study import single

KEY = Key(1, 2, 3, 1)


def test_every_search_that_needs_standing_candidates_has_a_builder():
    assert set(BUILDERS) == set(STANDING)


@pytest.mark.parametrize("settings", [[], ["policy.action.activation=tanh", "policy.action.output=relu"]], ids=" ".join)
def test_latents_are_the_action_towers_outputs(settings):
    architecture = architecture_of(single("HalfCheetah-v2", "itt", overrides=settings))
    theta = np.random.default_rng(0).standard_normal(architecture.size)
    actions = np.random.default_rng(1).uniform(-1, 1, (5000, 6)).astype(np.float32)
    policy = module(architecture, "dot")
    load_theta(policy, theta)
    with torch.no_grad():
        expected = policy.prepare(torch.from_numpy(actions.astype(np.float64))).numpy()
    found = latents(architecture.towers[1], theta[architecture.action_part], actions)
    np.testing.assert_allclose(found.T, expected, atol=1e-12)


def test_equal_actions_have_equal_latents_wherever_they_stand():
    architecture = architecture_of(single("HalfCheetah-v2", "itt"))
    theta = np.random.default_rng(0).standard_normal(architecture.size)
    actions = np.tile(np.random.default_rng(1).uniform(-1, 1, 6).astype(np.float32), (4099, 1))
    found = latents(architecture.towers[1], theta[architecture.action_part], actions)
    assert (found == found[:, :1]).all()


def test_what_is_built_belongs_to_the_candidates_key():
    values = np.random.default_rng(0).standard_normal((4, 64))
    settings = SignedRandomProjections()
    one, same, other = (build(settings, "dot", values, key) for key in (KEY, KEY, Key(1, 3, 3, 1)))
    np.testing.assert_array_equal(one.omega, same.omega)
    assert not (one.omega[0] == other.omega[0]).any()
