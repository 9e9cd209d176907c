"""A rehearsal: the whole study with everything in it, as small as it can be."""

from pathlib import Path

import pytest

from itt.algorithms.es.settings import ES, ESRun
from itt.errors import UserError
from itt.rehearsal import rehearsal
from itt.resolve import resolve
from itt.study import expand, load

STUDIES = sorted((Path(__file__).parents[1] / "config").glob("*.yaml"))
SEARCHES = {
    "vanilla": {},
    "lazy": {},
    "bootstrap": {},
    "srp": {},
    "srp-lazy": {},
    "rft": {},
    "paper": {"search": {"name": "srp", "mode": "paper"}, "candidates": {"resample": "iteration"}},
    "released": {"search": {"name": "srp", "mode": "released"}, "candidates": {"resample": "iteration"}},
    "fine": {"search": {"name": "srp", "projections": 16}, "candidates": {"resample": "once", "count": 65536}},
    "many": {"search": {"name": "srp", "min_candidates": 5000}, "candidates": {"resample": "once", "count": 65536}},
    "one": {"candidates": {"resample": "once", "count": 1, "subsample": 1}},
    "wide-tree": {
        "search": {"name": "rft", "features": 16384},
        "candidates": {"resample": "once"},
        "policy": {"selection": "sample"},
    },
}
TOOLS = {
    "top": {"directions": 32, "top_directions": 16},
    "target": {"target": {"score": 9, "rows": 10}},
    "episodes": {"episodes": 50},
    "forward": {"estimator": "forward"},
    "hadamard": {"sampling": "hadamard"},
    "schedule": {"sigma_schedule": {"name": "linear", "iterations": 45}},
    "lazier": {"lazy": {"period": 9, "growth": 3}},
}


def cells(study):
    return {(run.env, run.method, run.variant) for run in study.runs}


def study_of(variant, layer):
    """A study with one variant: a built-in one where `layer` is empty."""
    block = {"envs": ["Hopper-v2"], "methods": ["itt"], "variants": [variant], "seeds": 5}
    return expand({"name": "s", "variants": {variant: layer} if layer else {}, "runs": [block]}, "s.yaml")


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_every_env_method_variant_and_arm_of_a_study_is_in_it_with_two_seeds(path):
    study = load(path)
    small = rehearsal(study)
    assert cells(small) == cells(study)
    assert [run.seed for run in small.runs] == [0, 1] * len(cells(study))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_all_runs_are_tiny(path):
    for run in rehearsal(load(path)).runs:
        assert run.length <= 3
        if isinstance(run, ESRun):
            assert (run.algorithm.iterations, run.algorithm.directions) == (2, 2)
            assert run.candidates.count <= 64
        else:
            assert run.algorithm.steps <= 100 and max(run.algorithm.hidden_sizes) <= 16


@pytest.mark.parametrize(("variant", "layer"), SEARCHES.items(), ids=SEARCHES)
def test_a_search_stays_what_it_is_and_is_possible(variant, layer):
    study = study_of(variant, layer)
    whole, small = study.runs[0], resolve(rehearsal(study).runs[0])
    assert (small.search.name, small.candidates.resample) == (whole.search.name, whole.candidates.resample)
    assert (small.candidates.subsample is None) == (whole.candidates.subsample is None)


@pytest.mark.parametrize(("variant", "settings"), TOOLS.items(), ids=TOOLS)
def test_a_tool_is_still_in_use(variant, settings):
    small = resolve(rehearsal(study_of(variant, {"algorithm": settings})).runs[0]).algorithm
    key = list(settings)[-1]
    assert getattr(small, key) != getattr(ES(), key)


def test_it_has_a_name_and_so_a_folder_of_its_own():
    small = rehearsal(load(STUDIES[0]))
    assert small.name == f"{load(STUDIES[0]).name}-rehearsal"
    assert {run.study for run in small.runs} == {small.name}
    assert small.evaluation.episodes == 2


def test_no_study_may_have_the_name_of_a_rehearsal():
    block = {"envs": ["CartPole-v1"], "methods": ["itt"], "seeds": 1}
    with pytest.raises(UserError, match="name: demo-rehearsal: only rehearsals"):
        expand({"name": "demo-rehearsal", "runs": [block]}, "s.yaml")
