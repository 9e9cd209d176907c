"""Ways to find a candidate among N that stand: built once, then asked for one state at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import Exact, Kernel, RandomFeatureTree, Search, SignedRandomProjections
from itt.bench.task import Task
from itt.native.kernel import kernel as compiled
from itt.rollouts.compiled import policy

Queries = NDArray[np.float64]
"""States' latents, (Q, d)."""
Indices = NDArray[np.int64]
"""What was chosen for each, (Q,)."""


@dataclass(frozen=True)
class Built:
    """A search that is ready to be asked."""

    choose: Callable[[Queries], Indices]
    scanned: Callable[[Queries], Indices]
    """how many candidates are scored for each"""
    law: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None
    """for one that draws: the probability of each candidate for one query, (d,) -> (N,)"""
    kernel: Kernel = "dot"
    """of the law in Eq. 3 that it is to draw by"""


def _engine(settings: Search, kernel: Kernel = "dot") -> Callable[[Task], Built]:
    """A search of the compiled engine. Building draws the candidates and takes their latents, too."""

    def build(task: Task) -> Built:
        policy_settings = task.run.policy.model_copy(
            update={"kernel": kernel, "selection": "sample" if settings.name == "rft" else "argmax"}
        )
        run = task.run.model_copy(update={"search": settings, "policy": policy_settings})
        actor = policy.make(run, task.spec, task.architecture)
        policy.begin(actor, run, task.theta, task.key)

        def choose(queries: Queries) -> Indices:
            chosen = np.empty(len(queries), dtype=np.int64)
            _choose_each(actor, queries, chosen)
            return chosen

        def scanned(queries: Queries) -> Indices:
            if settings.name == "rft":
                return _each(queries, 1)
            if settings.name == "exact":
                return _each(queries, task.candidates)
            buckets = actor.built.probe.buckets
            tables = range(len(buckets.omega))
            return np.array(
                [sum(end - start for table in tables for start, end in buckets.places(q, table)) for q in queries]
            )

        return Built(choose, scanned, actor.built.walk.tree.law if settings.name == "rft" else None, kernel)

    return build


def _each(queries: Queries, count: int) -> Indices:
    return np.full(len(queries), count)


@compiled
def _choose_each(actor: Any, queries: Any, chosen: Any) -> None:
    """The engine's choice for each row of queries, (Q, d), with no Python in between."""
    for t in range(len(queries)):
        for i in range(queries.shape[1]):
            actor.buffers[0, i] = queries[t, i]  # the input buffer, where `act` puts a state
        chosen[t] = policy.choose(actor, t)


def _numpy(task: Task) -> Built:
    """One product and one argmax in float32."""
    latents = task.latents.astype(np.float32)

    def choose(queries: Queries) -> Indices:
        return np.array([np.argmax(latents @ query) for query in queries.astype(np.float32)])

    return Built(choose, lambda queries: _each(queries, task.candidates))


def _faiss_flat(task: Task) -> Built:
    """FAISS's exhaustive index."""
    index = _faiss().IndexFlatIP(task.size)
    index.add(task.latents.astype(np.float32))
    return Built(lambda queries: _best(index, queries, 1), lambda queries: _each(queries, task.candidates))


def _faiss_lsh(task: Task) -> Built:
    """FAISS's hashes of 64 bits of the latents of Eq. 6, compared with all; what SRP would score is scored in NumPy."""
    latents = task.latents.astype(np.float32)
    squares = np.square(latents).sum(axis=1, dtype=np.float32)
    augmented = np.concatenate([latents, np.sqrt(squares.max() - squares)[:, None]], axis=1)
    wanted = SignedRandomProjections().wanted(task.candidates)
    index = _faiss().IndexLSH(task.size + 1, 64)
    index.train(augmented)
    index.add(augmented)

    def choose(queries: Queries) -> Indices:
        rows = np.zeros((len(queries), 1, task.size + 1), dtype=np.float32)
        rows[:, 0, :-1] = queries
        chosen = []
        for row in rows:
            near = index.search(row, wanted)[1][0]
            chosen.append(near[np.argmax(latents[near] @ row[0, :-1])])
        return np.array(chosen)

    return Built(choose, lambda queries: _each(queries, wanted))


def _faiss_hnsw(task: Task) -> Built:
    """FAISS's graph of small worlds: 32 neighbours, a queue of 64 in a search."""
    faiss = _faiss()
    index = faiss.IndexHNSWFlat(task.size, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = 64
    index.add(task.latents.astype(np.float32))

    def scanned(queries: Queries) -> Indices:
        computed = []
        for query in queries:
            faiss.cvar.hnsw_stats.reset()
            _best(index, query[None], 1)
            computed.append(faiss.cvar.hnsw_stats.ndis)
        return np.array(computed)

    return Built(lambda queries: _best(index, queries, 1), scanned)


def _best(index: Any, queries: Queries, count: int) -> Indices:
    return np.array([index.search(row, count)[1][0, 0] for row in queries.astype(np.float32)[:, None, :]])


def _faiss() -> Any:
    """FAISS, on one thread.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss


SEARCHES: dict[str, Callable[[Task], Built]] = {
    "exact": _engine(Exact()),
    "srp": _engine(SignedRandomProjections()),
    "srp-paper": _engine(SignedRandomProjections(mode="paper")),
    "srp-released": _engine(SignedRandomProjections(mode="released")),
    "rft": _engine(RandomFeatureTree()),
    "rft-principal": _engine(RandomFeatureTree(split="principal")),
    "rft-angular": _engine(RandomFeatureTree(), "angular"),
    "numpy": _numpy,
    "faiss-flat": _faiss_flat,
    "faiss-lsh": _faiss_lsh,
    "faiss-hnsw": _faiss_hnsw,
}
"""By name: the engine's own, then what others have."""
