"""`itt bench directions`: every sampling is measured, and its rows are looked at."""

import json

import pytest

from itt.bench.directions import MADE, measure


def test_every_sampling_is_measured_beside_qr():
    rows = {row["name"]: row for row in measure(8, 16, 0.0)}
    assert rows.keys() == MADE.keys()
    assert rows["qr"]["speedup"] == 1.0
    assert all(row["ms"] > 0 and row["repeats"] >= 3 for row in rows.values())


def test_cosines_tell_orthogonal_rows_from_independent_ones():
    cosines = {row["name"]: row["cosine"] for row in measure(32, 64, 0.0)}
    assert cosines["orthogonal"] < 1e-10 and cosines["qr"] < 1e-10 and cosines["hadamard"] < 1e-10
    assert cosines["gaussian"] == pytest.approx(64**-0.5, rel=0.2)


def test_the_command_writes_what_it_measured(itt, tmp_path):
    done = itt("bench", "directions", "--directions", 2, "--size", 3, "--seconds", 0, "--out", tmp_path / "a.json")
    assert done.code == 0
    content = json.loads((tmp_path / "a.json").read_text())
    assert content["benchmark"] == "directions"
    assert "2 directions in 3 dimensions" in done.out
