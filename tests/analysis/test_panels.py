"""How learning curves are drawn: what stands in a panel and in the legends."""

import numpy as np
import pytest

from itt.analysis.curves import Collected
from itt.analysis.drawing import styled
from itt.analysis.files import read_collected
from itt.analysis.learning_curves import methods_by_env
from itt.analysis.panels import draw


@pytest.fixture
def drawn(collected):
    """The figure of the runs made so far."""

    def tell(axis="iteration", band="range", times=1):
        found = Collected(*read_collected(collected()), band)
        with styled():
            return draw(methods_by_env(found, axis) * times, axis, band)

    return tell


def texts(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def counts(figure):
    """What each panel says of n."""
    return [axes.texts[0] for axes in figure.axes]


def horizontal(axes):
    """Heights of the lines that span the panel: the paper's scores."""
    return [float(line.get_ydata()[0]) for line in axes.lines if list(line.get_xdata()) == [0, 1]]


@pytest.mark.parametrize("axis", ["iteration", "env-steps"])
def test_where_seeds_are_missing_the_line_is_faint_and_the_legend_says_so(make_run, drawn, axis):
    make_run(seed=0, returns=[0.0, 10.0])
    make_run(seed=1, returns=[1.0, 30.0, 7.0])
    figure = drawn(axis)
    full, faint = figure.axes[0].lines
    assert (np.nanmin(full.get_ydata()), np.nanmax(full.get_ydata())) == (0.5, 20.0)
    assert set(faint.get_ydata()[np.isfinite(faint.get_ydata())]) <= {30.0, 7.0}
    assert faint.get_ydata()[-1] == 7.0
    assert not (np.isfinite(full.get_ydata()) & np.isfinite(faint.get_ydata())).any()
    assert faint.get_alpha() < full.get_alpha()
    assert "not all of its seeds are there" in texts(figure)


def test_the_papers_score_is_drawn_where_it_is_in_view(make_run, drawn):
    make_run("Hopper-v2", "itt", returns=[0.0, 2500.0, 0.0])  # the paper has 2670.37, a little above
    make_run("Hopper-v2", "iot", returns=[0.0, 10.0, 0.0])  # 1036.52, within ITT's range
    make_run("HalfCheetah-v2", "itt", returns=[0.0, 10.0, 0.0])  # 2866.02, far above
    make_run("ALE/Pong-v5", "itt", returns=[0.0, 10.0, 0.0])
    figure = drawn()
    assert [horizontal(axes) for axes in figure.axes] == [[2670.37, 1036.52], [], []]
    assert figure.axes[1].get_ylim()[1] < 20


@pytest.mark.parametrize(
    ("axis", "label"),
    [
        ("iteration", "Iteration (updates of θ so far)"),
        ("env-steps", "Env steps played in training"),
        ("core-hours", "Core-hours"),
    ],
)
def test_axes_are_labelled(make_run, drawn, axis, label):
    make_run()
    (axes,) = drawn(axis).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == (label, "Return (sum of rewards)")
    assert axes.get_title(loc="left") == "HalfCheetah-v2"


def test_costs_begin_at_zero(make_run, drawn):
    make_run(env_steps=1000)
    assert drawn("env-steps").axes[0].get_xlim()[0] == 0


@pytest.mark.parametrize(
    ("band", "told"),
    [("range", "lowest to highest of n seeds"), ("bootstrap", "95 % bootstrap interval of the mean (n ≥ 3)")],
)
def test_the_legends_say_what_lines_and_shades_are(make_run, drawn, band, told):
    make_run()
    make_run(method="explicit")
    assert texts(drawn(band=band)) == ["ITT", "Explicit", "mean of n seeds", told, "paper, Table 6 (where in view)"]


def test_thin_lines_stand_below_the_thick_ones_of_their_method(make_run, drawn):
    for method in ("itt", "explicit"):
        for variant in ("vanilla", "as-run"):
            make_run(method=method, variant=variant)
    legend = drawn().legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["ITT", "ITT (as-run)", "Explicit", "Explicit (as-run)"]
    assert legend._ncols == 2


def test_equal_numbers_of_seeds_are_told_in_grey(make_run, drawn):
    for method in ("itt", "iot"):
        make_run(method=method)
    figure = drawn()
    (count,) = counts(figure)
    assert (count.get_text(), count.get_fontweight()) == ("n = 1", "normal")
    assert "fewer seeds than elsewhere" not in texts(figure)


def test_fewer_seeds_than_elsewhere_are_marked(make_run, drawn):
    for seed in range(3):
        make_run("Swimmer-v2", "itt", seed=seed)
    make_run("Swimmer-v2", "iot")
    make_run("Hopper-v2", "itt")
    make_run("fish-swim", "itt", returns=[])
    figure = drawn()
    assert [count.get_text() for count in counts(figure)] == ["n = 3; IOT 1", "n = 1", "n = 0"]
    assert {count.get_fontweight() for count in counts(figure)} == {"bold"}
    assert "fewer seeds than elsewhere" in texts(figure)
    assert [text.get_text() for text in figure.axes[2].texts] == ["n = 0", "no result yet"]


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 2)), (13, (4, 4)), (15, (4, 4))])
def test_panels_fill_a_grid_about_as_wide_as_high(make_run, drawn, count, shape):
    make_run()
    figure = drawn(times=count)
    assert len(figure.axes) == count
    assert {axes.get_subplotspec().get_gridspec().get_geometry() for axes in figure.axes} == {shape}
    assert all(axes.get_xlabel() for axes in figure.axes[-shape[1] :])  # nothing below them


@pytest.mark.parametrize("count", [1, 2, 15])
def test_nothing_that_is_drawn_hangs_over_the_edge_or_lies_on_something_else(make_run, drawn, count):
    for method in ("itt", "iot", "explicit"):
        for seed in range(3 if method == "itt" else 2):
            make_run("InvertedPendulumBulletEnv-v0", method, seed=seed, returns=[0.0] * (seed + 2))
            make_run("InvertedPendulumBulletEnv-v0", method, "as-run", seed=seed)
    figure = drawn(band="bootstrap", times=count)
    with styled():
        figure.draw_without_rendering()
    above, below = (legend.get_window_extent() for legend in figure.legends)
    for box in (above, below, *(axes.get_tightbbox() for axes in figure.axes)):
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    for axes in figure.axes:
        count = axes.texts[0].get_window_extent()
        assert axes.bbox.y1 < count.y0, "n stands above the curves"
        assert not count.overlaps(axes._left_title.get_window_extent())
        assert below.y1 <= axes.get_tightbbox().y0
        assert axes.get_tightbbox().y1 <= above.y0
