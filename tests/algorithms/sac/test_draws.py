"""Random numbers of a training, by step."""

import numpy as np

from itt.algorithms.sac import draws as module
from itt.algorithms.sac.draws import BLOCK, Draws
from itt.seeding import Purpose, generator

STEPS = [0, 1, BLOCK - 1, BLOCK, 5 * BLOCK + 3]


def of(draws, step):
    return (draws.uniform(step), draws.normal(step), *draws.learning(step))


def test_a_step_has_its_numbers_whatever_was_drawn_before():
    used = Draws(3, batch=4, action=2)
    for step in range(0, 3 * BLOCK, 7):
        of(used, step)

    for step in STEPS:
        for here, there in zip(of(used, step), of(Draws(3, batch=4, action=2), step), strict=True):
            assert here.tobytes() == there.tobytes()


def test_steps_and_seeds_do_not_share_numbers():
    found = [array.tobytes() for seed in (0, 1) for step in STEPS for array in of(Draws(seed, 4, 2), step)]
    assert len(set(found)) == len(found)


def test_each_kind_of_number_has_a_stream_of_its_own(monkeypatch):
    purposes = []
    monkeypatch.setattr(module, "generator", lambda key, purpose: purposes.append(purpose) or generator(key, purpose))

    of(Draws(0, 4, 2), 0)

    assert sorted(purposes) == [Purpose.EXPLORATION, Purpose.REPLAY, Purpose.UPDATE]


def test_they_are_uniform_and_normal():
    draws = Draws(0, batch=256, action=6)
    uniform = np.concatenate([draws.uniform(step) for step in range(2000)])
    points, noise = (np.stack(parts) for parts in zip(*(draws.learning(step) for step in range(64)), strict=True))

    assert -1 <= uniform.min() < -0.99 < 0.99 < uniform.max() < 1
    assert abs(uniform.mean()) < 0.02
    assert 0 <= points.min() < 0.001 < 0.999 < points.max() < 1
    assert noise.shape == (64, 3, 256, 6)
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1) < 0.01
