"""`itt bench ranks`: all four teams play the same and their figures make the ratio."""

import json

import pytest

from itt.bench import ranks


@pytest.mark.mpi
def test_it_measures_workers_processes_and_the_coordinator(itt, monkeypatch):
    monkeypatch.setattr(ranks, "ROUNDS", 1)
    row = json.loads(itt("bench", "ranks", "--seconds", "0.1", "--json").out)
    rates = [row[f"{name}_steps_per_s"] for name in ("one_worker", "two_workers", "one_process", "two_processes")]
    assert all(rate > 0 for rate in rates)
    one, two, alone, both = rates
    assert row["relative_efficiency"] == pytest.approx(two / one / (both / alone))
    assert 0 < row["coordinator_cpu"] < 1
    assert 0 < row["at_play"] <= 1


def test_without_a_launcher_it_says_what_to_install(monkeypatch, tmp_path, itt):
    monkeypatch.setattr(ranks.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(ranks.shutil, "which", lambda name: None)
    ended = itt("bench", "ranks")
    assert ended.code == 2
    assert "itt[mpi]" in ended.err
