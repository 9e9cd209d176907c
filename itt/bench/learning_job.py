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
from functools import partial
from typing import Any

from itt.algorithms.sac.settings import SAC
from itt.algorithms.sac.training import Training
from itt.envs import describe, gymnasium_envs, make

WARM_UP = 1000
"""Steps before the first update, which are over when the job is ready."""
SETTINGS = SAC(warm_up_steps=WARM_UP, buffer_capacity=100_000, device="cpu")


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
    """The products of an update and nothing else, on the update's own arrays, in its order."""
    training = begun(env)
    for _ in range(WARM_UP):
        training.step()
    calls = products_of(training.step)

    def learn(steps: int) -> None:
        for _ in range(steps):
            for call in calls:
                call()

    return learn


def products_of(work: Callable[[], None]) -> list[Callable[[], Any]]:
    """torch's matrix products in `work`, each to be done again."""
    import torch
    from torch.overrides import TorchFunctionMode

    found: list[Callable[[], Any]] = []

    class Recording(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func in (torch.mm, torch.addmm, torch.mv):
                found.append(partial(func, *args, **(kwargs or {})))
            return func(*args, **(kwargs or {}))

    with Recording():
        work()
    return found


def _env(env: str, env_id: str) -> Callable[[int], None]:
    """Steps of the env as it is, under random actions that are there before."""
    import numpy as np

    simulator = gymnasium_envs.make(env_id).unwrapped
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
    training = begun(env)

    def learn(steps: int) -> None:
        for _ in range(steps):
            training.step()

    return learn


def begun(env: str) -> Training:
    """A training at its first step."""
    return Training(SETTINGS, make(env), describe(env), seed=0)


def _peer(package: str) -> Callable[[str, str], Callable[[int], None]]:
    """The SAC of a package with Stable-Baselines3's interface."""

    def made(env: str, env_id: str) -> Callable[[int], None]:
        import importlib

        peer = importlib.import_module(package).SAC(
            "MlpPolicy",
            gymnasium_envs.make(env_id),
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
