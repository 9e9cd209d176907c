"""A study file written from runs gives these runs."""

from pathlib import Path

import pytest

from itt.analysis.runs import study
from itt.rehearsal import rehearsal
from itt.settings_file import parse
from itt.study import expand, load, single

ROOT = Path(__file__).parents[2]


def again(runs):
    """What the study file of these runs gives."""
    return expand(parse(study({run.folder: run for run in runs}).decode(), ""), "study.yaml")


def told(runs):
    return {run.folder: (run.study, run.hash) for run in runs}


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda file: file.stem)
def test_the_runs_of_a_study_are_the_same_again(file):
    runs = load(file).runs
    assert told(again(runs).runs) == told(runs)


def test_settings_of_an_env_its_variants_and_seeds_are_kept():
    limit = ["episode_steps=7", 'env_kwargs={"continuous": true}']
    runs = [single("CartPole-v1", "itt", "lazy", seed, limit, "a") for seed in (3, 1)]
    assert told(again(runs).runs) == told(runs)


def test_a_rehearsal_becomes_a_study_that_may_be_loaded():
    runs = rehearsal(load(ROOT / "config" / "demo.yaml")).runs
    study = again(runs)
    assert study.name == "demo-rehearsed"
    assert {run.hash for run in study.runs} == {run.hash for run in runs}
