"""Scores that are NaN or infinite: what is chosen then is defined, and both engines choose it.

Weights so large that products overflow give such scores, with observations and candidates that are as they always are.
"""

import numpy as np
import pytest
import torch

from itt.candidates import argmax, draw, log_weights
from itt.policies import architecture_of
from itt.policies.torch_policy import load_theta
from itt.resolve import env_of, resolve
from itt.rollouts.compiled import policy
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

INF, NAN = np.inf, np.nan
KEY = Key(0, 3, 1, 1)
CONTINUOUS = [
    ("itt", []),
    ("itt", ["policy.kernel=angular"]),
    ("itt", ["policy.selection=sample"]),
    ("itt", ["policy.kernel=softmax", "policy.selection=sample"]),
    ("itt", ["candidates.resample=once"]),
    ("itt", ["candidates.resample=once", "candidates.subsample=70"]),
    ("itt", ["policy.state.output=relu", "policy.action.layers=2"]),
    ("itt", ["candidates.resample=once", "search.name=srp", "candidates.count=512"]),
    ("itt", ["candidates.resample=once", "search={name: srp, tables: 2}", "candidates.count=512"]),
    ("itt", ["candidates.resample=once", "search.name=rft", "policy.selection=sample"]),
    ("iot", []),
    ("iot", ["policy.selection=sample"]),
    ("iot", ["candidates.resample=once"]),
]
DISCRETE = [(method, [f"policy.selection={selection}"]) for method in ("itt", "iot", "explicit")
            for selection in ("argmax", "sample")]  # fmt: skip


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        ([NAN, 1.0, 2.0], 2),
        ([1.0, NAN, 1.0], 0),
        ([NAN, NAN, NAN], 0),
        ([NAN, -INF, 3.0], 2),
        ([NAN, INF, INF], 1),
        ([NAN, -INF], 0),
    ],
)
def test_a_score_that_is_no_number_never_wins_and_where_all_are_the_first_does(scores, chosen):
    assert argmax(np.array(scores)) == chosen


@pytest.mark.parametrize("kernel", ["dot", "softmax", "angular"])
@pytest.mark.parametrize(
    ("scores", "drawn"),
    [
        ([NAN, 1.0, NAN, 1.0], {1, 3}),
        ([NAN, NAN], {0}),
        ([1.0, INF, NAN, INF], {1}),
        ([-INF, -INF], {0}),
    ],
)
def test_a_score_that_is_no_number_is_never_drawn(kernel, scores, drawn):
    units = np.linspace(0.0, 1.0, 200, endpoint=False)

    assert set(draw(log_weights(kernel, np.array(scores)), units).tolist()) == drawn


def choices(run, theta, states):
    """What each engine chooses in each state: an index, or an action's numbers."""
    spec, architecture = env_of(run), architecture_of(run)
    actor, action = policy.make(run, spec, architecture), np.zeros(1 if spec.discrete else spec.action)
    policy.begin(actor, run, theta, KEY)
    readable = ReferencePlayer(run, spec)
    with torch.no_grad():
        load_theta(readable.policy, theta)
        act = readable.actor(KEY)
        fast, slow = [], []
        for transition, state in enumerate(states):
            policy.act(actor, state, transition, action)
            fast.append(action.copy())
            slow.append(np.atleast_1d(np.asarray(act(torch.from_numpy(state), transition), np.float64)))
    return np.array(fast), np.array(slow)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("size", [1e30, 1e100, 1e160, 1e250, 1e308])
@pytest.mark.parametrize(
    ("env", "method", "settings"),
    [
        *[("Swimmer-v2", *case) for case in CONTINUOUS],
        *[("Acrobot-v1", *case) for case in DISCRETE],
    ],
)
def test_both_engines_choose_the_same_where_products_overflow(env, method, settings, size):
    run = resolve(single(env, method, overrides=["candidates.count=300", *settings]))
    random = np.random.default_rng(0)
    states = random.standard_normal((20, env_of(run).observation))
    for _ in range(5):
        theta = random.uniform(-1.0, 1.0, architecture_of(run).size) * size ** random.uniform(0.5, 1.0)

        fast, slow = choices(run, theta, states)

        np.testing.assert_array_equal(fast, slow)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("kernel", ["dot", "angular"])
def test_a_latent_of_length_zero_does_not_hide_candidates_whose_latents_are_infinite(kernel):
    run = resolve(single("Swimmer-v2", "itt", overrides=["candidates.count=300", f"policy.kernel={kernel}"]))
    theta = np.zeros(architecture_of(run).size)
    theta[architecture_of(run).action_part] = 1.7e308

    fast, slow = choices(run, theta, np.ones((10, 8)))

    np.testing.assert_array_equal(fast, slow)
