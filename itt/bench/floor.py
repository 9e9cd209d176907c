"""The floor under a rollout: the same controls from the same initial state, with nothing but the simulator's steps."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from itt import seeding
from itt.native.kernel import kernel
from itt.policies import Theta
from itt.rollouts.compiled import classic_control, physics, policy
from itt.rollouts.compiled.library import mj_step, mj_step1, mj_step2
from itt.rollouts.compiled.player import CompiledPlayer, SimulatorPlayer
from itt.rollouts.compiled.simulation import ACROBOT, GYMNASIUM
from itt.seeding import Key

Actions = NDArray[np.float64]
"""The controls of one episode, (steps, a), or (steps, 1) for indices."""


class Floor(Protocol):
    """Plays a player's episodes once more, without the player."""

    def record(self, theta: Theta, key: Key) -> Actions:
        """The actions that the player takes in an episode."""

    def begin(self, key: Key) -> None:
        """Resets the env to where the episode began."""

    def replay(self, actions: Actions) -> None:
        """Takes the actions."""


def floor(player: CompiledPlayer | SimulatorPlayer) -> Floor:
    """The floor of a player, played in that player's own simulation."""
    return _CompiledFloor(player) if isinstance(player, CompiledPlayer) else _SimulatorFloor(player)


class _CompiledFloor:
    """The physics steps alone, in a compiled loop."""

    def __init__(self, player: CompiledPlayer) -> None:
        self.player = player

    def record(self, theta: Theta, key: Key) -> Actions:
        player = self.player
        taken: list[Actions] = []
        policy.begin(player.actor, player.run, theta, key)
        self.begin(key)
        over = False
        while not over:
            physics.observe(player.physics, player.state)
            policy.act(player.actor, player.state, len(taken), player.action)
            taken.append(player.action.copy())
            _, terminated, diverged = physics.step(player.physics, player.action)
            over = terminated or diverged or len(taken) >= player.limit
        return np.array(taken)

    def begin(self, key: Key) -> None:
        physics.begin(self.player.physics, self.player.env, seeding.env_seed(key))

    def replay(self, actions: Actions) -> None:
        _replay(self.player.physics, actions)


class _SimulatorFloor:
    """`env.step` alone."""

    def __init__(self, player: SimulatorPlayer) -> None:
        self.player = player

    def record(self, theta: Theta, key: Key) -> Actions:
        player = self.player
        taken: list[Actions] = []
        policy.begin(player.actor, player.run, theta, key)
        state, _ = player.env.reset(seed=seeding.env_seed(key))
        over = False
        while not over:
            policy.act(player.actor, np.asarray(state, dtype=np.float64), len(taken), player.action)
            taken.append(player.action.copy())
            state, _, terminated, truncated, _ = player.env.step(self._given(player.action))
            over = terminated or truncated or len(taken) >= player.limit
        return np.array(taken)

    def begin(self, key: Key) -> None:
        self.player.env.reset(seed=seeding.env_seed(key))

    def replay(self, actions: Actions) -> None:
        step = self.player.env.step
        for action in actions:
            step(self._given(action))

    def _given(self, action: Actions) -> Any:
        return int(action[0]) if self.player.spec.discrete else action.copy()


@kernel
def _replay(simulation: Any, actions: Any) -> None:
    """Plays actions, shape (steps, a): controls in, and the calls into MuJoCo that the env makes; no more than that."""
    for t in range(len(actions)):
        if simulation.kind <= ACROBOT:
            classic_control.step(simulation, actions[t])
            continue
        for i in range(len(simulation.ctrl)):
            simulation.ctrl[i] = actions[t, i]
        if simulation.kind == GYMNASIUM:
            for _ in range(simulation.substeps):
                mj_step(simulation.model, simulation.data)
        else:
            mj_step2(simulation.model, simulation.data)
            for _ in range(simulation.substeps - 1):
                mj_step(simulation.model, simulation.data)
            mj_step1(simulation.model, simulation.data)
