"""What a training of soft actor-critic costs beside the bare matrix products of its networks, and beside its peers.

Products, the simulator's own steps, ours and each peer that is installed live in a process each, on one thread of the
same core, and are asked in turn; a figure is the median of the rounds' own ratios, of CPU seconds. So it does not
matter how fast the machine is, nor what else it does.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import Any

from itt.envs import describe
from itt.errors import UserError

ROUNDS = 9
PEERS = {"sb3": "stable_baselines3", "sbx": "sbx"}
"""Outside peers, and the package that each is: PyTorch with autograd, and jax compiled as a whole."""
_ONE_THREAD = {
    "JAX_PLATFORMS": "cpu",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def measure(env: str, seconds: float) -> dict[str, Any]:
    """Trains SAC with its default settings on an env, `seconds` of each in a round, ROUNDS times.

    Returns:
        `products_ms`, `env_ms` and `training_ms` are of an update, an env step and both; `multiple` is training over
        products, `efficiency` products and env over training, and `peers` has for each its own `multiple` and how many
        times as fast as it we are, `speedup`; a peer that is not installed is null.

    Raises:
        UserError: The env is none of Gymnasium's, which the peers could not make; or has discrete actions.
    """
    spec = describe(env)
    if spec.family != "gymnasium" or spec.discrete:
        raise UserError(f"itt bench learning: --env: {env} is no env of Gymnasium with continuous actions")
    found = {name: package for name, package in PEERS.items() if importlib.util.find_spec(package)}
    with _jobs(["products", "env", "training", *found], env, spec.id) as jobs:
        steps = {kind: max(1, round(seconds / job.ask(20))) if seconds else 20 for kind, job in jobs.items()}
        rounds = [{kind: job.ask(steps[kind]) for kind, job in jobs.items()} for _ in range(ROUNDS)]
    ratios = {kind: median(one[kind] / one["products"] for one in rounds) for kind in jobs}
    return {
        "env": env,
        "method": "sac",
        "updates_per_s": 1.0 / median(one["training"] for one in rounds),
        **{f"{kind}_ms": 1e3 * median(one[kind] for one in rounds) for kind in ("products", "env", "training")},
        "multiple": ratios["training"],
        "efficiency": median((one["products"] + one["env"]) / one["training"] for one in rounds),
        "peers": {
            name: {
                "multiple": ratios[name],
                "speedup": median(one[name] / one["training"] for one in rounds),
            }
            if name in found
            else None
            for name in PEERS
        },
    }


@contextlib.contextmanager
def _jobs(kinds: list[str], env: str, env_id: str) -> Iterator[dict[str, _Job]]:
    """All processes, which end with the measurement."""
    jobs: dict[str, _Job] = {}
    try:
        for kind in kinds:
            jobs[kind] = _Job(kind, env, env_id)
        yield jobs
    finally:
        for job in jobs.values():
            job.process.communicate()


class _Job:
    """One of the processes."""

    def __init__(self, kind: str, env: str, env_id: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "itt.bench.learning_job", kind, env, env_id],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | _ONE_THREAD,
        )

    def ask(self, steps: int) -> float:
        """CPU seconds of one of so many steps."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"`{self.process.args!r}` ended with code {self.process.wait()}")
        return float(json.loads(line)) / steps
