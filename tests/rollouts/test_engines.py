"""Both engines play the same episodes and train the same policies, and an episode depends on nothing before it.

Bit for bit: sums have one order in both, and functions are the C library's.
"""

import csv

import numpy as np
import pytest

from itt.algorithms.es.settings import METHODS
from itt.envs import CATALOG, describe
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts.compiled.player import CompiledPlayer, SimulatorPlayer, player
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

FEW = ["candidates.count=50"]
QUICK = (
    "Swimmer-v2", "LunarLanderContinuous-v2", "Hopper-v2", "HalfCheetah-v2", "Walker2d-v2", "CartPole-v1",
    "MountainCar-v0", "Acrobot-v1", "MountainCarContinuous-v0", "InvertedPendulumBulletEnv-v0", "hopper-stand",
)  # fmt: skip
LONG = tuple(name for name in CATALOG if name not in QUICK)


def thetas(run, count=2):
    return np.random.default_rng(0).standard_normal((count, architecture_of(run).size))


def episodes(env, method, count=1, settings=FEW):
    """The same episodes of both engines, as pairs (compiled, reference)."""
    run, spec = resolve(single(env, method, overrides=settings)), describe(env)
    engines = player(run, spec), ReferencePlayer(run, spec)
    for direction, theta in enumerate(thetas(run, count)):
        yield tuple(engine.play(theta, Key(0, 1, direction, 1)) for engine in engines)


def are_equal(env, method, count=1, settings=FEW):
    for compiled, reference in episodes(env, method, count, settings):
        assert (compiled.value, compiled.steps) == (reference.value, reference.steps)
        assert not compiled.diverged and not reference.diverged


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("env", QUICK)
def test_an_episode_is_the_same_bit_for_bit(env, method):
    are_equal(env, method)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("env", LONG)
def test_a_long_episode_is_the_same_bit_for_bit(env, method):
    are_equal(env, method)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("env", CATALOG)
def test_episodes_with_the_papers_candidates_are_the_same_bit_for_bit(env, method):
    are_equal(env, method, count=3, settings=[])


def trained(itt, tmp_path, env, method, engine):
    """The columns of metrics.csv that come from returns."""
    out = tmp_path / engine
    settings = ["algorithm.iterations=3", "algorithm.directions=1", f"engine={engine}", *FEW]
    arguments = [part for setting in settings for part in ("--set", setting)]
    assert itt("train", "--env", env, "--method", method, "--out", out, *arguments).code == 0
    names = ("return", "env_steps", "es/mean_return", "es/min_return", "es/max_return", "es/theta_norm")
    with open(out / "metrics.csv") as file:
        return np.array([[float(row[name]) for name in names] for row in csv.DictReader(file)])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("env", ["Swimmer-v2", "CartPole-v1"])
def test_three_iterations_of_training_give_the_same_returns(itt, tmp_path, env, method):
    compiled, reference = (trained(itt, tmp_path, env, method, engine) for engine in ("compiled", "reference"))

    assert len(compiled) == 3
    np.testing.assert_array_equal(compiled, reference)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("env", "kind"),
    [
        ("HalfCheetah-v2", CompiledPlayer),
        ("Hopper-v2", CompiledPlayer),
        ("hopper-stand", CompiledPlayer),
        ("Acrobot-v1", CompiledPlayer),
        ("MountainCarContinuous-v0", CompiledPlayer),
        ("LunarLanderContinuous-v2", SimulatorPlayer),
        ("InvertedPendulumBulletEnv-v0", SimulatorPlayer),
    ],
)
def test_a_compiled_episode_is_a_function_of_theta_and_key_alone(env, kind, method):
    run, spec = resolve(single(env, method, overrides=FEW)), describe(env)
    one, (a, b) = player(run, spec), thetas(run)
    assert isinstance(one, kind)

    first = one.play(a, Key(0, 1, 2, 1))
    one.play(b, Key(0, 4, 5, -1, 6, evaluation=True))
    again, elsewhere = one.play(a, Key(0, 1, 2, 1)), player(run, spec).play(a, Key(0, 1, 2, 1))

    for other in (again, elsewhere):
        assert (other.value, other.steps) == (first.value, first.steps)
