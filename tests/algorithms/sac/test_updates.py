"""The fast update has the readable one's numbers."""

import numpy as np
import pytest
import torch

from itt.algorithms.sac.networks import first_networks, shape_of
from itt.algorithms.sac.settings import SAC
from itt.algorithms.sac.update import ReadableUpdate
from itt.algorithms.sac.update_fast import FastUpdate
from itt.experience import Batch
from itt.experience.replay import width

S, A = 5, 3
SMALL = {"batch_size": 64, "hidden_sizes": (32, 24)}


def settings(**changed):
    return SAC(**{**SMALL, **changed})


def both(changed=None, dtype=torch.float64):
    chosen = settings(**(changed or {}))
    shape = shape_of(chosen, S, A)
    return (
        ReadableUpdate(chosen, shape, first_networks(shape, 0), "cpu", dtype),
        FastUpdate(chosen, shape, first_networks(shape, 0), dtype),
    )


def experience(step, rows=64):
    """A batch and the noise of an update."""
    random = np.random.default_rng(step)
    batch = Batch(random.normal(size=(rows, width(S, A))).astype(np.float32), S, A)
    batch.action[:] = np.tanh(batch.action)
    batch.terminal[:] = random.random(rows) < 0.2
    return batch, random.normal(size=(3, rows, A)).astype(np.float32)


def apart(one, other):
    """The largest distance between arrays of the same name, relative to the larger of their lengths."""
    assert one.keys() == other.keys()
    return max(
        np.linalg.norm(np.subtract(one[name], other[name])) / max(np.linalg.norm(one[name]), 1e-30) for name in one
    )


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-6), (torch.float64, 1e-12)])
@pytest.mark.parametrize("hidden_sizes", [(256, 256), (32,), (24, 48, 16)])
def test_gradients_are_equal(dtype, within, hidden_sizes):
    # Steps of Q are next to nothing, else Adam's first one, which has the length of a sign, moves what it rounds.
    readable, fast = both({"hidden_sizes": hidden_sizes, "q_lr": 1e-30, "policy_lr": 1e-30}, dtype)

    for step in range(3):
        told = [update.learn(*experience(step), move_targets=True) for update in (readable, fast)]
        assert apart(readable.gradients(), fast.gradients()) <= within
        np.testing.assert_allclose(*told, rtol=10 * within)


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-3), (torch.float64, 1e-9)])
def test_both_train_and_end_with_equal_parameters(dtype, within):
    readable, fast = both(dtype=dtype)
    start = fast.arrays()

    for step in range(50):
        for update in (readable, fast):
            update.learn(*experience(step), move_targets=step % 2 == 0)

    ends = readable.arrays(), fast.arrays()
    assert apart(*ends) <= within
    moved = {name for name in start if not np.array_equal(start[name], ends[1][name])}
    assert moved == set(start)


@pytest.mark.parametrize("names", [(0, 1), (1, 0)], ids=["fast goes on", "readable goes on"])
def test_one_goes_on_from_what_the_other_saved(names):
    updates = both()
    before, after = (updates[k] for k in names)
    for step in range(3):
        before.learn(*experience(step), move_targets=True)

    after.load(before.arrays())

    assert apart(before.arrays(), after.arrays()) == 0
    for update in (before, after):
        update.learn(*experience(7), move_targets=True)
    assert apart(before.arrays(), after.arrays()) <= 1e-9


@pytest.mark.parametrize("noisy", [True, False])
def test_both_act_alike(noisy):
    random = np.random.default_rng(0)
    observations = random.normal(size=(2, S)).astype(np.float32)
    noise = random.normal(size=(2, A)).astype(np.float32) if noisy else None

    actions = [update.act(observations, noise) for update in both(dtype=torch.float32)]

    np.testing.assert_allclose(*actions, rtol=1e-6)


@pytest.mark.parametrize("kind", [0, 1], ids=["readable", "fast"])
def test_no_number_in_what_is_drawn_is_told(kind):
    update, (batch, noise) = both(dtype=torch.float32)[kind], experience(0)
    batch.observation[5, 2] = np.nan

    told = update.learn(batch, noise, move_targets=True)

    assert np.isnan(told.q_loss)
    assert np.isnan(told.policy_loss)


@pytest.mark.parametrize("kind", [0, 1], ids=["readable", "fast"])
def test_alpha_grows_while_the_entropy_is_below_its_target(kind):
    for entropy, grows in ((100.0, True), (-100.0, False)):
        update = both({"target_entropy": entropy})[kind]
        first, second = (update.learn(*experience(0), move_targets=True).alpha for _ in range(2))
        assert first == pytest.approx(0.1)
        assert (second > first) == grows


@pytest.mark.parametrize("kind", [0, 1], ids=["readable", "fast"])
def test_q_learns_the_rewards_where_nothing_follows(kind):
    update = both({"discount": 0.0, "q_lr": 1e-2, "reward_scale": 2.0}, torch.float32)[kind]
    batch, noise = experience(0)

    for _ in range(300):
        told = update.learn(batch, noise, move_targets=True)

    assert told.q_loss < 0.01
    assert told.q == pytest.approx(2 * batch.reward.mean(), abs=0.05)
