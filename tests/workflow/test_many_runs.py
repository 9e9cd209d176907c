"""A study of many runs costs no more than it has to: what is read and parsed is counted here, not timed."""

import csv
import runpy
from pathlib import Path

import pytest

from itt import settings_file
from itt.analysis import files, inventory, run_record, runs
from itt.analysis.collect import collect
from itt.errors import UserError

STUDY = """
name: many
defaults: {algorithm: {iterations: 3, directions: 2}, candidates: {count: 4}}
runs:
  - {envs: [CartPole-v1, Swimmer-v2], methods: [itt, explicit], seeds: 5}
"""
RUNS, CELLS = 20, 4
MAKE = runpy.run_path(str(Path(__file__).with_name("made_records.py")))["make"]


@pytest.fixture
def results(tmp_path):
    (tmp_path / "many.yaml").write_text(STUDY)
    assert MAKE(tmp_path / "many.yaml", tmp_path / "results" / "many") == RUNS
    return tmp_path / "results" / "many"


@pytest.fixture
def parsed(monkeypatch):
    """The texts that were parsed as YAML."""
    texts, parse = [], settings_file.parse
    run_record._shared.cache_clear()
    monkeypatch.setattr(settings_file, "parse", lambda text, where: texts.append(text) or parse(text, where))
    return texts


def long(texts):
    return [text for text in texts if len(text) > 100]


def test_the_hash_of_a_record_is_read_without_parsing_the_rest(results, parsed):
    records = sorted(results.rglob("run.yaml"))
    hashes = [inventory.recorded_hash(record) for record in records]
    assert parsed == []
    assert hashes == [settings_file.read(record)["hash"] for record in records]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"hash": "0123456789abcdef"}', "0123456789abcdef"),
        ("hash: '0123456789012345'\n", "0123456789012345"),
        ("deeper:\n  hash: 0123456789abcdef\n", None),
        ("- a list\n", None),
        ("seed: 1\n", None),
    ],
)
def test_a_record_of_another_form_is_parsed(tmp_path, content, told):
    (tmp_path / "run.yaml").write_text(content)
    assert inventory.recorded_hash(tmp_path / "run.yaml") == told


def test_a_hash_that_stands_twice_is_a_mistake(tmp_path):
    (tmp_path / "run.yaml").write_text("hash: 0123456789abcdef\nhash: 0123456789abcde0\n")
    with pytest.raises(UserError, match="hash"):
        inventory.recorded_hash(tmp_path / "run.yaml")


def test_what_the_seeds_of_a_cell_share_is_parsed_once(results, parsed, tmp_path):
    collect([results], tmp_path / "collected")
    assert len(long(parsed)) == CELLS
    assert len(runs.recorded(results)) == RUNS
    assert len(long(parsed)) == CELLS


def test_curves_are_the_lines_of_the_runs(results, tmp_path):
    collect([results], tmp_path / "collected")
    with open(tmp_path / "collected" / "curves.csv", newline="") as file:
        lines = list(csv.reader(file))
    with open(results / "runs" / "CartPole-v1" / "explicit" / "vanilla" / "seed0" / "metrics.csv", newline="") as file:
        metrics = list(csv.reader(file))
    assert len(lines) == 1 + 3 * RUNS
    assert lines[0] == ["study", "env", "method", "variant", "seed", *metrics[0]]
    assert lines[1:4] == [["many", "CartPole-v1", "explicit", "vanilla", "0", *row] for row in metrics[1:]]


def test_of_curves_each_name_is_held_once_and_what_nothing_is_made_of_is_not_read(results, tmp_path):
    collect([results], tmp_path / "collected")
    _, curves = files.read_collected(tmp_path / "collected")
    assert set(curves) == {*files.NAME, *files.NUMBERS[1]}
    assert all(str(curves[name].dtype) == "category" for name in files.NAME)
