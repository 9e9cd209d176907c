"""The figures of a study as files: which there are, that they are reproducible, and what stands below them."""

import json
import os
import subprocess
import sys

import pytest

from itt.analysis.figures import drawn_figures, figures
from itt.analysis.files import read_collected
from itt.analysis.outputs import CAPTIONS, IMAGES
from itt.errors import UserError

ALWAYS = ["learning-curves", "learning-curves-env-steps", "learning-curves-core-hours"]
BEYOND = ["performance-profiles", "aggregates", "probability-of-improvement"]


@pytest.fixture
def drawn(collected):
    """The figures of the runs made so far, by name."""
    return lambda *options: {
        picture.name: figure for picture, figure in drawn_figures(*read_collected(collected()), *options)
    }


@pytest.fixture
def captions(collected):
    """name -> caption of the figures of the runs made so far."""
    return lambda *options: {
        picture.name: picture.caption for picture, _ in drawn_figures(*read_collected(collected()), *options)
    }


def xlabel(figure):
    return figure.axes[-1].get_xlabel()


def test_each_figure_is_an_svg_a_png_and_a_pdf(make_run, collected, tmp_path):
    make_run()
    make_run(variant="srp-lazy")
    written = figures(collected(), tmp_path / "f")
    stems = [*ALWAYS, "vanilla-vs-srp-lazy", *BEYOND]
    assert [path.name for path in written] == [*(f"{stem}{kind}" for stem in stems for kind in IMAGES), CAPTIONS]
    assert sorted((tmp_path / "f").iterdir()) == sorted(written)
    for path in written[:-1]:
        assert path.read_bytes().startswith({".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}[path.suffix])


def test_equal_input_gives_equal_files(make_run, collected, tmp_path):
    for env in ("Swimmer-v2", "CartPole-v1"):
        for method in ("itt", "iot"):
            for seed in range(3):
                make_run(env, method, seed=seed, returns=[0.0, float(seed)], env_steps=100 + seed)
    folder = collected()
    for one, other in zip(
        figures(folder, tmp_path / "a", None, "bootstrap"),
        figures(folder, tmp_path / "b", None, "bootstrap"),
        strict=True,
    ):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_methods_are_drawn_over_each_axis_and_a_variant_over_the_fair_one(make_run, drawn):
    make_run()
    make_run(variant="lean", env_steps=50)
    make_run(variant="lazy")
    found = drawn()
    assert [xlabel(found[name]).partition(" ")[0] for name in ALWAYS] == ["Iteration", "Env", "Core-hours"]
    assert xlabel(found["vanilla-vs-lean"]).startswith("Env steps")
    assert xlabel(found["vanilla-vs-lazy"]).startswith("Iteration")


@pytest.mark.parametrize(("axis", "name"), list(zip(("iteration", "env-steps", "core-hours"), ALWAYS, strict=True)))
def test_all_curves_can_be_drawn_over_one_axis(make_run, drawn, axis, name):
    make_run()
    make_run(variant="lean", env_steps=50)
    found = drawn(axis)
    assert list(found) == [name, "vanilla-vs-lean", *BEYOND]
    assert xlabel(found[name]) == xlabel(found["vanilla-vs-lean"])


def test_a_study_without_vanilla_runs_says_so(make_run, drawn):
    make_run(variant="lazy")
    found = drawn()
    for name in ALWAYS:
        assert [text.get_text() for text in found[name].texts] == [
            "The study has no vanilla run, by which methods are compared."
        ]


def test_too_few_runs_for_statistics_over_envs_are_told_instead_of_drawn(make_run, drawn, captions):
    make_run()
    found, told = drawn(), captions()
    for name in BEYOND:
        assert not found[name].axes
        assert found[name].texts[0].get_text().startswith("Too few: ")
        assert " ".join(found[name].texts[0].get_text().split()) == told[name]


def test_a_caption_says_n_and_what_the_band_is_and_which_lines_have_fewer_seeds(make_run, captions):
    for seed in range(3):
        make_run("Swimmer-v2", "itt", seed=seed)
    make_run("Swimmer-v2", "iot")
    told = captions()["learning-curves"]
    assert "from the lowest seed to the highest" in told
    assert "n = 3 seeds a line; fewer: Swimmer-v2: IOT (1)." in told
    assert "bootstrap interval of that mean" in captions(None, "bootstrap")["learning-curves"]


def test_captions_say_what_a_return_is_where_it_is_not_one_episodes(make_run, captions):
    make_run(method="itt", variant="lean")
    make_run(method="itt")
    own = "SAC has rows, one every so many env steps"
    assert not any(own in told for told in captions().values())
    make_run(method="sac")
    assert {name for name, told in captions().items() if own in told} == set(ALWAYS)
    make_run(method="sac", variant="lean")
    assert {name for name, told in captions().items() if own in told} == {*ALWAYS, "vanilla-vs-lean"}


def test_the_caption_of_a_variant_says_why_it_is_over_env_steps(make_run, captions):
    make_run()
    make_run(variant="lean", env_steps=50)
    assert "do not take equally many env steps, so they are compared over these" in captions()["vanilla-vs-lean"]
    assert "so they are compared" not in captions("env-steps")["vanilla-vs-lean"], "it was asked for"


def test_the_caption_of_a_variant_says_nothing_of_costs_where_one_arm_has_no_result(make_run, captions):
    make_run(returns=[])
    make_run(variant="lean", env_steps=50)
    assert "takes as many env steps" not in captions()["vanilla-vs-lean"]
    make_run("Swimmer-v2")
    make_run("Swimmer-v2", variant="lean")
    assert "as many env steps in both, wherever both have a result." in captions()["vanilla-vs-lean"]


def test_lines_without_any_result_have_no_number_of_seeds(make_run, captions):
    make_run(returns=[])
    make_run(method="sac", variant="lean")
    assert "No line has a result yet." in captions()["learning-curves"]
    assert "n = 0" not in captions()["learning-curves"]


def test_thin_lines_are_explained_where_there_are_any(make_run, captions):
    make_run()
    assert "as-run" not in captions()["learning-curves"]
    make_run(variant="as-run")
    told = captions()
    assert "Thin lines (as-run)" in told["learning-curves"]
    assert "vanilla-vs-as-run" not in told


def test_what_is_missing_stands_in_every_figure_and_caption(make_run, collected, tmp_path):
    make_run(seed=0)
    make_run(seed=1, returns=[])
    mark = "Partial: 1 of 2 runs have no result."
    *images, captions = figures(collected(), tmp_path / "f")
    told = json.loads(captions.read_text(encoding="utf-8"))
    assert list(told) == [*ALWAYS, *BEYOND]
    assert all(one["title"] and one["caption"].startswith(mark) for one in told.values())
    for path in images[:: len(IMAGES)]:
        assert mark in path.read_text(encoding="utf-8"), path.name


def test_a_folder_without_collected_runs_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        figures(tmp_path, tmp_path)


SETTINGS_OF_A_USER = [
    (b"font.size: 30\nsavefig.facecolor: red\nlines.linewidth: 9\n", "TkAgg"),
    (b"nonsense: 1\n", "nonsense"),
    (b"\xff\xfe", "nonsense"),
]


def test_no_setting_of_matplotlib_that_a_user_has_plays_a_part(make_run, collected, tmp_path):
    make_run()
    plain = figures(collected(), tmp_path / "plain")
    code = "import sys, pathlib as p; from itt.analysis.figures import figures; figures(*map(p.Path, sys.argv[1:]))"
    for place in ("here", "home/matplotlib"):
        (tmp_path / place).mkdir(parents=True)
    for number, (settings, backend) in enumerate(SETTINGS_OF_A_USER):
        drawn = tmp_path / str(number)
        command = [sys.executable, "-c", code, str(collected()), str(drawn)]
        for place in ("here", "home/matplotlib"):
            (tmp_path / place / "matplotlibrc").write_bytes(settings)
        own = {"MPLBACKEND": backend, "DISPLAY": "", "XDG_CONFIG_HOME": str(tmp_path / "home"), "MATPLOTLIBRC": "here"}
        done = subprocess.run(command, env=os.environ | own, cwd=tmp_path / "here", capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        for path in plain:
            assert (drawn / path.name).read_bytes() == path.read_bytes(), settings
