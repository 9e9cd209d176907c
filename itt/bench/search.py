"""One choice among N candidates: what it costs and what it finds, search by search."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any, TypeVar

from itt.bench.findings import Findings, compare
from itt.bench.searches import SEARCHES, Built
from itt.bench.task import tasks
from itt.bench.trained import FILES

GRID = [(2**power, size) for power in range(8, 21, 2) for size in FILES]
"""(N, d) of `itt bench search --all`."""
FEWEST = 3
"""Rounds, whatever time they take."""
_LONGEST = 1.0
"""Seconds: what took longer to build is not built for more candidates."""
Result = TypeVar("Result")


def measure_all(seconds: float) -> Iterator[dict[str, Any]]:
    """The rows of `measure` for GRID, without searches that take too long to build."""
    slow: set[tuple[str, int]] = set()
    for candidates, size in GRID:
        for row in measure(candidates, size, seconds, {name for name, d in slow if d == size}):
            if row["build_ms"] > 1e3 * _LONGEST:
                slow.add((row["name"], size))
            yield row


def measure(candidates: int, size: int, seconds: float, without: set[str] | None = None) -> list[dict[str, Any]]:
    """A row a search that is installed, all asked the same queries, in turn for about `seconds`.

    Args:
        candidates: N.
        size: d, of a latent.
        seconds: The time for all searches together.
        without: Searches to leave out.

    Returns:
        `us_per_choice` and `build_ms` in CPU time of this thread, medians; `scanned`, the share of A* that is scored;
        `recall_at_1`, how often the choice is the best one in float64; `score`, where the choice lies between the
        worst candidate (0) and the best (1); `random_score`, the same of the best in a random subset as large as what
        was scanned; `gap_closed`, (score - random_score) / (1 - random_score); for a search that draws,
        `total_variation` between its law and Eq. 3 with the kernel `dot`.
    """
    problems = tasks(candidates, size)
    few = tasks(64, size)[0]
    ready: dict[str, list[Built]] = {}
    builds: dict[str, float] = {}
    for name, build in SEARCHES.items():
        if name in (without or ()):
            _note(f"{name} is left out for {candidates} candidates in {size} dimensions: it is built too slowly")
            continue
        try:
            build(few)  # compiles, and loads what all others find loaded
        except ModuleNotFoundError as missing:
            _note(f"{name} is left out: {missing.name} is not installed (pip install 'itt[bench]')")
            continue
        timed = [_timed(partial(build, problem)) for problem in problems]
        ready[name], builds[name] = [built for built, _ in timed], median(time for _, time in timed)

    times: dict[str, list[float]] = {name: [] for name in ready}
    until = time.monotonic() + seconds
    while len(times["exact"]) < FEWEST or time.monotonic() < until:
        for name, several in ready.items():
            asked = [_timed(partial(one.choose, its.queries))[1] for one, its in zip(several, problems, strict=True)]
            times[name].append(sum(asked))

    found = {name: Findings() for name in ready}
    for number, problem in enumerate(problems):
        compare(problem, {name: several[number] for name, several in ready.items()}, found)
    choices = sum(len(problem.queries) for problem in problems)
    return [
        {
            "name": name,
            "candidates": candidates,
            "dim": size,
            "source": problems[0].source,
            "policies": len(problems),
            "us_per_choice": 1e6 * median(times[name]) / choices,
            "build_ms": 1e3 * builds[name],
            **findings.row(),
            "repeats": len(times[name]),
        }
        for name, findings in found.items()
    ]


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What a function gives, and the CPU time that this thread takes for it."""
    started = time.thread_time()
    result = work()
    return result, time.thread_time() - started


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
