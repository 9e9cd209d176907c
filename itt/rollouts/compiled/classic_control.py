"""Gymnasium's classic control: CartPole-v1, MountainCar-v0, MountainCarContinuous-v0, Acrobot-v1.

The arithmetic is Gymnasium's in every rounding. States are float64 and observations float32, except that the state of
MountainCarContinuous is float32 from the first step on, and there NumPy's promotion of types is part of the dynamics.
"""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from itt.envs import EnvSpec
from itt.native.kernel import kernel
from itt.rollouts.compiled.simulation import ACROBOT, CART_POLE, MOUNTAIN_CAR, MOUNTAIN_CAR_CONTINUOUS, Physics

KINDS = {
    "CartPole-v1": CART_POLE,
    "MountainCar-v0": MOUNTAIN_CAR,
    "MountainCarContinuous-v0": MOUNTAIN_CAR_CONTINUOUS,
    "Acrobot-v1": ACROBOT,
}


def attach(env: gymnasium.Env[Any, Any], spec: EnvSpec) -> Physics:
    """See `physics.attach`."""
    return Physics(KINDS[spec.id], constants=np.array([2.0]), state=np.zeros(4), observation=np.zeros(spec.observation))


def begin(physics: Physics, env: gymnasium.Env[Any, Any], observation: NDArray[np.float64]) -> None:
    """Takes over the state that a reset left and the observation that it gave."""
    state = env.unwrapped.state  # type: ignore[attr-defined]
    physics.state[:] = 0.0
    physics.state[: len(state)] = state
    physics.observation[:] = observation


@kernel
def observe(physics: Any, out: Any) -> None:
    """The observation of the last step, or of the reset."""
    for i in range(len(physics.observation)):
        out[i] = physics.observation[i]


@kernel
def step(physics: Any, action: Any) -> Any:
    """Plays one step; returns (reward, terminated)."""
    if physics.kind == CART_POLE:
        return _cart_pole(physics.state, int(action[0]), physics.observation)
    if physics.kind == MOUNTAIN_CAR:
        return _mountain_car(physics.state, int(action[0]), physics.observation)
    if physics.kind == MOUNTAIN_CAR_CONTINUOUS:
        return _mountain_car_continuous(physics.state, action[0], physics.constants[0], physics.observation)
    return _acrobot(physics.state, int(action[0]), physics.constants[0], physics.observation)


@kernel
def _cart_pole(state: Any, action: Any, observation: Any) -> Any:
    """A cart is pushed left or right and has to balance a pole; 1 a step."""
    gravity, pole, total, length, seconds = 9.8, 0.1, 0.1 + 1.0, 0.5, 0.02
    farthest, steepest = 2.4, 12.0 * 2.0 * math.pi / 360.0
    x, speed, angle, turn = state
    force = 10.0 if action == 1 else -10.0
    cosine, sine = math.cos(angle), math.sin(angle)
    push = (force + pole * length * (turn * turn) * sine) / total
    angular = (gravity * sine - cosine * push) / (length * (4.0 / 3.0 - pole * (cosine * cosine) / total))
    linear = push - pole * length * angular * cosine / total
    state[0], state[1] = x + seconds * speed, speed + seconds * linear
    state[2], state[3] = angle + seconds * turn, turn + seconds * angular
    for i in range(4):
        observation[i] = np.float32(state[i])
    return 1.0, not (-farthest <= state[0] <= farthest and -steepest <= state[2] <= steepest)


@kernel
def _mountain_car(state: Any, action: Any, observation: Any) -> Any:
    """A car is pushed left, not at all or right and has to swing up a hill; -1 a step."""
    position, velocity = state[0], state[1]
    velocity += (action - 1) * 0.001 + math.cos(3.0 * position) * -0.0025
    velocity = min(max(velocity, -0.07), 0.07)
    position = min(max(position + velocity, -1.2), 0.6)
    if position == -1.2 and velocity < 0.0:
        velocity = 0.0
    state[0], state[1] = position, velocity
    observation[0], observation[1] = np.float32(position), np.float32(velocity)
    return -1.0, position >= 0.5 and velocity >= 0.0


@kernel
def _mountain_car_continuous(state: Any, action: Any, two: Any, observation: Any) -> Any:
    """A car is pushed by a force in [-1, 1] and has to swing up a hill; 100 there, less what the pushes cost.

    The third number of the state says whether it is float32 by now. If so, a float32 position meets the float64
    velocity that was just computed, or a constant, to which float32 does not yield, wherever a limit was reached. For
    `two` see `_acrobot`.
    """
    position, velocity, single = state[0], state[1], state[2] == 1.0
    triple = np.float64(np.float32(3.0) * np.float32(position)) if single else 3.0 * position
    velocity += min(max(action, -1.0), 1.0) * 0.0015 - 0.0025 * math.cos(triple)
    limited = abs(velocity) > 0.07
    velocity = min(max(velocity, -0.07), 0.07)
    lowest, highest, goal = -1.2, 0.6, 0.45
    if single and limited:
        position = np.float64(np.float32(position) + np.float32(velocity))
        lowest, highest, goal = _single(lowest), _single(highest), _single(goal)
    else:
        position += velocity
    position = min(max(position, lowest), highest)
    if position == lowest and velocity < 0.0:
        velocity = 0.0
    there = position >= goal and velocity >= 0.0
    state[0], state[1], state[2] = _single(position), _single(velocity), 1.0
    observation[0], observation[1] = state[0], state[1]
    return (100.0 if there else 0.0) - action**two * 0.1, there


@kernel
def _single(x: Any) -> Any:
    """A number rounded to float32, as float64."""
    return np.float64(np.float32(x))


@kernel
def _acrobot(state: Any, action: Any, two: Any, observation: Any) -> Any:
    """Two links swing from a bar and the joint between them is turned; -1 a step until the tip is above its line.

    One step of Runge-Kutta of order 4. `two` is the exponent of the squares: NumPy's scalars are squared by `pow`,
    which differs from x * x in the last bit for one number in a thousand, and for a constant 2 the compiler would take
    the product.
    """
    torque, seconds = action - 1.0, 0.2
    y = (state[0], state[1], state[2], state[3])
    k1 = _swing(y, torque, two)
    k2 = _swing(_along(y, seconds / 2.0, k1), torque, two)
    k3 = _swing(_along(y, seconds / 2.0, k2), torque, two)
    k4 = _swing(_along(y, seconds, k3), torque, two)
    for i in range(4):
        state[i] = y[i] + seconds / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    state[0], state[1] = _wrapped(state[0]), _wrapped(state[1])
    state[2] = min(max(state[2], -4.0 * math.pi), 4.0 * math.pi)
    state[3] = min(max(state[3], -9.0 * math.pi), 9.0 * math.pi)
    for i in range(2):
        observation[2 * i] = np.float32(math.cos(state[i]))
        observation[2 * i + 1] = np.float32(math.sin(state[i]))
        observation[4 + i] = np.float32(state[2 + i])
    above = -math.cos(state[0]) - math.cos(state[1] + state[0]) > 1.0
    return 0.0 if above else -1.0, above


@kernel
def _along(y: Any, seconds: Any, k: Any) -> Any:
    """y + seconds k."""
    return y[0] + seconds * k[0], y[1] + seconds * k[1], y[2] + seconds * k[2], y[3] + seconds * k[3]


@kernel
def _wrapped(angle: Any) -> Any:
    """An angle, in [-pi, pi]."""
    while angle > math.pi:
        angle -= 2.0 * math.pi
    while angle < -math.pi:
        angle += 2.0 * math.pi
    return angle


@kernel
def _swing(y: Any, torque: Any, two: Any) -> Any:
    """The derivative of Acrobot's state (angles of both joints and their speeds), by Sutton and Barto's equations.

    Links of mass 1, length 1 and moment of inertia 1, their centres of mass in their middle.
    """
    middle, gravity, quarter = 0.5, 9.8, math.pi / 2.0
    angle1, angle2, speed1, speed2 = y
    cosine, sine = math.cos(angle2), math.sin(angle2)
    d1 = 0.25 + (1.25 + 2.0 * middle * cosine) + 1.0 + 1.0
    d2 = (0.25 + middle * cosine) + 1.0
    phi2 = middle * gravity * math.cos(angle1 + angle2 - quarter)
    phi1 = (
        -middle * speed2**two * sine
        - 2.0 * middle * speed2 * speed1 * sine
        + 1.5 * gravity * math.cos(angle1 - quarter)
        + phi2
    )
    acceleration2 = (torque + d2 / d1 * phi1 - middle * speed1**two * sine - phi2) / (1.25 - d2**two / d1)
    acceleration1 = -(d2 * acceleration2 + phi1) / d1
    return speed1, speed2, acceleration1, acceleration2
