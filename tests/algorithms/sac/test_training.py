"""A training goes on from any step with the bits that it would have had."""

import gymnasium
import numpy as np
import pytest

from itt.algorithms.sac.policy import Policy
from itt.algorithms.sac.settings import SAC
from itt.algorithms.sac.training import Training
from itt.envs import describe, make
from itt.errors import UserError
from itt.experience.segments import Segments

SMALL = {"warm_up_steps": 40, "batch_size": 16, "hidden_sizes": (16, 16), "buffer_capacity": 70, "update": "fast"}


def begun(name="Pendulum-v1", **changed):
    return Training(SAC(**{**SMALL, **changed}), make(name), describe(name), seed=0)


def run(training, steps):
    for _ in range(steps):
        training.step()
    return training


def gone_on(training, arrays, folder):
    training.restore(arrays)
    Segments(folder, training.replay).restore(training.steps)
    return training


def same(one, other):
    """Of MjData's bytes some are clocks and addresses; what they mean, the next steps tell."""
    assert one.keys() == other.keys()
    return all(one[name].tobytes() == other[name].tobytes() for name in one if name != "env/mujoco")


@pytest.mark.parametrize("update", ["fast", "readable"])
@pytest.mark.parametrize("normaliser", ["frozen", "running", "none"])
@pytest.mark.parametrize("after", [7, 40, 95])
def test_killed_and_gone_on_it_is_what_it_would_have_been(tmp_path, update, normaliser, after):
    changed = {"update": update, "normaliser": {"name": normaliser}}
    whole = run(begun(**changed), after)
    arrays, on_disk = whole.arrays(), Segments(tmp_path, whole.replay)
    on_disk.save()
    run(whole, 60)

    again = gone_on(begun(**changed), arrays, tmp_path)
    run(again, 60)

    assert same(again.arrays(), whole.arrays())
    assert again.replay.rows.tobytes() == whole.replay.rows.tobytes()
    assert str(again.summary.row()) == str(whole.summary.row())


@pytest.mark.parametrize("name", ["Ant-v4", "Humanoid-v4", "HalfCheetah-v4", "fish-swim", "MountainCarContinuous-v0"])
def test_it_goes_on_in_the_midst_of_an_episode_of_every_simulator_that_can_be_saved(tmp_path, name):
    whole = run(begun(name), 60)
    assert whole.exact
    arrays = whole.arrays()
    Segments(tmp_path, whole.replay).save()
    run(whole, 30)

    again = gone_on(begun(name), arrays, tmp_path)

    assert same(run(again, 30).arrays(), whole.arrays())


def test_where_the_env_cannot_be_saved_another_episode_begins(tmp_path):
    name = "LunarLanderContinuous-v2"
    whole = run(begun(name), 60)
    assert not whole.exact
    arrays = whole.arrays()
    Segments(tmp_path, whole.replay).save()

    again = gone_on(begun(name), arrays, tmp_path)

    went_on = run(again, 30).arrays()
    assert (went_on["steps"], went_on["episode"]) >= (90, arrays["episode"] + 1)


def test_the_same_seed_gives_the_same_bits_and_another_one_others():
    one, other = (run(begun(), 60).arrays() for _ in range(2))
    third = run(Training(SAC(**SMALL), make("Pendulum-v1"), describe("Pendulum-v1"), seed=1), 60).arrays()

    assert same(one, other)
    assert not same(one, third)


class Clock(gymnasium.Env):
    """Observes the step of its episode, rewards it, and never ends."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (1,))
    action_space = gymnasium.spaces.Box(-2.0, 6.0, (1,))

    def __init__(self, at=None, gives=None, ends=False):
        self.at, self.gives, self.ends = at, gives, ends

    def reset(self, *, seed=None, options=None):
        self.step_of_episode = 0
        return np.zeros(1), {}

    def step(self, action):
        assert -2.0 <= action[0] <= 6.0
        self.step_of_episode += 1
        there = self.step_of_episode == self.at
        found = self.gives if there and self.gives is not None else float(self.step_of_episode)
        return np.array([float(self.step_of_episode)]), found, there and self.ends, False, {}


def clocked(env, **changed):
    from itt.envs import EnvSpec

    spec = EnvSpec("Clock", "gymnasium", "Clock", 1, 1, False, (-2.0,), (6.0,), None, "")
    episode_steps = changed.pop("episode_steps", None)
    return Training(SAC(**{**SMALL, **changed}), env, spec, seed=0, episode_steps=episode_steps)


def test_actions_fill_the_bounds_of_the_env():
    env, seen = Clock(), []
    step = env.step
    env.step = lambda action: seen.append(action[0]) or step(action)
    training = clocked(env)
    run(training, 40)

    assert -2 <= min(seen) < -1.5 < 5.5 < max(seen) <= 6
    np.testing.assert_allclose(training.replay.rows[:40, 1], (np.array(seen) - 2) / 4, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("normaliser", [{"name": "frozen"}, {"name": "running", "clip": 0.7}])
def test_networks_see_normalised_observations_wherever_they_act_or_learn(normaliser, monkeypatch):
    training = run(begun(normaliser=normaliser), 50)
    seen = {}
    learn, act = training.update.learn, training.update.act
    monkeypatch.setattr(
        training.update, "learn", lambda batch, *a: seen.update(batch=batch.rows.copy()) or learn(batch, *a)
    )
    monkeypatch.setattr(training.update, "act", lambda rows, *a: seen.update(acted=rows.copy()) or act(rows, *a))
    observation, before = training._observation.astype(np.float32), training.normaliser.lens
    training.step()

    before.see(observation)
    np.testing.assert_array_equal(seen["acted"], [observation, observation])
    points, _ = training.draws.learning(training.steps)
    rows = training.replay.rows[(points * len(training.replay)).astype(int)]
    for part in (rows[:, :3], rows[:, -3:]):
        training.normaliser.see(part)
    np.testing.assert_array_equal(seen["batch"], rows)


@pytest.mark.parametrize(("transitions", "terminal"), [("bootstrap", 0.0), ("as_coded", 1.0)])
def test_what_time_cuts_short_is_no_end_but_in_the_template(transitions, terminal):
    training = run(clocked(Clock(), episode_steps=5, transitions=transitions), 12)

    observation, action, reward, ended, following = training.replay.rows[4]
    assert (observation, reward, ended, following) == (4.0, 5.0, terminal, 5.0)
    assert -1 <= action < 1
    assert training.replay.rows[5][0] == 0.0, "another episode begins"


def test_an_end_by_the_task_itself_is_an_end():
    training = run(clocked(Clock(at=3, ends=True)), 7)

    assert training.replay.rows[:7, 3].tolist() == [0, 0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize("given", [np.nan, np.inf, 1e39])
def test_a_step_that_diverges_ends_its_episode_and_is_not_learned_from(given):
    training = clocked(Clock(at=9, gives=given))
    run(training, 8)
    before = training.replay.count

    training.step()

    assert (training.replay.count, training.steps, len(training.diverged)) == (before, 9, 1)
    assert training.summary.row()["sac/diverged"] == 1
    assert np.isnan(training.summary.row()["train/return"])
    run(training, 60)
    assert all(np.isfinite(array).all() for array in training.update.arrays().values())


def test_a_training_that_diverges_ends_with_a_line():
    training = run(begun(normaliser={"name": "none"}), 45)
    arrays = training.update.arrays()
    training.update.load(arrays | {"alpha/log_alpha": np.float32(np.inf) * np.ones_like(arrays["alpha/log_alpha"])})

    with pytest.raises(UserError, match=r"step \d+: the training has diverged \(q_loss"):
        run(training, 200)


def test_statistics_freeze_when_the_warm_up_is_over():
    training = run(begun(), 41)
    lens = training.normaliser.lens

    observations = training.replay.rows[:40, :3].astype(np.float64)
    np.testing.assert_allclose(lens.mean, observations.mean(axis=0), rtol=1e-5, atol=1e-6)
    run(training, 20)
    assert training.normaliser.lens is lens


def test_nothing_is_learned_during_the_warm_up():
    training = begun()
    before = training.update.arrays()

    assert same(run(training, 40).update.arrays(), before)
    assert not same(run(training, 1).update.arrays(), before)


def test_targets_move_every_so_many_updates():
    training, moved = run(begun(target_delay=3), 40), []
    for _ in range(9):
        before = training.update.arrays()["target/networks.0.layers.0.weight"]
        training.step()
        moved.append(not np.array_equal(before, training.update.arrays()["target/networks.0.layers.0.weight"]))

    assert moved == [False, False, True] * 3


def test_a_row_tells_of_the_steps_since_the_row_before():
    training = run(clocked(Clock(), episode_steps=5), 10)
    row = training.summary.row()

    assert (row["train/return"], row["train/length"]) == (15.0, 5.0)
    assert np.isnan(row["sac/q_loss"])
    actions = training.replay.rows[:10, 1]
    assert row["sac/action_mean"] == pytest.approx(actions.mean(), abs=1e-6)
    assert row["sac/action_std"] == pytest.approx(actions.std(), rel=1e-5)
    training.summary.begin()
    row = run(training, 32).summary.row()
    assert row["sac/alpha"] == pytest.approx(0.1, rel=1e-3)
    assert np.isfinite(list(row.values())).all()


@pytest.mark.parametrize("normaliser", [{"name": "frozen", "clip": 1.5}, {"name": "none"}])
def test_a_policy_that_is_saved_acts_as_the_training_would_without_noise(normaliser):
    training = run(begun(normaliser=normaliser), 60)
    observation = np.array([0.3, -0.4, 5.0])
    rows = np.repeat(observation[None], 2, axis=0).astype(np.float32)
    training.normaliser.see(rows)

    action = Policy(training.policy(), describe("Pendulum-v1")).act(observation)

    np.testing.assert_allclose(action, 2.0 * training.update.act(rows, None)[0], rtol=1e-6)
    assert {array.dtype.kind for array in training.policy().values()} == {"f"}


@pytest.mark.parametrize(
    ("name", "lacks", "line"),
    [
        ("Pendulum-v1", "policy/", "there is no policy"),
        ("Pendulum-v1", "observation_scale", "a part is missing"),
        ("HalfCheetah-v4", "nothing", "not for HalfCheetah-v4: it maps 3 numbers to 2"),
    ],
)
def test_arrays_that_are_no_policy_for_an_env_are_refused(name, lacks, line):
    arrays = {key: array for key, array in run(begun(), 45).policy().items() if not key.startswith(lacks)}

    with pytest.raises(ValueError, match=line):
        Policy(arrays, describe(name))


@pytest.mark.parametrize("observation", [np.array([np.nan]), np.array([1.0, 2.0])], ids=["no number", "too long"])
def test_an_episode_that_begins_as_its_space_does_not_promise_ends_the_training(observation):
    training, told = run(clocked(Clock(at=3, ends=True)), 2), "begins with an observation|promises 1"
    training.env.unwrapped.reset = lambda **_: (observation, {})

    with pytest.raises(UserError, match=told):
        run(training, 2)
