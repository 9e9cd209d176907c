"""The suite's own arithmetic has the bits of the C library and of sums in order, on every CPU."""

import math

import numpy as np
import pytest

from itt.envs import make

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def suite():
    make("fish-swim")
    from dm_control.suite import fish, hopper
    from dm_control.utils import rewards

    return fish.np, hopper.np, rewards.np


def test_its_modules_compute_functions_as_the_c_library_does(suite):
    numbers = RANDOM.uniform(0.01, 0.99, 1000)
    for seen in suite:
        for ours, theirs in [
            (seen.exp, math.exp),
            (seen.log, math.log),
            (seen.log1p, math.log1p),
            (seen.tanh, math.tanh),
            (seen.cosh, math.cosh),
            (seen.arccos, math.acos),
        ]:
            assert [float(ours(x)) for x in numbers] == [theirs(x) for x in numbers] == ours(numbers).tolist()


def test_its_lengths_are_sums_in_order_and_other_norms_are_numpys(suite):
    for x in RANDOM.standard_normal((100, 4)):
        assert suite[0].linalg.norm(x) == math.sqrt(((x[0] ** 2 + x[1] ** 2) + x[2] ** 2) + x[3] ** 2)
    rows = RANDOM.standard_normal((5, 3))
    np.testing.assert_array_equal(suite[0].linalg.norm(rows, axis=1), np.linalg.norm(rows, axis=1))


@pytest.mark.parametrize(("env", "frame"), [("fish-swim", "geom_xmat mouth"), ("swimmer-swimmer6", "xmat head")])
def test_a_target_is_seen_where_the_suite_sees_it(env, frame):
    env = make(env)
    env.reset(seed=1)
    physics, (matrices, name) = env.unwrapped.dm_env.physics, frame.split()
    places, seen = physics.named.data.geom_xpos, getattr(physics.named.data, matrices)[name].reshape(3, 3)
    mouth = "mouth" if name == "mouth" else "nose"
    expected = (places["target"] - places[mouth]).dot(seen)
    found = physics.mouth_to_target() if mouth == "mouth" else physics.nose_to_target()
    np.testing.assert_allclose(found, expected[: len(found)], rtol=1e-14)


def test_numpy_itself_is_left_alone(suite):
    assert np.exp is not suite[0].exp
    assert isinstance(np.exp, np.ufunc)
