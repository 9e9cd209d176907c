"""Learning curves: which panels and lines there are, what they show, and that files are reproducible."""

import os
import subprocess
import sys

import numpy as np
import pytest

from itt.analysis.figures import draw, figures, methods_by_env, vanilla_against
from itt.analysis.files import read_collected
from itt.analysis.outputs import IMAGES
from itt.analysis.scores import by_cell
from itt.errors import UserError


@pytest.fixture
def parts(collected):
    """The curves of each cell of the runs made so far."""
    return lambda: by_cell(read_collected(collected())[1])


def texts(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def horizontal(axes):
    """Heights of the lines that span the panel: the paper's scores."""
    return [float(line.get_ydata()[0]) for line in axes.lines if list(line.get_xdata()) == [0, 1]]


def test_each_figure_is_an_svg_a_png_and_a_pdf(make_run, collected, tmp_path):
    make_run()
    make_run(variant="srp-lazy")
    written = figures(collected(), tmp_path / "f")
    stems = ("learning-curves", "vanilla-vs-srp-lazy")
    assert written == [tmp_path / "f" / f"{stem}{suffix}" for stem in stems for suffix in (".svg", ".png", ".pdf")]
    assert sorted((tmp_path / "f").iterdir()) == sorted(written)
    assert written[1].read_bytes().startswith(b"\x89PNG")
    assert written[2].read_bytes().startswith(b"%PDF")


def test_equal_input_gives_equal_files(make_run, collected, tmp_path):
    make_run()
    folder = collected()
    for one, other in zip(figures(folder, tmp_path / "a"), figures(folder, tmp_path / "b"), strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_an_env_is_a_panel_and_a_method_a_line(make_run, parts):
    make_run("fish-swim", "explicit")
    make_run("fish-swim", "itt")
    make_run("Swimmer-v2", "iot")
    make_run("Swimmer-v2", "itt", "lazy")
    panels = methods_by_env(parts())
    assert [(panel.title, [curve.label for curve in panel.curves]) for panel in panels] == [
        ("Swimmer-v2", ["IOT"]),
        ("fish-swim", ["ITT", "Explicit"]),
    ]


def test_a_method_looks_the_same_whatever_others_there_are(make_run, parts):
    make_run("fish-swim", "explicit")
    make_run("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "explicit")
    (_, explicit), (alone,) = (panel.curves for panel in methods_by_env(parts()))
    assert explicit.style == alone.style == 2


def test_a_line_is_the_mean_over_seeds_in_a_band_from_lowest_to_highest(make_run, parts):
    make_run(seed=0, returns=[0.0, 10.0])
    make_run(seed=1, returns=[1.0, 30.0, 7.0])
    ((curve,),) = (panel.curves for panel in methods_by_env(parts()))
    assert curve.steps.tolist() == [0, 1, 2]
    assert curve.band.mean.tolist() == [0.5, 20.0, 7.0]
    assert (curve.band.low.tolist(), curve.band.high.tolist()) == ([0.0, 10.0, 7.0], [1.0, 30.0, 7.0])


def test_where_seeds_are_missing_the_line_is_faint_and_the_legend_says_so(make_run, parts):
    make_run(seed=0, returns=[0.0, 10.0])
    make_run(seed=1, returns=[1.0, 30.0, 7.0])
    figure = draw(methods_by_env(parts()))
    full, faint = figure.axes[0].lines
    np.testing.assert_array_equal(full.get_ydata(), [0.5, 20.0, np.nan])
    np.testing.assert_array_equal(faint.get_ydata(), [np.nan, np.nan, 7.0])
    assert faint.get_alpha() < full.get_alpha()
    assert "not all seeds there yet" in texts(figure)


def test_a_variant_is_drawn_against_vanilla_wherever_it_was_run(make_run, parts):
    make_run("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "itt", "lazy")
    make_run("Swimmer-v2", "itt", "srp")
    make_run("Hopper-v2", "itt")
    make_run("fish-swim", "iot", "lazy")
    panels = vanilla_against(parts(), "lazy")
    assert [(panel.title, [curve.label for curve in panel.curves]) for panel in panels] == [
        ("Swimmer-v2, ITT", ["vanilla", "lazy"]),
        ("fish-swim, IOT", ["lazy"]),
    ]


def test_a_variant_with_a_vanilla_arm_of_its_own_is_drawn_against_that(make_run, parts, collected, tmp_path):
    make_run("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "itt", "srp-paper")
    make_run("Swimmer-v2", "itt", "srp-paper-vanilla")
    make_run("Hopper-v2", "itt")
    make_run("Hopper-v2", "itt", "srp-paper")
    panels = vanilla_against(parts(), "srp-paper")
    assert [(panel.title, [curve.label for curve in panel.curves]) for panel in panels] == [
        ("Swimmer-v2, ITT", ["srp-paper-vanilla", "srp-paper"]),
        ("Hopper-v2, ITT", ["vanilla", "srp-paper"]),
    ]
    stems = {path.stem for path in figures(collected(), tmp_path / "f")}
    assert stems == {"learning-curves", "vanilla-vs-srp-paper"}


def test_the_papers_score_is_drawn_where_it_is_in_view(make_run, parts):
    make_run("Hopper-v2", "itt", returns=[0.0, 2500.0, 0.0])  # the paper has 2670.37, a little above
    make_run("Hopper-v2", "iot", returns=[0.0, 10.0, 0.0])  # 1036.52, within ITT's range
    make_run("HalfCheetah-v2", "itt", returns=[0.0, 10.0, 0.0])  # 2866.02, far above
    make_run("ALE/Pong-v5", "itt", returns=[0.0, 10.0, 0.0])
    figure = draw(methods_by_env(parts()))
    assert [horizontal(axes) for axes in figure.axes] == [[2670.37, 1036.52], [], []]
    assert figure.axes[1].get_ylim()[1] < 20


def test_axes_and_lines_are_explained(make_run, parts):
    make_run(seed=0)
    make_run(seed=1)
    make_run(method="explicit")
    figure = draw(methods_by_env(parts()))
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Iteration (updates of θ so far)", "Return (sum of rewards)")
    assert axes.get_title(loc="left") == "HalfCheetah-v2"
    assert [text.get_text() for text in axes.texts] == ["n = 1 to 2"]
    assert texts(figure)[:2] == ["ITT", "Explicit"]


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 2)), (13, (4, 4)), (15, (4, 4))])
def test_panels_fill_a_grid_about_as_wide_as_high(make_run, parts, count, shape):
    make_run()
    figure = draw(methods_by_env(parts()) * count)
    assert len(figure.axes) == count
    assert {axes.get_subplotspec().get_gridspec().get_geometry() for axes in figure.axes} == {shape}
    assert all(axes.get_xlabel() for axes in figure.axes[-shape[1] :])  # nothing below them


def test_a_study_without_vanilla_runs_says_so(make_run, collected, tmp_path):
    make_run(variant="lazy")
    written = figures(collected(), tmp_path)
    assert [path.name for path in written[:: len(IMAGES)]] == ["learning-curves.svg", "vanilla-vs-lazy.svg"]


def test_a_folder_without_collected_runs_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        figures(tmp_path, tmp_path)


@pytest.mark.parametrize(
    "settings", [b"font.size: 30\nsavefig.facecolor: red\nlines.linewidth: 9\n", b"nonsense: 1\n", b"\xff\xfe"]
)
@pytest.mark.parametrize("backend", ["TkAgg", "nonsense"])
def test_no_setting_of_matplotlib_that_a_user_has_plays_a_part(make_run, collected, tmp_path, settings, backend):
    make_run()
    plain = figures(collected(), tmp_path / "plain")
    for place in ("here", "home/matplotlib"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "matplotlibrc").write_bytes(settings)
    code = "import sys, pathlib as p; from itt.analysis.figures import figures; figures(*map(p.Path, sys.argv[1:]))"
    command = [sys.executable, "-c", code, str(collected()), str(tmp_path / "f")]
    own = {"MPLBACKEND": backend, "DISPLAY": "", "XDG_CONFIG_HOME": str(tmp_path / "home"), "MATPLOTLIBRC": "here"}
    done = subprocess.run(command, env=os.environ | own, cwd=tmp_path / "here", capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for path in plain:
        assert (tmp_path / "f" / path.name).read_bytes() == path.read_bytes()
