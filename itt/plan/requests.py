"""What the jobs of a study ask a scheduler for, from what they are expected to take."""

from __future__ import annotations

import math
from dataclasses import dataclass

from itt.plan.cells import Cell
from itt.plan.site import Site

DAY = 24 * 60
_MARGIN, _LEAST = 2.0, 30
"""A job asks for so many times the expected time, since machines differ, and for so many minutes at least."""
_MOST_JOBS = 100
_GATHERING_MB, _ROW_BYTES = 1000, 1000
"""What a job of tables or figures takes without a row, and for each."""
_COMPILING_MB, _SPARE = 600, 1.3
"""What compiling the engine takes, as any rank may be the first on its machine; and so many times what a rank needs."""


@dataclass(frozen=True)
class Request:
    """What one run asks for: its training, and its evaluation, which is one process.

    Attributes:
        runtime: Minutes of its training's job. One that takes longer goes on from its checkpoint in a further job.
        jobs: How many it should take, with room to spare.
        memory_mb: Of one rank.
        evaluation_runtime: Minutes of its evaluation's job.
    """

    runtime: int
    jobs: int
    memory_mb: int
    evaluation_runtime: int


def request(cell: Cell, site: Site) -> Request:
    """What a run of the cell asks for. Where nothing is known of its speed, a day."""
    wanted = _minutes(cell.wall_seconds)
    runtime = site.runtime or min(wanted, DAY)
    known = cell.wall_seconds is not None
    jobs = min(_MOST_JOBS, math.ceil(wanted / runtime)) if known else 1
    memory = site.memory or max(_COMPILING_MB, math.ceil(_SPARE * cell.memory_mb))
    evaluation = site.minutes(min(_minutes(cell.evaluation_seconds), DAY))
    return Request(runtime, jobs, memory, evaluation)


def _minutes(seconds: float | None) -> int:
    return DAY if seconds is None else max(_LEAST, math.ceil(_MARGIN * seconds / 60))


def gathering(rows: int) -> int:
    """MB of a job that reads so many rows of metrics, text and numbers, all at once."""
    return _GATHERING_MB + math.ceil(rows * _ROW_BYTES / 2**20)
