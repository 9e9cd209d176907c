"""The picture of a result of `itt bench search`: what a choice costs by N, and what it finds for that."""

from __future__ import annotations

from typing import Any

# Okabe and Ito's colours; marks and dashes of their own for grey print.
_SERIES = {
    "exact": ("exact", "black", "o", "-"),
    "srp": ("SRP", "#0072B2", "s", "-"),
    "srp-paper": ("SRP, the paper's m = 6", "#56B4E9", "D", "--"),
    "srp-released": ("SRP, the published hash", "#56B4E9", "x", ":"),
    "rft": ("RFT, 64 features", "#D55E00", "^", "-"),
    "rft-principal": ("RFT, principal split", "#D55E00", "v", ":"),
    "rft-angular": ("RFT, kernel angular", "#E69F00", "<", "--"),
    "numpy": ("NumPy", "0.45", "|", "--"),
    "faiss-flat": ("FAISS flat", "#009E73", "P", "--"),
    "faiss-lsh": ("FAISS LSH", "#009E73", "+", ":"),
    "faiss-hnsw": ("FAISS HNSW", "#CC79A7", "*", "-."),
}


def draw(rows: list[dict[str, Any]], machine: dict[str, Any]) -> Any:
    """A column of panels for each d: microseconds a choice by N above, gap closed by microseconds below."""
    from matplotlib.figure import Figure

    sizes = sorted({row["dim"] for row in rows})
    figure = Figure(figsize=(2.0 + 2.7 * len(sizes), 6.4), layout="constrained")
    panels = figure.subplots(2, len(sizes), sharey="row", squeeze=False)
    for (above, below), size in zip(panels.T, sizes, strict=True):
        source = next(row["source"] for row in rows if row["dim"] == size)
        for name, (label, colour, mark, dashes) in _SERIES.items():
            found = [row for row in rows if row["dim"] == size and row["name"] == name]
            style = {"color": colour, "marker": mark, "linestyle": dashes, "markersize": 5, "linewidth": 1.1}
            times = [row["us_per_choice"] for row in found]
            above.plot([row["candidates"] for row in found], times, label=label, **style)
            below.plot(times, [100 * row["gap_closed"] for row in found], **style)
        above.set_title(f"d = {size}, {source}", loc="left")
        above.set_xscale("log", base=2)
        above.set_yscale("log")
        above.set_xlabel("candidates N")
        below.set_xscale("log")
        below.set_ylim(-30, 105)
        below.set_xlabel("CPU time of a choice / µs")
        for axes in (above, below):
            axes.grid(color="0.9")
            axes.spines[["top", "right"]].set_visible(False)
    panels[0][0].set_ylabel("CPU time of a choice / µs")
    panels[1][0].set_ylabel("gap closed / %")
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    repeats = min(row["repeats"] for row in rows)
    figure.supxlabel(
        f"{machine['cpu']}, one thread; medians of at least {repeats} rounds. Gap: from the best of a random subset as "
        "large as what is scanned to the best of all; a line joins one search's N.",
        fontsize=7,
    )
    return figure
