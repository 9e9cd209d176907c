"""An environment that someone brings is served in its own terms: its spaces, its arguments, its place, its cost."""

import shutil
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple, flatten

from itt.envs import describe, make
from itt.errors import UserError

SOURCE = Path(__file__).parents[1] / "brought_envs.py"
BOX = Box(-1.0, 1.0, (2,))


class Recorder(gymnasium.Env):
    """Any spaces; remembers what it was asked to do."""

    def __init__(self, observation_space, action_space):
        self.observation_space, self.action_space = observation_space, action_space
        self.done = []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.seen(seed), {}

    def step(self, action):
        self.done.append(action)
        return self.seen(len(self.done)), 0, np.False_, np.False_, {}

    def seen(self, seed):
        self.observation_space.seed(seed)
        return self.observation_space.sample()


@pytest.fixture
def brought():
    """Registers an environment with the given spaces for the time of a test and makes it."""

    def with_spaces(observation_space, action_space):
        gymnasium.register("Recorder-v0", entry_point=lambda: Recorder(observation_space, action_space))
        env = make("Recorder-v0")
        env.reset(seed=0)
        return env

    yield with_spaces
    gymnasium.registry.pop("Recorder-v0", None)


def done(env, action):
    """What the environment itself is asked to do."""
    env.step(action)
    return env.unwrapped.done[-1]


@pytest.mark.parametrize(
    "space",
    [
        Dict({"b": Box(-1.0, 1.0, (2, 3)), "a": Discrete(3)}),
        Tuple([Discrete(2, start=5), Box(0, 9, (2,), np.int32)]),
        MultiDiscrete([2, 3]),
        MultiBinary(3),
        Box(0, 255, (4, 5, 3), np.uint8),
        Discrete(5, start=-2),
        Dict({"nested": Dict({"x": MultiBinary([2, 2])})}),
    ],
)
def test_observations_are_flattened_as_gymnasium_does(brought, space):
    env = brought(space, BOX)
    observation, _ = env.reset(seed=4)
    space.seed(4)

    np.testing.assert_array_equal(observation, flatten(space, space.sample()))
    assert (observation.dtype, observation.shape) == (np.float64, (describe("Recorder-v0").observation,))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_actions_come_in_the_spaces_own_type(brought, dtype):
    action = done(brought(BOX, Box(-1.0, 1.0, (2,), dtype)), np.array([0.1, -0.3]))

    assert action.dtype == dtype
    np.testing.assert_array_equal(action, np.array([0.1, -0.3]).astype(dtype))


def test_actions_come_in_the_spaces_own_shape(brought):
    env = brought(BOX, Box(np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([[4.0, 5.0], [6.0, 7.0]]), dtype=np.float64))

    assert (describe("Recorder-v0").low, describe("Recorder-v0").high) == ((0.0, 1.0, 2.0, 3.0), (4.0, 5.0, 6.0, 7.0))
    np.testing.assert_array_equal(done(env, np.array([1.0, 2.0, 3.0, 4.0])), [[1.0, 2.0], [3.0, 4.0]])


def test_an_action_of_no_dimensions_is_one_number(brought):
    action = done(brought(BOX, Box(-1.0, 1.0, ())), np.array([0.5]))

    assert (action.shape, float(action)) == ((), 0.5)


def test_actions_of_a_whole_number_are_rounded_to_the_nearest(brought):
    action = done(brought(BOX, Box(-3, 7, (4,), np.int8)), np.array([-2.6, 0.4, 6.9, 1.6]))

    assert action.dtype == np.int8
    assert action.tolist() == [-3, 0, 7, 2]


def test_an_action_that_float32_rounds_beyond_a_bound_is_put_back_on_it(brought):
    low = 0.1
    assert float(np.float32(low)) > low
    space = Box(-1.0, low, (1,), np.float64)

    assert space.contains(done(brought(BOX, space), np.array([np.float32(low)], np.float64)))


def test_a_discrete_action_begins_where_its_space_does(brought):
    env = brought(BOX, Discrete(3, start=-1))

    assert [done(env, index) for index in range(3)] == [-1, 0, 1]
    assert env.action_space == Discrete(3)


@pytest.mark.parametrize(
    ("space", "parts", "last_but_one"),
    [
        (MultiDiscrete([2, 3], start=[5, 0]), (2, 3), [6, 1]),
        (MultiDiscrete(np.array([[2, 2], [1, 3]])), (2, 2, 1, 3), [[1, 1], [0, 1]]),
        (MultiBinary(3), (2, 2, 2), [1, 1, 0]),
        (MultiBinary([2, 2]), (2, 2, 2, 2), [[1, 1], [1, 0]]),
    ],
)
def test_combined_actions_are_numbered_and_each_is_one_of_the_space(brought, space, parts, last_but_one):
    env = brought(BOX, space)
    count = int(np.prod(parts))

    taken = [done(env, index) for index in range(count)]

    assert describe("Recorder-v0").parts == parts
    assert (describe("Recorder-v0").action, describe("Recorder-v0").discrete) == (count, True)
    assert all(space.contains(action) for action in taken)
    assert len({action.tobytes() for action in taken}) == count
    assert taken[-2].tolist() == last_but_one


def test_rewards_and_ends_are_plain_whatever_the_environment_gives(brought):
    _, reward, terminated, truncated, _ = brought(BOX, BOX).step(np.zeros(2))

    assert [type(part) for part in (reward, terminated, truncated)] == [float, bool, bool]


def test_keyword_arguments_make_another_environment():
    assert make("FrozenLake-v1", map_name="8x8").observation_space.shape == (64,)
    assert describe("FrozenLake-v1", map_name="8x8").observation == 64
    assert describe("FrozenLake-v1").observation == 16


def test_keyword_arguments_of_one_of_the_papers_environments_are_looked_at():
    spec = describe("Hopper-v2", exclude_current_positions_from_observation=False)

    assert (spec.name, spec.id, spec.observation) == ("Hopper-v2", "Hopper-v4", 12)
    assert spec.kwargs == {"exclude_current_positions_from_observation": False}


def test_keyword_arguments_reach_the_control_suite():
    assert describe("fish-swim", task_kwargs={"time_limit": 2.0}).episode_limit == 50
    assert describe("fish-swim").episode_limit == 1000


def test_an_environment_that_knows_no_such_argument_is_told_in_one_line():
    with pytest.raises(UserError, match=r"environment CartPole-v1 cannot be made: TypeError: .*unexpected keyword"):
        describe("CartPole-v1", gravitation=3)


def test_an_environment_by_gymnasiums_own_id_is_the_papers():
    assert describe("HalfCheetah-v4").observation == describe("HalfCheetah-v2").observation
    assert describe("HalfCheetah-v4").name == "HalfCheetah-v4"


def test_an_environment_is_made_once_to_be_looked_at_and_played(brought_envs):
    before = len(brought_envs.MADE)

    describe("Strange-v0"), describe("Strange-v0")
    first = make("Strange-v0")

    assert len(brought_envs.MADE) == before + 1
    assert make("Strange-v0") is not first


@pytest.mark.parametrize("where", ["init", "reset", "step", "close"])
def test_whatever_it_raises_is_told_in_one_line_with_its_place(brought_envs, where):
    with pytest.raises(UserError) as error:
        env = make("Strange-v0", raises=where)
        env.reset(seed=0)
        env.step(np.zeros(2))
        env.close()

    assert "\n" not in str(error.value)
    assert "Strange-v0" in str(error.value)
    assert f"ValueError: there is nothing to be done ({SOURCE}, line " in str(error.value)


def in_a_process(code, folder):
    """Python as a script is started: the current folder is not on its path."""
    return subprocess.run([sys.executable, "-P", "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def test_a_module_may_lie_in_the_current_folder(tmp_path):
    shutil.copy(SOURCE, tmp_path / "my_envs.py")

    done = in_a_process("from itt.envs import describe; print(describe('my_envs:Strange-v0').observation)", tmp_path)

    assert (done.stdout, done.stderr) == ("8\n", "")


def test_a_module_in_the_current_folder_does_not_stand_before_what_is_installed(tmp_path):
    (tmp_path / "pendulum.py").write_text("import gymnasium\n")
    (tmp_path / "dataclasses.py").write_text("raise ImportError('this one is mine')\n")
    code = "from itt.envs import describe\nprint(describe('pendulum:Pendulum-v1').action)\nimport email.policy"

    done = in_a_process(code, tmp_path)

    assert (done.stdout, done.stderr) == ("1\n", "")


def test_a_module_that_cannot_be_imported_is_told_in_one_line(tmp_path):
    (tmp_path / "my_envs.py").write_text("1 / 0\n")

    with pytest.raises(UserError) as error:
        sys.path.append(str(tmp_path))
        try:
            describe("my_envs:Strange-v0")
        finally:
            sys.path.remove(str(tmp_path))

    told = "environment my_envs:Strange-v0: its module my_envs cannot be imported: ZeroDivisionError: "
    assert str(error.value).startswith(told)


def test_what_is_raised_in_close_is_told_when_the_process_ends(tmp_path):
    shutil.copy(SOURCE, tmp_path / "my_envs.py")
    code = "from itt.envs import make; env = make('my_envs:Strange-v0', raises='close')"

    done = in_a_process(code, tmp_path)

    assert done.returncode == 0
    (told,) = done.stderr.splitlines()
    assert told.startswith("itt: environment my_envs:Strange-v0 failed in close: ValueError: there is nothing to be")


def test_an_environment_that_forgot_its_spaces_is_told_in_one_line():
    gymnasium.register("Spaceless-v0", entry_point=lambda: gymnasium.Env())

    try:
        with pytest.raises(UserError, match=r"environment Spaceless-v0 cannot be made: AttributeError: "):
            make("Spaceless-v0")
    finally:
        gymnasium.registry.pop("Spaceless-v0")
