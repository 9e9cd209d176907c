"""What `itt status` shows: a line a run, and how many there are of each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group
from rich.table import Table

from itt.status.look import Look

_ORDER = ("failed", "running", "waiting", "done")
_COLOURS = {"failed": "red", "running": "green", "waiting": "yellow", "done": "default"}


def table(looks: Sequence[Look], everything: bool = False) -> Group:
    """The runs that something is to be said of, failed ones first, and the counts.

    Args:
        looks: The study's runs.
        everything: Also those that are done, and those that have not begun.
    """
    shown = [one for one in looks if everything or _in_between(one)]
    runs = Table(show_edge=False, pad_edge=False)
    runs.add_column("run", no_wrap=True)
    runs.add_column("state", no_wrap=True)
    for name in ("iteration", "return", "steps/s", "left", "job", "checkpoint"):
        runs.add_column(name, justify="right", no_wrap=True)
    runs.add_column("note", overflow="fold")
    for one in sorted(shown, key=lambda one: _ORDER.index(one.state)):
        runs.add_row(
            one.run,
            f"[{_COLOURS[one.state]}]{one.state}",
            f"{one.iteration}/{'?' if one.iterations is None else one.iterations}",
            "" if one.score is None else f"{one.score:.1f}",
            "" if one.steps_per_s is None else f"{one.steps_per_s:,.0f}",
            "" if one.seconds_left is None else duration(one.seconds_left),
            one.job or "",
            "" if one.checkpoint_seconds is None else f"{duration(one.checkpoint_seconds)} ago",
            one.note,
        )
    return Group(*([runs] if shown else []), counts(looks))


def _in_between(one: Look) -> bool:
    return one.state in ("failed", "running") or (one.state == "waiting" and (one.iteration > 0 or bool(one.note)))


def counts(looks: Sequence[Look]) -> str:
    """`24 runs: 3 done, 1 running, 20 waiting; 1,234 of 12,000 iterations`."""
    states = Counter(one.state for one in looks)
    told = ", ".join(f"{states[state]} {state}" for state in ("done", "running", "waiting", "failed") if states[state])
    asked = sum(one.iteration if one.state == "done" else one.iterations or one.iteration for one in looks)
    return f"{len(looks)} runs: {told}; {sum(one.iteration for one in looks):,} of {asked:,} iterations"


def duration(seconds: float) -> str:
    """`45 s`, `12 min`, `3.5 h`, `4.2 d`: two digits or three."""
    for unit, size, limit in (("s", 1.0, 100.0), ("min", 60.0, 6000.0), ("h", 3600.0, 360_000.0)):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}" if unit != "h" else f"{seconds / size:.1f} {unit}"
    return f"{seconds / 86400:.1f} d"
