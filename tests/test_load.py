"""`itt.load(RUN).act(observation)`: a trained policy, wherever states come from, does what `itt eval` plays."""

import csv

import numpy as np
import pytest

from itt import load
from itt.envs import make
from itt.errors import UserError
from itt.study import single

TINY = ["algorithm.iterations=2", "algorithm.directions=2"]
RUNS = {
    "discrete": ("CartPole-v1", "itt", []),
    "fresh candidates": ("MountainCarContinuous-v0", "itt", ["candidates.count=20"]),
    "a pool": ("Swimmer-v2", "iot", ["candidates.count=20", "candidates.resample=iteration", "episode_steps=60"]),
    "normalised": ("HalfCheetah-v2", "explicit", ["policy.observations=normalised", "episode_steps=60"]),
    "soft actor-critic": (
        "Pendulum-v1",
        "sac",
        [
            "algorithm.steps=1000",
            "algorithm.warm_up_steps=990",
            "algorithm.evaluation_interval=1000",
            "episode_steps=30",
        ],
    ),
    "the reference engine": ("Swimmer-v2", "itt", ["candidates.count=20", "engine=reference", "episode_steps=20"]),
}


def played(policy, episode):
    """The return of an episode of evaluation, in the env itself."""
    env, value, steps, over = make(policy.run.env, **policy.run.env_kwargs), 0.0, 0, False
    policy.begin(episode)
    state = env.reset(seed=policy.env_seed(episode))[0]
    while not over:
        state, reward, terminated, truncated, _ = env.step(policy.act(state))
        value, steps = value + float(reward), steps + 1
        over = terminated or truncated or steps == policy.run.episode_steps
    return value


@pytest.mark.parametrize(("env", "method", "settings"), RUNS.values(), ids=RUNS)
def test_a_loaded_policy_gets_the_returns_of_its_evaluation(tmp_path, itt, env, method, settings):
    sets = [word for setting in [*(TINY if method != "sac" else []), *settings] for word in ("--set", setting)]
    assert itt("train", "--env", env, "--method", method, *sets, "--out", tmp_path / "run").code == 0
    assert itt("eval", tmp_path / "run", "--episodes", 2).code == 0
    with (tmp_path / "run" / "evaluation.csv").open(newline="") as file:
        returns = [float(row["return"]) for row in csv.DictReader(file)]

    policy = load(tmp_path / "run")

    assert [played(policy, episode) for episode in (1, 0)] == returns[::-1]


def test_the_best_policy_is_loaded_by_its_file(train):
    done = train(single("CartPole-v1", "itt", overrides=TINY))

    assert load(done / "best.npz").act(np.zeros(4)) in (0, 1)


def test_a_state_of_another_length_is_refused(train):
    done = train(single("CartPole-v1", "itt", overrides=TINY))

    with pytest.raises(UserError, match="promises 4"):
        load(done.folder).act(np.zeros(5))


def test_what_is_no_run_is_told(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        load(tmp_path)
