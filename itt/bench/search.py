"""One choice among N candidates: what it costs and what it finds, search by search."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from statistics import mean, median
from typing import Any, TypeVar

from itt.bench.findings import Findings, compare
from itt.bench.searches import SEARCHES, Built
from itt.bench.task import Task, tasks
from itt.bench.trained import FILES

GRID = [(2**power, size) for power in range(8, 21, 2) for size in FILES]
"""(N, d) of `itt bench search --all`."""
FEWEST = 3
"""Rounds, whatever time they take."""
SLOW = {"faiss-hnsw": 2**18}
"""Searches that take seconds to build for so many candidates, and are then asked of the first policy alone."""
Result = TypeVar("Result")


def measure_all(seconds: float) -> Iterator[dict[str, Any]]:
    """The rows of `measure` for GRID."""
    for candidates, size in GRID:
        yield from measure(candidates, size, seconds)


def measure(candidates: int, size: int, seconds: float) -> list[dict[str, Any]]:
    """A row a search that is installed, asked in turn for about `seconds`; all but SLOW ones the same.

    Args:
        candidates: N.
        size: d, of a latent.
        seconds: The time for the choices of all searches together.

    Returns:
        `us_per_choice` and `build_ms` in CPU time of this thread: the mean over policies of medians over rounds, the
        median over policies; `scanned`, the share of A* that is scored; `recall_at_1`, how often the choice is the best
        one in float64; `score`, where the choice lies between the worst candidate (0) and the best (1);
        `random_score`, the same of the best in a random subset as large as what was scanned for the query;
        `gap_closed`, (score - random_score) / (1 - random_score); for a search that draws, `total_variation` between
        its law and Eq. 3. `policies` says how many were asked.
    """
    problems = tasks(candidates, size)
    rows = {name: Row() for name in _installed()}
    for number, problem in enumerate(problems):
        ready: dict[str, Built] = {}
        for name, row in rows.items():
            if number == 0 or candidates < SLOW.get(name, candidates + 1):
                ready[name], seconds_to_build = _timed(partial(SEARCHES[name], problem))
                row.builds.append(seconds_to_build)
        rounds = _rounds(ready, problem, seconds / len(problems))
        for name, times in rounds.items():
            rows[name].times.append(median(times) / len(problem.queries))
            rows[name].repeats.append(len(times))
        compare(problem, ready, {name: rows[name].findings for name in ready})
    return [
        {
            "name": name,
            "candidates": candidates,
            "dim": size,
            "source": problems[0].source,
            "policies": len(row.times),
            "us_per_choice": 1e6 * mean(row.times),
            "build_ms": 1e3 * median(row.builds),
            **row.findings.row(),
            "repeats": min(row.repeats),
        }
        for name, row in rows.items()
    ]


@dataclass
class Row:
    """What is known of one search, a number a policy."""

    builds: list[float] = field(default_factory=list)
    """seconds"""
    times: list[float] = field(default_factory=list)
    """seconds a choice"""
    repeats: list[int] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)


@cache
def _installed() -> list[str]:
    """The searches that can be built here, each tried once: that compiles, and loads what all others find loaded."""
    few, names = tasks(64, 6)[0], []
    for name, build in SEARCHES.items():
        try:
            build(few)
        except ModuleNotFoundError as missing:
            print(f"{name} is left out: {missing.name} is not installed (pip install 'itt[bench]')", file=sys.stderr)
        else:
            names.append(name)
    return names


def _rounds(ready: dict[str, Built], problem: Task, seconds: float) -> dict[str, list[float]]:
    """Seconds for all queries, FEWEST rounds or more, the searches in turn."""
    times: dict[str, list[float]] = {name: [] for name in ready}
    until = time.monotonic() + seconds
    while len(times["exact"]) < FEWEST or time.monotonic() < until:
        for name, built in ready.items():
            times[name].append(_timed(partial(built.choose, problem.queries))[1])
    return times


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What a function gives, and the CPU time that this thread takes for it."""
    started = time.thread_time()
    result = work()
    return result, time.thread_time() - started
