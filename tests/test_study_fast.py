"""config/fast.yaml is one recipe that goes for the paper's scores at a hundredth of its env steps."""

from pathlib import Path

import pytest

from itt.published import zhao2022
from itt.resolve import resolve
from itt.study import load

ROOT = Path(__file__).parents[1]
FAST = {run.env: run for run in load(ROOT / "config" / "fast.yaml").runs}
OF_THE_ENV = {"iterations", "survival_bonus", "target"}
"""What an env needs of its own: its score, and a return without what it pays for not falling."""


@pytest.mark.parametrize("env", FAST)
def test_a_training_ends_at_table_6s_score_of_itt(env):
    target = FAST[env].algorithm.target
    assert target is not None
    assert target.score == zhao2022.scores()[env, "itt"][0]


def test_one_recipe_serves_all_envs():
    def recipe(run):
        algorithm = {key: value for key, value in run.spec()["algorithm"].items() if key not in OF_THE_ENV}
        return run.spec() | {"env": "any", "algorithm": algorithm}

    first, *others = map(recipe, FAST.values())
    assert others
    assert others == [first] * len(others)


def test_halfcheetah_whose_episodes_never_end_early_may_use_a_hundredth_of_the_papers_env_steps():
    def episodes(run):
        return run.algorithm.iterations * (1 + 2 * resolve(run).algorithm.directions)

    paper = load(ROOT / "config" / "paper.yaml").find("HalfCheetah-v2", "itt", "vanilla", 0)
    assert episodes(FAST["HalfCheetah-v2"]) <= episodes(paper) / 100
