"""The names of tables and figures, which the workflow declares and analysis writes."""

import subprocess
import sys
from pathlib import Path

import pytest

from itt.analysis import outputs
from itt.analysis.figures import drawn_figures, figures
from itt.analysis.files import read_collected
from itt.analysis.tables import tables
from itt.study import load

STUDIES = sorted((Path(__file__).parents[2] / "config").glob("*.yaml"))


def test_every_variant_has_a_figure_but_vanilla_and_the_arms_that_others_are_compared_with():
    found = outputs.figures({"vanilla", "lazy", "srp", "srp-vanilla", "odd-vanilla"})
    assert [name for name in found if name.startswith("vanilla-vs-")] == [
        "vanilla-vs-lazy",
        "vanilla-vs-odd-vanilla",
        "vanilla-vs-srp",
    ]


def test_as_run_is_the_methods_themselves_and_has_no_figure_of_its_own():
    assert (
        outputs.figures({"vanilla", "as-run"}) == outputs.figures({"vanilla"}) == (*outputs.LEARNING, *outputs.BEYOND)
    )


def test_a_variant_is_compared_with_its_own_arm_where_there_is_one():
    assert outputs.vanilla_arm("srp", {"srp", "srp-vanilla", "vanilla"}) == "srp-vanilla"
    assert outputs.vanilla_arm("srp", {"srp", "vanilla"}) == "vanilla"


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_what_is_drawn_of_a_study_is_what_is_declared(path, make_run, collected):
    runs = load(path).runs
    for env, method, variant in {(run.env, run.method, run.variant) for run in runs}:
        make_run(env, method, variant)
    drawn = {picture.name: figure for picture, figure in drawn_figures(*read_collected(collected()))}
    assert tuple(drawn) == outputs.figures({run.variant for run in runs})
    assert all(figure.axes for name, figure in drawn.items() if name not in outputs.BEYOND)


def test_what_is_written_has_these_names(make_run, collected, tmp_path):
    for variant in ("vanilla", "srp", "srp-vanilla"):
        make_run(variant=variant)
    folder = collected()
    assert {path.name for path in folder.iterdir()} == set(outputs.COLLECTED)
    assert [path.name for path in tables(folder, tmp_path / "t")] == list(outputs.TABLES)
    names = outputs.figure_files({"vanilla", "srp", "srp-vanilla"})
    assert [path.name for path in figures(folder, tmp_path / "f")] == names
    assert "vanilla-vs-srp.pdf" in names


def test_naming_them_imports_nothing_heavy():
    code = "import sys, itt.analysis.outputs, itt.analysis.inventory; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "matplotlib", "seaborn", "scipy"} & set(modules)
