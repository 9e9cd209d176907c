"""Both engines walk down a random feature tree to the same candidate, whatever was played before."""

import numpy as np
import pytest

from itt.algorithms.es.settings import RandomFeatureTree
from itt.candidates.feature_tree import build
from itt.envs import describe
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts.compiled import feature_tree
from itt.rollouts.compiled.player import player
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single


@pytest.mark.parametrize("kernel", ["dot", "angular"])
@pytest.mark.parametrize("norm", [0.0, 1.0, 100.0])
@pytest.mark.parametrize("count", [1, 2, 3, 100, 1025])
def test_compiled_walks_end_where_the_readable_ones_do(count, norm, kernel):
    random = np.random.default_rng(count)
    tree = build(RandomFeatureTree(), kernel, norm * random.standard_normal((6, count)), random)
    walk, states = feature_tree.walk(tree), norm * random.standard_normal((500, 6))
    compiled = [feature_tree.choose(walk, state, np.uint64(7), t) for t, state in enumerate(states)]
    assert compiled == [tree.choose(state, 7, t) for t, state in enumerate(states)]


@pytest.mark.parametrize("settings", [[], ["policy.kernel=angular"], ["search.split=principal"]], ids=" ".join)
def test_an_episode_is_the_same_in_both_engines(settings):
    run = resolve(
        single(
            "MountainCarContinuous-v0", "itt", "rft", overrides=["candidates.count=100", "search.signs=16", *settings]
        )
    )
    spec, theta = describe(run.env), np.array([1.0, 2.0, 1.5])
    assert architecture_of(run, spec).size == len(theta)
    compiled, reference = player(run, spec).play(theta, Key(0)), ReferencePlayer(run, spec).play(theta, Key(0))
    assert (compiled.steps, compiled.value) == (reference.steps, reference.value)


def test_an_episode_does_not_depend_on_the_one_before():
    run = resolve(single("MountainCarContinuous-v0", "itt", "rft", overrides=["candidates.count=100"]))
    spec, random = describe(run.env), np.random.default_rng(0)
    thetas, used = random.standard_normal((3, architecture_of(run, spec).size)), player(run, spec)
    for theta in thetas:
        for episode in (0, 1):
            key = Key(1, episode=episode)
            assert used.play(theta, key).value == player(run, spec).play(theta, key).value
