"""All figures of a study, from what was collected, with their captions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

# isort: off
from itt.analysis import drawing  # before all of matplotlib
from itt.analysis import aggregate_figures, captions, panels

# isort: on
import pandas as pd
from matplotlib.figure import Figure

from itt.analysis.aggregate_figures import sentence
from itt.analysis.aggregates import FEWEST_ENVS, Aggregates, aggregates
from itt.analysis.captions import Picture
from itt.analysis.curves import Collected, Panel
from itt.analysis.files import read_collected, write
from itt.analysis.learning_curves import comparable, methods_by_env
from itt.analysis.missing import partial
from itt.analysis.outputs import BEYOND, CAPTIONS, LEARNING, Axis, Shade, against, compared
from itt.analysis.variants import against_vanilla, fair_axis

Drawn = tuple[Picture, Figure]


def figures(collected: Path, out: Path, axis: Axis | None = None, band: Shade = "range") -> list[Path]:
    """Draws from what `collect` wrote; each of `outputs.figures` is a file of each kind, whose paths are returned.

    Args:
        collected: The folder that `collect` wrote.
        out: Where to; captions.json lies there, too.
        axis: What all curves are drawn over; without it the methods' are drawn over each axis, and variants' over the
            one that is fair.
        band: One of `curves.BANDS`.

    Raises:
        UserError: `collected` is not a folder that `collect` wrote.
    """
    runs, curves = read_collected(collected)
    missing, paths, pictures = partial(runs, named=False), [], []
    with drawing.styled():
        for picture, figure in drawn_figures(runs, curves, axis, band):
            if missing:
                drawing.mark(figure, missing)
            paths += drawing.save(figure, out / picture.name)
            pictures.append(picture)
    return [*paths, write(out / CAPTIONS, captions.written(pictures, missing))]


def drawn_figures(
    runs: pd.DataFrame, curves: pd.DataFrame, axis: Axis | None = None, band: Shade = "range"
) -> Iterator[Drawn]:
    """Each figure of `figures` with what stands below it."""
    collected = Collected(runs, curves, band)
    for name, over in LEARNING.items():
        if axis in (None, over):
            yield _learning_curves(collected, name, comparable(collected, over))
    for variant in compared(set(runs["variant"])):
        yield _variant(collected, variant, axis)
    yield from _beyond(collected, aggregates(runs))


def _learning_curves(collected: Collected, name: str, axis: Axis) -> Drawn:
    found = methods_by_env(collected, axis)
    as_run = any(curve.look.thin for panel in found for curve in panel.curves)
    methods = list(dict.fromkeys(method for _, method, _ in collected.cells))
    picture = captions.learning_curves(name, axis, collected.band, _seeds(found), as_run, methods)
    return _either(picture, panels.draw(found, axis, collected.band) if found else None, captions.NO_VANILLA)


def _variant(collected: Collected, variant: str, asked: Axis | None) -> Drawn:
    fair = fair_axis(collected, variant)
    axis = asked or fair or "iteration"
    chosen = asked is None and fair is not None
    found = against_vanilla(collected, variant, axis)
    methods = list(dict.fromkeys(method for _, method, name in collected.cells if name == variant))
    picture = captions.against_vanilla(against(variant), variant, axis, chosen, collected.band, _seeds(found), methods)
    return picture, panels.draw(found, axis, collected.band)


def _seeds(found: Sequence[Panel]) -> dict[str, int]:
    """n of each line, by its panel and label."""
    return {f"{panel.title}: {curve.label}": curve.seeds for panel in found for curve in panel.curves}


def _beyond(collected: Collected, found: Aggregates) -> Iterator[Drawn]:
    profiles, statistics, improvements = BEYOND
    few = captions.too_few(found.envs, FEWEST_ENVS)
    yield _either(
        captions.performance_profiles(profiles, found),
        aggregate_figures.performance_profiles(found, collected.look) if found.profiles else None,
        few,
    )
    yield _either(
        captions.aggregates(statistics, found),
        aggregate_figures.statistics(found, collected.look) if found.estimates else None,
        few,
    )
    yield _either(
        captions.improvements(improvements, found),
        aggregate_figures.improvements(found) if found.improvements else None,
        captions.NO_PAIR,
    )


def _either(picture: Picture, figure: Figure | None, instead: str) -> Drawn:
    """The figure with its caption, or why there is none, as both."""
    return (picture, figure) if figure else (replace(picture, caption=instead), sentence(instead))
