"""Compiled physics beside the reference env: the same states, observations, rewards and ends, bit for bit."""

import numba
import numpy as np
import pytest

from itt.envs import CATALOG, make
from itt.envs.divergence import has_diverged
from itt.published.names import DMCS
from itt.rollouts.compiled import physics

CLASSIC = ("CartPole-v1", "MountainCar-v0", "Acrobot-v1", "MountainCarContinuous-v0")
GYM_MUJOCO = ("Swimmer-v2", "Hopper-v2", "HalfCheetah-v2", "Walker2d-v2")
SUITE = tuple(DMCS.values())


class Pair:
    """An env and its compiled twin, in step."""

    def __init__(self, name):
        self.name, self.spec = name, CATALOG[name]
        self.env, self.twin = make(name), make(name)
        self.physics = physics.attach(self.twin, self.spec)
        self.seen = np.full(self.spec.observation, np.nan)

    def begin(self, seed):
        self.observation, _ = self.env.reset(seed=seed)
        physics.begin(self.physics, self.twin, seed)
        self.compare()

    def compare(self):
        physics.observe(self.physics, self.seen)
        np.testing.assert_array_equal(self.seen, self.observation)
        if self.name in CLASSIC:
            state = self.env.unwrapped.state
            np.testing.assert_array_equal(self.physics.state[: len(state)], state)
        else:
            one, other = self.env.unwrapped.data, self.twin.unwrapped.data
            np.testing.assert_array_equal(one.qpos, other.qpos)
            np.testing.assert_array_equal(one.qvel, other.qvel)

    def step(self, action):
        """Returns the reward and whether the episode ended by the task's rule, and by its limit."""
        self.observation, reward, terminated, truncated, _ = self.env.step(action)
        there = np.atleast_1d(np.asarray(action, np.float64))
        twin_reward, twin_terminated, diverged = physics.step(self.physics, there)
        assert twin_reward == reward
        assert twin_terminated == terminated
        assert not diverged and not has_diverged(self.env)
        self.compare()
        return reward, terminated, truncated


def lively(pair, step, rng):
    """An action: noise, then from limit to limit in slow waves, then held."""
    n, phase = pair.spec.action, step // 100 % 3
    if pair.spec.discrete:
        return int(rng.integers(n)) if phase == 0 else step // (20 if phase == 1 else 100) % n
    noise = rng.uniform(-1.0, 1.0, n)
    return (
        noise
        if phase == 0
        else np.sign(np.sin(step / 15 + np.arange(n)))
        if phase == 1
        else np.sign(noise[:1] + 0 * noise)
    )


@pytest.mark.parametrize("name", (*CLASSIC, *GYM_MUJOCO, *SUITE))
def test_a_thousand_steps_are_those_of_the_reference_env(name):
    pair, rng = Pair(name), np.random.default_rng(5)
    over, seed = True, 0
    for step in range(1000):
        if over:
            seed += 1
            pair.begin(seed)
        _, terminated, truncated = pair.step(lively(pair, step, rng))
        over = terminated or truncated


@pytest.mark.parametrize("name", (*GYM_MUJOCO, *SUITE))
def test_the_first_steps_of_many_episodes_are_those_of_the_reference_env(name):
    pair, rng = Pair(name), np.random.default_rng(6)
    rewards = set()
    for seed in range(20):
        pair.begin(seed)
        rewards.update(pair.step(lively(pair, step, rng))[0] for step in range(15))
    assert len(rewards) > 20, "rewards that are all the same show nothing"


def leaning(observation):
    """Holds the pole to one side, and so runs off the track."""
    _, _, angle, turn = observation
    return int(angle + 0.3 * turn > 0.05)


GOALS = {
    "CartPole-v1": leaning,
    "MountainCar-v0": lambda observation: 2 if observation[1] > 0 else 0,
    "MountainCarContinuous-v0": lambda observation: np.array([1.0 if observation[1] > 0 else -1.0]),
    "Acrobot-v1": lambda observation: 2 if observation[5] > 0 else 0,
}


@pytest.mark.parametrize("name", GOALS)
def test_the_goal_is_reached_in_the_same_step(name):
    pair = Pair(name)
    for seed in range(5):
        pair.begin(seed)
        terminated = truncated = False
        while not (terminated or truncated):
            _, terminated, truncated = pair.step(GOALS[name](pair.observation))
        assert terminated


@pytest.mark.parametrize("name", CLASSIC)
def test_one_step_from_anywhere_is_the_same(name):
    """Walls, speed limits and edges of rounding, which an episode seldom meets: half of all numbers stand on one."""
    pair, rng = Pair(name), np.random.default_rng(3)
    pair.begin(0)
    size = len(pair.env.unwrapped.state)
    single = name == "MountainCarContinuous-v0"
    edges = {
        2: ([-1.2, 0.6, 0.45, 0.38, -1.19], [-0.07, 0.07, 0.0, 0.0699]),
        4: ([-2.4, 2.4, -3.1, 3.1, 0.2, -0.2],) * 4,
    }
    reach = {2: (1.0, 0.07), 4: (3.0, 12.0, 3.0, 28.0) if name == "Acrobot-v1" else (2.5, 3.0, 0.25, 3.0)}[size]
    for _ in range(2000):
        numbers = [
            rng.choice(edge) if rng.random() < 0.5 else rng.uniform(-most, most)
            for edge, most in zip(edges[size], reach, strict=True)
        ]
        state = np.array(numbers, np.float32 if single else np.float64)
        pair.env.reset(seed=0)
        pair.env.unwrapped.state = state
        pair.physics.state[:size] = state
        pair.physics.state[size:] = 1.0
        pair.step(int(rng.integers(pair.spec.action)) if pair.spec.discrete else rng.uniform(-1.0, 1.0, 1))


def placed(pair, arrange):
    """Changes the model or the state of both envs of a pair in the same way."""
    import mujoco

    pair.begin(1)
    for env in (pair.env, pair.twin):
        model, data = env.unwrapped.model, env.unwrapped.data
        arrange(model, data)
        mujoco.mj_forward(model, data)


def at_the_mouth(model, data):
    model.geom("target").pos[:] = data.geom("mouth").xpos


def at_the_nose(model, data):
    model.geom("target").pos[:2] = data.geom("nose").xpos[:2]


def standing(model, data):
    data.qpos[:] = model.qpos0
    data.qvel[:] = 0.0


def running(model, data):
    standing(model, data)
    data.joint("rootx").qvel[0] = 4.0


@pytest.mark.parametrize(
    ("name", "arrange", "least"),
    [
        ("fish-swim", at_the_mouth, 7 / 8),
        ("swimmer-swimmer6", at_the_nose, 1.0),
        ("swimmer-swimmer15", at_the_nose, 1.0),
        ("hopper-stand", standing, 1.0),
        ("walker-walk", running, 0.99),
    ],
)
def test_a_full_reward_is_the_same(name, arrange, least):
    pair = Pair(name)
    placed(pair, arrange)

    reward, _, _ = pair.step(np.zeros(pair.spec.action))

    assert reward >= least


@pytest.mark.parametrize(
    ("name", "what", "index", "value"),
    [
        ("Hopper-v2", "qpos", 1, 0.6),
        ("Hopper-v2", "qpos", 2, 0.3),
        ("Hopper-v2", "qpos", 2, -0.3),
        ("Hopper-v2", "qpos", 3, 150.0),
        ("Hopper-v2", "qvel", 0, 150.0),
        ("Hopper-v2", "qvel", 0, -150.0),
        ("Walker2d-v2", "qpos", 1, 0.5),
        ("Walker2d-v2", "qpos", 1, 2.5),
        ("Walker2d-v2", "qpos", 2, 1.2),
        ("Walker2d-v2", "qpos", 2, -1.2),
    ],
)
def test_each_limit_of_health_ends_the_episode(name, what, index, value):
    pair = Pair(name)
    placed(pair, lambda model, data: getattr(data, what).__setitem__(index, value))

    _, terminated, _ = pair.step(np.zeros(pair.spec.action))

    assert terminated


def test_all_envs_are_of_one_type_so_everything_compiles_once():
    types = {numba.typeof(Pair(name).physics) for name in (*CLASSIC, *GYM_MUJOCO, *SUITE)}

    assert len(types) == 1


def test_thirteen_of_the_papers_envs_have_a_compiled_twin():
    without = [spec.name for spec in CATALOG.values() if not physics.supported(spec)]

    assert without == ["LunarLanderContinuous-v2", "InvertedPendulumBulletEnv-v0"]
