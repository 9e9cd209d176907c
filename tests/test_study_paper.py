"""config/paper.yaml says what the paper's tables say, and every study of the project fits the schema for editors."""

import json
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from itt.algorithms.es.settings import METHODS
from itt.published import zhao2022
from itt.published.names import DMCS, ENVS
from itt.study import json_schema, load

ROOT = Path(__file__).parents[1]
STUDIES = sorted((ROOT / "config").glob("*.yaml"))
PAPER = load(ROOT / "config" / "paper.yaml")
VANILLA = {(run.env, run.method): run for run in PAPER.runs if (run.variant, run.seed) == ("vanilla", 0)}
EVERY_CELL = [(env, method) for env in ENVS for method in METHODS]


def test_the_study_is_every_env_and_method_with_ten_seeds_and_the_arms_of_figures_4_and_5():
    counts = Counter((run.env, run.method, run.variant) for run in PAPER.runs if run.variant != "as-run")
    figure_4 = [(env, arm) for env in ("HalfCheetah-v2", "Swimmer-v2") for arm in ("srp-paper", "srp-paper-vanilla")]
    cells = [*((*cell, "vanilla") for cell in EVERY_CELL), ("HalfCheetah-v2", "itt", "lazy")]
    assert counts == dict.fromkeys([*cells, *((env, "itt", arm) for env, arm in figure_4)], 10)


def test_the_arms_as_run_have_the_candidates_and_directions_of_the_development_code():
    arms = Counter((run.env, run.method) for run in PAPER.runs if run.variant == "as-run")
    found = {cell: PAPER.find(*cell, "as-run", 0) for cell in arms}
    expected = {("LunarLanderContinuous-v2", method): (25, 24) for method in ("itt", "iot")}
    expected |= {("Hopper-v2", method): (125, 48) for method in ("itt", "iot")}
    expected |= {
        ("MountainCarContinuous-v0", method): sizes
        for method, sizes in {"itt": (5, 24), "iot": (1000, 24), "explicit": (1000, None)}.items()
    }
    expected["InvertedPendulumBulletEnv-v0", "explicit"] = (1000, None)
    assert arms == dict.fromkeys(expected, 10)
    assert {cell: (run.candidates.count, run.algorithm.directions) for cell, run in found.items()} == expected


def test_an_arm_as_run_differs_from_vanilla_in_nothing_else_but_one_activation():
    for cell in {(run.env, run.method) for run in PAPER.runs if run.variant == "as-run"}:
        settings = (PAPER.find(*cell, variant, 0).model_dump() for variant in ("vanilla", "as-run"))
        as_written, as_run = (
            one
            | {"variant": "", "candidates": one["candidates"] | {"count": 0}}
            | {"algorithm": one["algorithm"] | {"directions": 0}}
            for one in settings
        )
        if cell[1] == "explicit":
            assert as_run["policy"]["tower"].pop("activation") == "tanh"
            assert as_written["policy"]["tower"].pop("activation") == "relu"
        assert as_run == as_written


def test_the_evidence_is_cells_of_the_paper_with_the_same_settings_but_for_fewer_iterations_or_the_cores_of_as_run():
    shorter, only_directions = set(), set()
    there = {run.folder for run in PAPER.runs}
    for run in load(ROOT / "config" / "evidence.yaml").runs:
        if run.folder in there:
            whole = PAPER.find(run.env, run.method, run.variant, run.seed)
        else:
            whole = PAPER.find(run.env, run.method, "vanilla", run.seed)
            whole = whole.model_copy(update={"algorithm": whole.algorithm.model_copy(update={"directions": 24})})
            only_directions.add((run.env, run.method, run.variant))
        same = whole.algorithm.model_copy(update={"iterations": run.algorithm.iterations})
        assert run.spec() == whole.model_copy(update={"algorithm": same}).spec()
        if run.algorithm.iterations < whole.algorithm.iterations:
            shorter.add((run.env, run.variant))
    arms = ("srp-paper", "srp-paper-vanilla")
    cut = {("HalfCheetah-v2", variant) for variant in ("vanilla", "lazy", *arms)}
    assert shorter == cut | {("Swimmer-v2", variant) for variant in arms}
    cells = [(env, method) for env in ("CartPole-v1", "MountainCar-v0", "Acrobot-v1") for method in METHODS]
    cells += [("InvertedPendulumBulletEnv-v0", method) for method in ("itt", "iot")]
    assert only_directions == {(*cell, "as-run") for cell in cells}


def test_the_lazy_arm_updates_the_action_tower_every_fifth_iteration_as_in_figure_5():
    lazy = PAPER.find("HalfCheetah-v2", "itt", "lazy", 0).algorithm
    vanilla = VANILLA["HalfCheetah-v2", "itt"].algorithm
    assert lazy.lazy is not None
    assert (lazy.lazy.period, lazy.iterations) == (5, 501)
    assert lazy.model_copy(update={"lazy": None, "iterations": vanilla.iterations}) == vanilla


@pytest.mark.parametrize(("env", "iterations"), zhao2022.iterations().items())
def test_table_2_gives_the_iterations(env, iterations):
    assert {VANILLA[env, method].algorithm.iterations for method in METHODS} == {iterations}


@pytest.mark.parametrize(
    ("env", "iterations"),
    [
        ("CartPole-v1", 100),
        ("MountainCar-v0", 2000),
        ("Acrobot-v1", 200),
        ("MountainCarContinuous-v0", 200),
        ("InvertedPendulumBulletEnv-v0", 200),
        *((env, 500) for env in DMCS.values()),
    ],
)
def test_the_logs_give_the_iterations_that_table_2_lacks(env, iterations):
    assert {VANILLA[env, method].algorithm.iterations for method in METHODS} == {iterations}


@pytest.mark.parametrize(("env", "method"), EVERY_CELL)
def test_table_3_gives_sigma(env, method):
    assert VANILLA[env, method].algorithm.sigma == zhao2022.sigmas()[env, method]


@pytest.mark.parametrize(("env", "method"), EVERY_CELL)
def test_table_5_gives_the_layers_as_matrices_in_gym_and_as_hidden_layers_in_the_control_suite(env, method):
    policy = VANILLA[env, method].policy
    towers = (policy.state, policy.action) if method == "itt" else (policy.tower,)
    more = 1 if env in DMCS.values() else 0
    assert tuple(tower.layers for tower in towers) == tuple(n + more for n in zhao2022.layers()[env, method])


@pytest.mark.parametrize(("env", "method"), EVERY_CELL)
def test_section_3_1_gives_candidates_directions_and_width(env, method):
    run = VANILLA[env, method]
    given = (run.candidates.count, run.candidates.resample, run.algorithm.directions, run.policy.width)
    suite = (10000, "iteration", 500, 20)
    gym = (1000, "transition", None, None)
    assert given == (suite if env in DMCS.values() else gym)


@pytest.mark.parametrize(("env", "method"), EVERY_CELL)
def test_only_swimmer_is_linear_in_all_layers(env, method):
    policy = VANILLA[env, method].policy
    hidden = {policy.state.activation, policy.action.activation, policy.tower.activation}
    assert hidden == ({"linear"} if env == "Swimmer-v2" else {"relu"})


def test_figure_4_compares_srp_with_vanilla_over_the_same_candidates():
    arms = {(run.env, run.variant): run for run in PAPER.runs if run.variant.startswith("srp")}
    found = {}
    for (env, variant), run in arms.items():
        found[env, variant] = (run.candidates.count, run.candidates.resample, run.search.name)
        if run.search.name == "srp":
            assert (run.search.mode, run.search.thresholds, run.search.bound) == ("paper", "median", "max_norm")
    assert found == {
        ("HalfCheetah-v2", "srp-paper"): (16384, "iteration", "srp"),
        ("HalfCheetah-v2", "srp-paper-vanilla"): (16384, "iteration", "exact"),
        ("Swimmer-v2", "srp-paper"): (1024, "iteration", "srp"),
        ("Swimmer-v2", "srp-paper-vanilla"): (1024, "iteration", "exact"),
    }
    assert [arms[env, "srp-paper"].search.projections for env in ("HalfCheetah-v2", "Swimmer-v2")] == [6, 3]


def test_the_estimator_is_that_of_equations_11_and_12_everywhere():
    settings = {(run.algorithm.estimator, run.algorithm.sampling, run.algorithm.eta) for run in PAPER.runs}
    assert settings == {("antithetic", "orthogonal", 0.01)}


def test_the_demo_is_three_envs_with_all_methods_and_two_seeds():
    runs = {(run.env, run.method, run.variant, run.seed) for run in load(ROOT / "config" / "demo.yaml").runs}
    envs = ("CartPole-v1", "MountainCarContinuous-v0", "Swimmer-v2")
    assert runs == {(env, method, "vanilla", seed) for env in envs for method in METHODS for seed in (0, 1)}


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.name)
def test_every_study_of_the_project_fits_the_schema(path):
    Draft202012Validator(json_schema()).validate(YAML(typ="safe", pure=True).load(path.read_text()))


@pytest.mark.parametrize(
    "mistake",
    [
        {"foo": 1},
        {"defaults": {"algorithm": {"sigma": -1}}},
        {"defaults": {"algoritm": {}}},
        {"envs": {"Hopper-v2": {"algorithm": {"sigmma": 1}}}},
        {"envs": {"Hopper-v2": {"methods": {"itt": {"candidates": {"count": 0}}}}}},
        {"variants": {"x": {"search": {"name": "foo"}}}},
        {"runs": []},
        {"runs": [{"envs": ["Hopper-v2"], "methods": ["ittt"], "seeds": 1}]},
    ],
)
def test_the_schema_refuses_what_the_study_refuses(mistake):
    right = {"name": "a", "runs": [{"envs": ["Hopper-v2"], "methods": ["itt"], "seeds": 1}]}
    validator = Draft202012Validator(json_schema())
    assert validator.is_valid(right)
    assert not validator.is_valid(right | mistake)


def test_the_schema_for_editors_is_the_one_of_the_code():
    file = ROOT / "workflow" / "schemas" / "study.schema.json"
    assert json.loads(file.read_text()) == json_schema(), "renew it: itt schema > workflow/schemas/study.schema.json"


def test_the_schema_says_what_every_setting_means():
    definitions = json_schema()["$defs"]
    names = ("Candidates", "ES", "Lazy", "Tower", "Policy", "Record", "DerivativeFree", "SignedRandomProjections")
    names += ("Decay", "Momentum", "Adam", "ClipUp", "Target", "WarmStart")
    silent = {
        f"{name}.{key}"
        for name in names
        for key, setting in definitions[name]["properties"].items()
        if "description" not in setting and "$ref" not in setting and "const" not in setting
    }
    assert silent == set()
