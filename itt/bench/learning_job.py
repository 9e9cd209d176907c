"""What `itt bench learning` starts: learns as many steps as it is told, and says how many CPU seconds that took.

    python -m itt.bench.learning_job KIND ENV GYMNASIUM_ID

For each line of its input, a number of steps, it prints a line. A peer has the settings of ours as far as it has them:
two hidden layers of 256, batches of 256, an update a step, a buffer as large.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from itt.algorithms.sac.settings import SAC

WARM_UP = 1000
"""Steps before the first update, which are over when the job is ready."""
SETTINGS = SAC(warm_up_steps=WARM_UP, buffer_capacity=100_000)


def main(kind: str, env: str, env_id: str) -> int:
    """Answers until its input ends."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    learn = _KINDS[kind](env, env_id)
    learn(WARM_UP + 10)
    for line in sys.stdin:
        started = time.process_time()
        learn(int(line))
        print(json.dumps(time.process_time() - started), flush=True)
    return 0


def _products(env: str, env_id: str) -> Callable[[int], None]:
    """The products of an update and nothing else: of the forms that they have, between arrays that stay in cache."""
    import torch

    from itt.algorithms.sac.networks import shape_of
    from itt.envs import describe

    torch.set_num_threads(1)
    spec = describe(env)
    shape = shape_of(SETTINGS, spec.observation, spec.action)
    array = cache(lambda role, rows, columns: torch.randn(rows, columns))
    calls = [
        (array("left", n, k), array("right", k, m), array("found", n, m))
        for n, k, m in products(shape.policy, shape.q, spec.action, SETTINGS.batch_size)
    ]

    def learn(steps: int) -> None:
        for _ in range(steps):
            for left, right, found in calls:
                torch.mm(left, right, out=found)

    return learn


def products(policy: tuple[int, ...], q: tuple[int, ...], action: int, batch: int) -> list[tuple[int, int, int]]:
    """(n, k, m) of each product of an update, (n, k) by (k, m); none that only a gradient of inputs would need.

    Forward: the policy three times, the targets once, both Qs twice. Backward: all of both Qs and of the policy, and
    through both Qs to the action.
    """

    def forward(sizes: tuple[int, ...]) -> list[tuple[int, int, int]]:
        return [(batch, k, m) for k, m in pairwise(sizes)]

    def to_weights(sizes: tuple[int, ...]) -> list[tuple[int, int, int]]:
        return [(k, batch, m) for k, m in pairwise(sizes)]

    def to_hidden(sizes: tuple[int, ...]) -> list[tuple[int, int, int]]:
        return [(batch, m, k) for k, m in pairwise(sizes[1:])]

    return [
        *(3 * forward(policy) + 6 * forward(q)),
        *(2 * (to_weights(q) + to_hidden(q))),
        *(2 * [*to_hidden(q), (batch, q[1], action)]),
        *(to_weights(policy) + to_hidden(policy)),
    ]


def _env(env: str, env_id: str) -> Callable[[int], None]:
    """Steps of the env as it is, under random actions that are there before."""
    import gymnasium
    import numpy as np

    simulator = gymnasium.make(env_id).unwrapped
    space: Any = simulator.action_space
    actions = np.random.default_rng(0).uniform(space.low, space.high, (256, *space.shape)).astype(space.dtype)
    simulator.reset(seed=0)

    def learn(steps: int) -> None:
        for step in range(steps):
            _, _, ended, _, _ = simulator.step(actions[step % 256])
            if ended or step % 1000 == 999:
                simulator.reset()

    return learn


def _training(env: str, env_id: str) -> Callable[[int], None]:
    from itt.algorithms.sac.training import Training
    from itt.envs import describe, make

    training = Training(SETTINGS, make(env), describe(env), seed=0)

    def learn(steps: int) -> None:
        for _ in range(steps):
            training.step()

    return learn


def _peer(package: str) -> Callable[[str, str], Callable[[int], None]]:
    """The SAC of a package with Stable-Baselines3's interface."""

    def made(env: str, env_id: str) -> Callable[[int], None]:
        import importlib

        peer = importlib.import_module(package).SAC(
            "MlpPolicy",
            env_id,
            learning_starts=WARM_UP,
            batch_size=SETTINGS.batch_size,
            buffer_size=SETTINGS.buffer_capacity,
            policy_kwargs={"net_arch": list(SETTINGS.hidden_sizes)},
            seed=0,
            device="cpu",
        )

        def learn(steps: int) -> None:
            peer.learn(steps, reset_num_timesteps=False)

        return learn

    return made


_KINDS = {
    "products": _products,
    "env": _env,
    "training": _training,
    "sb3": _peer("stable_baselines3"),
    "sbx": _peer("sbx"),
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
