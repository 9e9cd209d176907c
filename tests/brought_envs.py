"""Environments as people bring them, sound and unsound: `brought_envs:Strange-v0`, with what is strange as keywords."""

import os
import time
from pathlib import Path

import gymnasium
import numpy as np
from gymnasium.spaces import Box, MultiBinary, MultiDiscrete

MADE = []
"""One entry for each environment that was made in this process."""


class Strange(gymnasium.Env):
    """Eight numbers to see and two to do.

    In step `at` it is strange where the first of the two is above a limit that the seed sets; if `always`, it is
    strange from that step on, whatever is done. It ends its process in the step `leaves` of that process, unless some
    process has ended so before.
    """

    played = 0

    observation_space = Box(-1.0, 1.0, (8,))
    action_space = Box(-1.0, 1.0, (2,))

    def __init__(
        self,
        numbers=8,
        reward=None,
        state=None,
        at=3,
        raises=None,
        exits=False,
        always=False,
        seconds=0.0,
        log=None,
        leaves=None,
    ):
        MADE.append(self)
        if log is not None:
            with open(log, "a") as file:
                file.write("made\n")
        self.numbers, self.reward, self.state, self.at = numbers, reward, state, at
        self.raises, self.always, self.seconds, self.leaves = raises, always, seconds, leaves
        self.error = SystemExit if exits else ValueError
        self._fails("init")

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps, self.limit = 0, self.np_random.uniform(-1.0, 1.0)
        self._fails("reset")
        return self.seen(self.at == 0), {}

    def step(self, action):
        self.steps += 1
        self._fails("step")
        Strange.played += 1
        if self.played == self.leaves and not Path("left").exists():
            Path("left").touch()
            os._exit(0)
        time.sleep(self.seconds)
        strange = self.steps >= self.at if self.always else self.steps == self.at and action[0] > self.limit
        reward = float(action[0] + action[1])
        if strange and self.reward is not None:
            reward = float(self.reward)
        return self.seen(strange), reward, False, False, {}

    def close(self):
        self._fails("close")

    def seen(self, strange):
        state = np.full(self.numbers if strange else 8, 0.1 * (self.steps % 7), np.float64)
        if strange and self.state is not None:
            state[0] = float(self.state)
        return state

    def _fails(self, where):
        if self.raises == where:
            raise self.error("there is nothing\nto be done")


class Choices(gymnasium.Env):
    """Several choices at once, and a state that remembers them."""

    def __init__(self, action_space):
        self.action_space = action_space
        self.observation_space = Box(-1.0, 1.0, (5,))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.uniform(-1.0, 1.0, 5)
        return self.state.astype(np.float32), {}

    def step(self, action):
        assert self.action_space.contains(action)
        self.state = np.sin(3.0 * self.state + np.resize(action, 5))
        return self.state.astype(np.float32), float(self.state.sum()), False, False, {}


gymnasium.register("Strange-v0", entry_point=Strange, max_episode_steps=10)
gymnasium.register("Endless-v0", entry_point=Strange)
gymnasium.register("Parts-v0", lambda: Choices(MultiDiscrete([2, 3, 4])), max_episode_steps=10)
gymnasium.register("Bits-v0", lambda: Choices(MultiBinary(3)), max_episode_steps=10)
