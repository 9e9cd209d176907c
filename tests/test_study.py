"""A study file becomes runs: which setting wins, which grid comes out, and what a run's hash stands for."""

import subprocess
import sys
from pathlib import Path

import pytest

from itt.algorithms.es.settings import METHODS
from itt.errors import UserError
from itt.study import expand, load, single

ROOT = Path(__file__).parents[1]
CARTPOLE = {"envs": ["CartPole-v1"], "methods": ["itt"], "seeds": 1}


def study(runs=(CARTPOLE,), overrides=(), **sections):
    return expand({"name": "a-study", "runs": list(runs)} | sections, "a-study.yaml", overrides)


def sigma(value):
    return {"algorithm": {"sigma": value}}


# From the weakest layer to the strongest; each sets sigma to a value of its own.
LAYERS = [
    ("defaults", lambda s: s | {"defaults": sigma(2.0)}),
    ("env", lambda s: s | {"envs": {"CartPole-v1": sigma(3.0)}}),
    ("method", lambda s: s | {"envs": {"CartPole-v1": s["envs"]["CartPole-v1"] | {"methods": {"itt": sigma(4.0)}}}}),
    ("variant", lambda s: s | {"variants": {"mine": sigma(5.0)}}),
    ("block", lambda s: s | {"runs": [s["runs"][0] | {"set": sigma(6.0)}]}),
]


@pytest.mark.parametrize("top", range(len(LAYERS)))
def test_each_layer_wins_over_those_below_it(top):
    sections = {"name": "a-study", "runs": [CARTPOLE | {"variants": ["mine"]}], "variants": {"mine": {}}}
    for _, add in LAYERS[: top + 1]:
        sections = add(sections)
    (run,) = expand(sections, "a-study.yaml").runs
    assert run.algorithm.sigma == 2.0 + top


def test_set_on_the_command_line_wins_over_every_layer_and_the_last_one_over_the_first():
    block = CARTPOLE | {"set": sigma(6.0)}
    (run,) = study([block], overrides=["algorithm.sigma=7", "algorithm.sigma=8"]).runs
    assert run.algorithm.sigma == 8.0


def test_the_papers_settings_are_below_all_layers():
    runs = study([CARTPOLE | {"envs": ["Walker2d-v2"]}]).runs
    assert runs[0].algorithm.sigma == 0.5  # Table 3
    runs = study([CARTPOLE | {"envs": ["Walker2d-v2"]}], defaults=sigma(2.0)).runs
    assert runs[0].algorithm.sigma == 2.0


def test_a_layer_changes_only_the_keys_that_it_names():
    (run,) = study(defaults={"policy": {"state": {"width": 7}}}).runs
    assert (run.policy.state.width, run.policy.state.layers, run.policy.kernel) == (7, 2, "dot")


def test_a_methods_layer_is_for_that_method_alone():
    layers = {"CartPole-v1": {"methods": {"iot": sigma(9.0)}}}
    itt, iot, explicit = study([CARTPOLE | {"methods": list(METHODS)}], envs=layers).runs
    assert (itt.algorithm.sigma, iot.algorithm.sigma, explicit.algorithm.sigma) == (1.0, 9.0, 1.0)


def test_another_search_takes_over_no_setting_of_the_one_before():
    run = single("Hopper-v2", "iot", overrides=["search={name: dfo, rounds: 9}", "search={name: exact}"])
    assert run.search.model_dump() == {"name": "exact"}


def test_a_study_may_redefine_a_built_in_variant():
    block = CARTPOLE | {"variants": ["lazy"]}
    (run,) = study([block], variants={"lazy": {"algorithm": {"lazy": {"period": 9}}}}).runs
    assert run.algorithm.lazy.period == 9


def test_null_takes_a_setting_back():
    assert single("CartPole-v1", "itt", "lazy", overrides=["algorithm.lazy=null"]).algorithm.lazy is None


def test_an_alias_means_the_papers_env_in_runs_and_in_layers():
    block = CARTPOLE | {"envs": ["DMCS:FishSwim"]}
    (run,) = study([block], envs={"DMCS:FishSwim": sigma(3.0)}).runs
    assert (run.env, run.algorithm.sigma) == ("fish-swim", 3.0)
    assert study([block]).find("DMCS:FishSwim", "itt", "vanilla", 0).env == "fish-swim"


def test_a_block_is_all_combinations_of_its_lists():
    block = {"envs": ["CartPole-v1", "Hopper-v2"], "methods": ["itt"], "variants": ["vanilla", "lazy"], "seeds": [3, 5]}
    names = [(r.env, r.method, r.variant, r.seed) for r in study([block]).runs]
    assert names == [
        (env, "itt", variant, seed)
        for env in ("CartPole-v1", "Hopper-v2")
        for variant in ("vanilla", "lazy")
        for seed in (3, 5)
    ]


def test_a_number_of_seeds_counts_from_zero():
    assert [run.seed for run in study([CARTPOLE | {"seeds": 3}]).runs] == [0, 1, 2]


def test_a_range_of_seeds_has_both_its_ends():
    assert [run.seed for run in study([CARTPOLE | {"seeds": "0-4"}]).runs] == [0, 1, 2, 3, 4]
    assert [run.seed for run in study([CARTPOLE | {"seeds": [7, "2-3", 5]}]).runs] == [7, 2, 3, 5]


def test_runs_of_two_blocks_differ_by_the_blocks_own_set():
    blocks = [CARTPOLE, CARTPOLE | {"variants": ["lazy"], "set": sigma(2.0)}]
    assert [run.algorithm.sigma for run in study(blocks).runs] == [1.0, 2.0]


def test_seeds_of_one_env_method_and_variant_have_the_same_settings():
    blocks = [CARTPOLE, CARTPOLE | {"seeds": [1], "set": sigma(2.0)}]
    with pytest.raises(UserError, match=r"runs\[1\]: CartPole-v1/itt/vanilla has another algorithm.sigma here than"):
        study(blocks)


def test_seeds_of_two_blocks_with_the_same_settings_are_one_cell():
    blocks = [CARTPOLE, CARTPOLE | {"seeds": [1]}]
    assert [run.seed for run in study(blocks).runs] == [0, 1]


def test_a_slash_in_an_envs_name_becomes_two_dashes_in_its_path():
    (run,) = study([CARTPOLE | {"envs": ["ALE/Pong-v5"], "seeds": [3]}]).runs
    assert run.folder.as_posix() == "runs/ALE--Pong-v5/itt/vanilla/seed3"


def test_a_run_that_the_study_lacks_is_not_found():
    with pytest.raises(UserError, match="study a-study has no run CartPole-v1/iot/vanilla/0"):
        study().find("CartPole-v1", "iot", "vanilla", 0)


def test_a_run_by_hand_has_the_settings_that_the_paper_study_gives_it():
    paper = load(ROOT / "config" / "paper.yaml").find("HalfCheetah-v2", "explicit", "vanilla", 3)
    assert single("HalfCheetah-v2", "explicit", seed=3).spec() == paper.spec()


def cartpole(*overrides, method="itt", variant="vanilla", seed=0, study="by-hand"):
    return single("CartPole-v1", method, variant, seed, overrides, study)


@pytest.mark.parametrize(
    "same",
    [
        cartpole(study="another"),
        cartpole("record.checkpoint_seconds=1"),
        cartpole("policy.tower.layers=9"),  # IOT's and explicit's
        cartpole("algorithm.lazy=null", variant="lazy"),
    ],
)
def test_the_hash_ignores_what_cannot_change_a_result(same):
    assert same.hash == cartpole().hash


def test_the_hash_of_explicit_ignores_candidates_and_search():
    assert cartpole("candidates.count=5", method="explicit").hash == cartpole(method="explicit").hash


@pytest.mark.parametrize(
    "other",
    [
        cartpole(seed=1),
        cartpole(method="iot"),
        cartpole(variant="lazy"),
        cartpole("algorithm.sigma=2"),
        cartpole("algorithm.iterations=2"),
        cartpole("candidates.count=5"),
        cartpole("policy.state.layers=3"),
        cartpole("policy.selection=sample"),
        cartpole("engine=reference"),
        single("Acrobot-v1", "itt"),
    ],
)
def test_the_hash_tells_runs_apart_that_differ_in_their_result(other):
    assert other.hash != cartpole().hash


def test_two_labels_for_the_same_overrides_have_one_hash():
    block = CARTPOLE | {"variants": ["lazy", "slow"]}
    lazy, slow = study([block], variants={"slow": {"algorithm": {"lazy": {"period": 5}}}}).runs
    assert lazy.hash == slow.hash
    assert lazy.folder != slow.folder


def test_reading_a_study_imports_nothing_heavy():
    code = "import sys; from itt.study import load; load(sys.argv[1]); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code, ROOT / "config" / "demo.yaml"], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"torch", "pandas", "seaborn", "mujoco", "dm_control", "pybullet", "gymnasium", "mpi4py", "numba"}
    assert "itt.study" in modules
    assert not heavy & set(modules)


STRANGE = {"envs": ["CartPole-v1"], "methods": ["itt"], "seeds": 1}


def test_an_envs_arguments_and_limit_come_in_layers_like_any_setting():
    layers = {"envs": {"CartPole-v1": {"env_kwargs": {"a": 1, "b": 2}, "episode_steps": 50}}}

    (run,) = study([STRANGE | {"set": {"env_kwargs": {"b": 3}}}], overrides=["env_kwargs.c=[x, null]"], **layers).runs

    assert (run.env_kwargs, run.episode_steps) == ({"a": 1, "b": 3, "c": ["x", None]}, 50)


@pytest.mark.parametrize("value", ["2020-01-01", "{1: 2}", "{a: .nan}", "[.inf]"])
def test_an_argument_that_json_cannot_hold_is_refused(value):
    with pytest.raises(UserError, match=r"--set env_kwargs\.a: must be made of numbers, texts, "):
        single("CartPole-v1", "itt", overrides=[f"env_kwargs.a={value}"])


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "true", "many"])
def test_a_limit_is_a_positive_whole_number(value):
    with pytest.raises(UserError, match="--set episode_steps: "):
        single("CartPole-v1", "itt", overrides=[f"episode_steps={value}"])


def test_an_envs_arguments_and_limit_are_part_of_what_a_run_is_and_their_defaults_are_not():
    plain, *others = [
        single("CartPole-v1", "itt", overrides=overrides)
        for overrides in (
            [], ["env_kwargs.a=1"], ["env_kwargs.a=2"], ["env_kwargs.b=1"], ["episode_steps=50"], ["episode_steps=51"]
        )
    ]  # fmt: skip

    assert len({run.hash for run in (plain, *others)}) == 6
    assert {"env_kwargs", "episode_steps"}.isdisjoint(plain.spec())
    assert single("CartPole-v1", "itt", overrides=["env_kwargs={}", "episode_steps=null"]).hash == plain.hash


def test_with_other_arguments_an_env_has_another_folder():
    folders = [
        single("CartPole-v1", "itt", overrides=[f"env_kwargs={kwargs}"]).folder.parts[1]
        for kwargs in ("{}", "{a: 1}", "{a: 2}", "{a: 1, b: 1}")
    ]

    assert folders[0] == "CartPole-v1"
    assert len(set(folders)) == 4
    assert all(folder.startswith("CartPole-v1@") for folder in folders[1:])


def test_the_order_of_arguments_makes_no_other_env():
    one, other = (
        single("CartPole-v1", "itt", overrides=[f"env_kwargs={kwargs}"]) for kwargs in ("{a: 1, b: 2}", "{b: 2, a: 1}")
    )

    assert (one.folder, one.hash) == (other.folder, other.hash)


def test_runs_of_an_env_with_different_arguments_are_told_apart_by_its_label():
    blocks = [STRANGE | {"set": {"env_kwargs": kwargs}} for kwargs in ({}, {"a": 1}, {"a": 2})]
    plain, first, second = study(blocks).runs

    assert study(blocks).find("CartPole-v1", "itt", "vanilla", 0) == plain
    assert study(blocks).find(first.env_label, "itt", "vanilla", 0) == first
    assert study(blocks[1:2]).find("CartPole-v1", "itt", "vanilla", 0) == first
    with pytest.raises(UserError, match=f"2 runs CartPole-v1/itt/vanilla/0; say which env: {first.env_label}, "):
        study(blocks[1:]).find("CartPole-v1", "itt", "vanilla", 0)
    assert second.env_label != first.env_label
