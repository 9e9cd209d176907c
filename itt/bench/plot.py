"""A picture of a result: of `itt bench rollouts`, steps a second by env, a panel a method; of `itt bench search`."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from itt.bench import results, search_plot
from itt.errors import UserError
from itt.record.files import write_atomically

# Okabe and Ito's colours, with shapes of their own for grey print.
_SERIES = (
    ("floor_steps_per_s", "the simulator alone (floor)", "|", "black", 11),
    ("steps_per_s", "compiled engine", "o", "#0072B2", 6),
    ("reference_steps_per_s", "reference engine", "s", "#D55E00", 5),
    ("envpool_steps_per_s", "EnvPool and NumPy", "^", "#009E73", 5),
)


def plot(source: Path, out: Path) -> Path:
    """Draws a result file as the kind of image that `out` ends in (.svg, .png, .pdf); returns `out`.

    Raises:
        UserError: `source` is not such a file, matplotlib is not installed, or it cannot draw that kind of image.
    """
    content = results.read(source, *_DRAWINGS)
    try:
        from itt.analysis import plain_matplotlib
    except ModuleNotFoundError:
        raise UserError("itt bench plot needs matplotlib: pip install 'itt[analysis]'") from None
    image = BytesIO()
    with plain_matplotlib.style({"svg.hashsalt": "itt", "font.size": 8}):  # the ids in an SVG are random without it
        figure = _DRAWINGS[content["benchmark"]](content["rows"], content["machine"])
        kind = out.suffix.lstrip(".")
        if kind not in figure.canvas.get_supported_filetypes():
            raise UserError(f"{out}: images end in .svg, .png or .pdf")
        figure.savefig(image, format=kind, dpi=160, metadata={"Date": None} if kind == "svg" else None)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, image.getvalue())
    return out


def _rollouts(rows: list[dict[str, Any]], machine: dict[str, Any]) -> Any:
    from matplotlib.figure import Figure

    envs = list(dict.fromkeys(row["env"] for row in rows))
    methods = list(dict.fromkeys(row["method"] for row in rows))
    size = (2.0 + 2.3 * len(methods), 1.6 + 0.24 * len(envs))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(methods), sharey=True, sharex=True, squeeze=False)[0]
    for axes, method in zip(panels, methods, strict=True):
        found = [row for row in rows if row["method"] == method]
        places = [envs.index(row["env"]) for row in found]
        for key, label, marker, colour, points in _SERIES:
            speeds = [np.nan if row.get(key) is None else row[key] for row in found]
            axes.plot(speeds, places, marker, color=colour, markersize=points, label=label)
        axes.set_title(method, loc="left")
        axes.set_xscale("log")
        axes.set_xlabel("env steps / CPU second, one core")
        axes.grid(color="0.9")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_yticks(range(len(envs)), envs)
    panels[0].invert_yaxis()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(_SERIES), frameon=False)
    repeats = min(row["repeats"] for row in rows)
    figure.supxlabel(f"{machine['cpu']}; medians of at least {repeats} interleaved repeats, resets apart", fontsize=7)
    return figure


_DRAWINGS: dict[str, Callable[[list[dict[str, Any]], dict[str, Any]], Any]] = {
    "rollouts": _rollouts,
    "search": search_plot.draw,
}
"""By benchmark: (rows, machine) -> Figure."""
