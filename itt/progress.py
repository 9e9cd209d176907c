"""How far a training is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator

_SECONDS_BETWEEN_LINES = 10.0

Report = Callable[[int, dict[str, float]], None]


@contextlib.contextmanager
def progress(title: str, total: int, unit: str, told: Callable[[dict[str, float]], str]) -> Iterator[Report]:
    """Yields a function that takes the steps done and the newest row of metrics.csv.

    Args:
        title: The run.
        total: All steps.
        unit: How a step is called.
        told: What else a line tells of a row, or nothing.
    """
    lines = contextlib.nullcontext(_lines(title, total, unit, told))
    with _bar(title, total) if sys.stderr.isatty() else lines as report:
        yield report


@contextlib.contextmanager
def _bar(title: str, total: int) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("return {task.fields[latest]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total, latest="-")

        def report(done: int, row: dict[str, float]) -> None:
            bar.update(task, completed=done)
            if not math.isnan(row["return"]):
                bar.update(task, latest=f"{row['return']:.1f}")

        yield report


def _lines(title: str, total: int, unit: str, told: Callable[[dict[str, float]], str]) -> Report:
    started = time.monotonic()
    first: int | None = None
    said = started

    def report(done: int, row: dict[str, float]) -> None:
        nonlocal first, said
        if first is None:
            first = done - 1
        now = time.monotonic()
        if done == total or now - said >= _SECONDS_BETWEEN_LINES:
            said = now
            pace = (now - started) / (done - first)
            left = f", {pace * (total - done):.0f} s left" if done < total else ""
            newest = "" if math.isnan(row["return"]) else f"return {row['return']:.1f}"
            about = ", ".join(text for text in (newest, told(row)) if text)
            print(
                f"{title}: {unit} {done}/{total}, {about}{', ' if about else ''}{pace:.2f} s each{left}",
                file=sys.stderr,
                flush=True,
            )

    return report
