"""Ways to find the best of N standing candidates: built once, then asked for one state at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.candidates import Box, source
from itt.envs import EnvSpec
from itt.policies import architecture
from itt.rollouts.compiled import actor as policy
from itt.rollouts.compiled.kernel import kernel
from itt.seeding import Key
from itt.study import Run, single

Queries = NDArray[np.float64]
"""States' latents, (Q, d)."""
Indices = NDArray[np.int64]
"""What was chosen for each, (Q,)."""
Ask = Callable[[Queries], Indices]


@dataclass(frozen=True)
class Task:
    """N candidates, uniform in [-1, 1]^d, behind an action tower of one d x d matrix."""

    candidates: int
    size: int
    matrix: NDArray[np.float64]
    """the tower, (d, d)"""
    latents: NDArray[np.float64]
    """l_A of the candidates, (N, d)"""


def task(candidates: int, size: int) -> Task:
    """The candidates that the engine itself draws, and a Gaussian tower."""
    run = _run(candidates)
    bounds = np.ones(size, dtype=np.float32)
    actions = source(run.candidates, Box(-bounds, bounds), Key(0)).at(0).astype(np.float64)
    matrix = np.random.default_rng(0).standard_normal((size, size)) / np.sqrt(size)
    return Task(candidates, size, matrix, actions @ matrix.T)


def compiled(problem: Task, *overrides: str) -> Ask:
    """The compiled engine's search: exact, or what `overrides` say, like `search.name=srp`.

    Its building draws the candidates, and in exact search its choice folds the tower's matrix.
    """
    run, size = _run(problem.candidates, overrides), problem.size
    low, high = (-1.0,) * size, (1.0,) * size
    spec = EnvSpec("search", "gymnasium", "search", size, size, False, low, high, None, "")
    actor = policy.make(run, spec, architecture("itt", run.policy, size, size, False))
    theta = np.concatenate([np.eye(size).ravel(), problem.matrix.ravel()])
    policy.begin(actor, run, theta, Key(0))

    def ask(queries: Queries) -> Indices:
        chosen = np.empty(len(queries), dtype=np.int64)
        _choose_each(actor, queries, chosen)
        return chosen

    return ask


def numpy(problem: Task) -> Ask:
    """One product and one argmax in float32."""
    latents = problem.latents.astype(np.float32)

    def ask(queries: Queries) -> Indices:
        return np.array([np.argmax(latents @ query) for query in queries.astype(np.float32)])

    return ask


def faiss_flat(problem: Task) -> Ask:
    """FAISS's exhaustive index, on one thread.

    Raises:
        ModuleNotFoundError: faiss is not installed.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    index: Any = faiss.IndexFlatIP(problem.size)
    index.add(problem.latents.astype(np.float32))

    def ask(queries: Queries) -> Indices:
        rows = queries.astype(np.float32)[:, None, :]
        return np.array([index.search(row, 1)[1][0, 0] for row in rows])

    return ask


SEARCHES: dict[str, Callable[[Task], Ask]] = {"exact": compiled, "numpy": numpy, "faiss-flat": faiss_flat}
"""By name; `exact` is the engine's own. Building takes a task, asking takes queries."""


@cache
def _run(candidates: int, overrides: tuple[str, ...] = ()) -> Run:
    """Settings under which N candidates stand and the towers are one matrix each."""
    standing = [f"candidates.count={candidates}", "candidates.resample=iteration"]
    towers = ["policy.state.layers=1", "policy.action.layers=1"]
    return single("HalfCheetah-v2", "itt", overrides=[*standing, *towers, *overrides])


@kernel
def _choose_each(actor: Any, queries: Any, chosen: Any) -> None:
    """The engine's choice for each row of queries, (Q, d), with no Python in between."""
    for t in range(len(queries)):
        for i in range(queries.shape[1]):
            actor.buffers[0, i] = queries[t, i]  # the input buffer, where `act` puts a state
        chosen[t] = policy.choose(actor, t)
