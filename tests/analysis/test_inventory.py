"""The list of a study's runs: when it counts as new, and what is collected by it."""

import csv

import pytest

from itt.analysis import inventory
from itt.analysis.collect import collect_listed
from itt.analysis.figures import figures
from itt.analysis.inventory import Listed
from itt.analysis.outputs import CAPTIONS
from itt.analysis.tables import tables
from itt.errors import UserError


def listed(seed, left_out="", **changes):
    folder = f"runs/HalfCheetah-v2/itt/vanilla/seed{seed}"
    who = {"study": "demo", "env": "HalfCheetah-v2", "method": "itt", "variant": "vanilla", "seed": str(seed)}
    return Listed(folder, **(who | {"hash": "0123456789abcdef", "iterations": "2"} | changes), left_out=left_out)


@pytest.fixture
def path(results):
    return results / "demo" / "inventory.csv"


@pytest.fixture
def collected_by(path, tmp_path):
    """Collects these runs by an inventory of them."""

    def collect(*runs):
        inventory.write(path, runs, due=False)
        return collect_listed(path, tmp_path / "collected")

    return collect


def refused(*arguments):
    with pytest.raises(UserError) as error:
        collect_listed(*arguments)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_is_read_is_what_was_written(path):
    runs = [listed(0), listed(1, inventory.LEFT_OUT, env="ALE/Pong-v5")]
    inventory.write(path, runs, due=False)
    assert inventory.read(path) == runs


def test_it_is_new_when_its_runs_are_others_or_something_is_due(path):
    def is_new_after(runs, due):
        before = path.read_bytes()
        inventory.write(path, runs, due)
        return path.read_bytes() != before

    inventory.write(path, [listed(0)], due=False)
    assert not is_new_after([listed(0)], due=False)
    assert is_new_after([listed(0)], due=True)
    assert is_new_after([listed(0), listed(1)], due=False)


def test_only_listed_runs_are_collected(make_run, collected_by):
    for seed in range(3):
        make_run(seed=seed)
    runs, curves = collected_by(listed(0), listed(2))
    assert [row["seed"] for row in csv.DictReader(runs.read_text().splitlines())] == ["0", "2"]
    assert {row["seed"] for row in csv.DictReader(curves.read_text().splitlines())} == {"0", "2"}


def test_what_was_collected_is_of_these_runs_and_no_others(make_run, collected_by):
    make_run(seed=0)
    make_run(seed=1)
    runs, _ = collected_by(listed(0), listed(1, inventory.LEFT_OUT))
    assert inventory.is_of(runs, [listed(0), listed(1, inventory.LEFT_OUT)])
    for others in ([listed(0)], [listed(0), listed(1)], [listed(0, hash="f" * 16), listed(1, inventory.LEFT_OUT)]):
        assert not inventory.is_of(runs, others)
    runs.write_text("damaged")
    assert not inventory.is_of(runs, [listed(0)])


def test_runs_that_are_left_out_are_named_in_tables_and_figures(make_run, collected_by, tmp_path):
    for seed in (0, 1):
        make_run(seed=seed)
    collected = collected_by(listed(0), listed(1, inventory.LEFT_OUT), listed(7, inventory.LEFT_OUT))[0].parent
    mark = "Partial: 2 of 3 runs have no result (HalfCheetah-v2/itt/vanilla seeds 1, 7)."
    texts = {path.suffix: path.read_text() for path in tables(collected, tmp_path / "t") if path.stem == "scores"}
    assert all(mark in texts[kind] for kind in (".md", ".tex", ".html"))
    assert "n = 1 seeds" in texts[".md"]
    assert "Partial: 2 of 3 runs" in figures(collected, tmp_path / "f")[0].read_text()


def test_a_variant_without_any_result_still_has_its_figure(make_run, collected_by, tmp_path):
    make_run()
    collected = collected_by(listed(0), listed(0, inventory.LEFT_OUT, variant="lazy"))[0].parent
    assert "vanilla-vs-lazy.svg" in {path.name for path in figures(collected, tmp_path / "f")}


def test_a_whole_study_is_not_marked(make_run, collected_by, tmp_path):
    make_run()
    assert "Partial" not in tables(collected_by(listed(0))[0].parent, tmp_path / "t")[1].read_text()


def test_another_run_in_a_listed_folder_is_refused(make_run, collected_by, path, tmp_path):
    make_run()
    inventory.write(path, [listed(0, hash="f" * 16)], due=False)
    assert "has the hash 0123456789abcdef (run.yaml), not ffffffffffffffff" in refused(path, tmp_path)


def test_a_run_that_is_not_there_is_refused(path, tmp_path):
    inventory.write(path, [listed(0)], due=False)
    assert "seed0/run.yaml: cannot be read" in refused(path, tmp_path)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"\0", b"folder,study\nx\n"])
def test_a_damaged_inventory_is_refused_in_one_line(path, tmp_path, content):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert refused(path, tmp_path).startswith(f"{path}: ")


@pytest.mark.parametrize("wrong", [listed("one", inventory.LEFT_OUT), listed(1, inventory.LEFT_OUT, iterations="two")])
def test_an_inventory_with_words_for_numbers_is_refused_in_one_line(make_run, path, tmp_path, wrong):
    make_run()
    inventory.write(path, [listed(0), wrong], due=False)
    assert "seed and iterations are whole numbers" in refused(path, tmp_path)


def test_runs_on_their_way_are_named(make_run, collected, tmp_path):
    make_run(seed=0, evaluation=[1.0])
    make_run(seed=1, returns=[1.0])
    folder = collected()
    mark = "Partial: 1 of 2 runs are not finished"
    assert f"{mark} (HalfCheetah-v2/itt/vanilla seed 1)." in tables(folder, tmp_path / "t")[1].read_text()
    captions = next(path for path in figures(folder, tmp_path / "f") if path.name == CAPTIONS)
    assert mark in captions.read_text()


def test_a_run_that_was_not_evaluated_while_others_were_is_named(make_run, collected, tmp_path):
    make_run(seed=0, evaluation=[1.0])
    make_run(seed=1)

    said = tables(collected(), tmp_path / "t")[1].read_text()

    assert "Partial: 1 of 2 runs have no fresh evaluation (HalfCheetah-v2/itt/vanilla seed 1)." in said
