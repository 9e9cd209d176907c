"""The dm_control adapter plays what dm_control plays, and lets a MuJoCo loop in."""

import numpy as np
import pytest

from itt.envs import CATALOG, make
from itt.published.names import DMCS


@pytest.mark.parametrize("name", DMCS.values())
def test_an_episode_is_dm_controls_own(name):
    env = make(name)  # first: it sets MUJOCO_GL before dm_control is imported
    from dm_control import suite

    rng = np.random.default_rng(5)
    theirs = suite.load(*CATALOG[name].id.split("/"), task_kwargs={"random": 7})
    step = theirs.reset()
    observation, _ = env.reset(seed=7)
    for _ in range(300):
        np.testing.assert_array_equal(observation, joined(step.observation))
        action = rng.uniform(-1.0, 1.0, env.action_space.shape)
        step = theirs.step(action)
        observation, reward, terminated, truncated, _ = env.step(action)
        assert reward == step.reward
        assert not (terminated or truncated)


def joined(observation):
    return np.hstack(list(observation.values()))


def test_a_last_step_with_discount_zero_is_terminated():
    env = make("walker-walk")
    env.reset(seed=0)
    env.unwrapped.dm_env.task.get_termination = lambda physics: 0.0

    _, _, terminated, truncated, _ = env.step(np.zeros(6))

    assert (terminated, truncated) == (True, False)


def test_a_last_step_with_a_discount_is_truncated():
    env = make("walker-walk")
    env.reset(seed=0)
    env.unwrapped.dm_env.task.get_termination = lambda physics: 1.0

    _, _, terminated, truncated, _ = env.step(np.zeros(6))

    assert (terminated, truncated) == (False, True)


def test_a_step_after_the_end_is_refused():
    env = make("walker-walk")
    env.reset(seed=0)
    env.unwrapped.dm_env.task.get_termination = lambda physics: 0.0
    env.step(np.zeros(6))

    with pytest.raises(RuntimeError, match="call reset"):
        env.step(np.zeros(6))


@pytest.mark.parametrize("name", [*DMCS.values(), "Swimmer-v2", "Hopper-v2", "HalfCheetah-v2", "Walker2d-v2"])
def test_mujocos_model_data_and_frame_skip_are_within_reach(name):
    """A compiled loop needs all three; together they say how much simulated time a step takes."""
    env = make(name)
    env.reset(seed=0)
    model, data, frame_skip = env.unwrapped.model, env.unwrapped.data, env.unwrapped.frame_skip
    before = data.time

    env.step(env.action_space.sample())

    assert data.time - before == pytest.approx(frame_skip * model.opt.timestep)
    assert isinstance(frame_skip, int)
