"""Which runs are trained again, and what is said about versions."""

import json
import signal

import pytest

from itt.analysis.runs import recorded
from itt.archive.replay import choose, replay
from itt.errors import Stopped, UserError
from itt.ranks.signals import Signals
from itt.ranks.team import Alone
from itt.study import single

ITT = "runs/CartPole-v1/itt/vanilla/seed0"

TEAM = Alone(Signals())


@pytest.fixture
def grid(tmp_path):
    """Runs of three envs, three methods and two seeds, which have a row each."""
    runs = {}
    for env in ("Acrobot-v1", "CartPole-v1", "MountainCar-v0"):
        for method in ("explicit", "iot", "itt"):
            for seed in (0, 1):
                run = single(env, method, "vanilla", seed)
                runs[tmp_path / run.folder] = run
                (tmp_path / run.folder).mkdir(parents=True)
                (tmp_path / run.folder / "metrics.csv").write_text("step,return\n0,1.0\n")
    return runs


def test_runs_are_chosen_across_envs_and_methods(grid):
    chosen = [grid[folder] for folder in choose(grid, 3)]
    assert len({run.env for run in chosen}) == len({run.method for run in chosen}) == 3


def test_no_second_seed_is_chosen_before_every_env_has_had_every_method(grid):
    assert {(grid[folder].env, grid[folder].method) for folder in choose(grid, 9)} == {
        (run.env, run.method) for run in grid.values()
    }


def test_the_choice_is_always_the_same_and_a_larger_one_begins_with_it(grid):
    backwards = dict(reversed(grid.items()))
    assert choose(backwards, 5)[:3] == choose(grid, 3)


def test_no_run_is_chosen_twice_or_without_a_row(grid):
    empty = next(iter(grid))
    (empty / "metrics.csv").unlink()
    assert set(choose(grid, 100)) == set(grid) - {empty}


def test_nothing_to_train_again_is_an_error(results, tmp_path):
    for folder in recorded(results):
        (folder / "metrics.csv").unlink()
    with pytest.raises(UserError, match="no run could be replayed: none of 2 has recorded an iteration"):
        replay(results, 1, 1, TEAM, tmp_path / "again")


def test_so_many_iterations_are_trained_as_are_asked_for_and_recorded(trained, tmp_path):
    [one] = replay(trained, 1, 1, TEAM, tmp_path / "one")
    [all_] = replay(trained, 1, 5, TEAM, tmp_path / "all")
    assert (one.rows, all_.rows) == (1, 2)
    assert one.difference == all_.difference == ""


def test_other_versions_are_told_beside_the_result(results, tmp_path):
    [one, two] = replay(results, 2, 1, TEAM, tmp_path / "same")
    assert one.environment == two.environment == ""
    for folder in recorded(results):
        file = folder / "provenance.json"
        [session] = json.loads(file.read_text())
        versions = session["versions"] | {"numpy": "1.0"}
        file.write_text(json.dumps([session | {"versions": versions, "python": "3.0"}]))
    [one, two] = replay(results, 2, 1, TEAM, tmp_path / "other")
    assert "python 3.0 then, " in one.environment
    assert "numpy 1.0 then, " in two.environment


def test_a_training_that_started_from_a_saved_policy_starts_from_the_archived_one(results, train, tmp_path):
    saved = results / ITT / "policy.npz"
    more = ["algorithm.iterations=1", "algorithm.directions=3", f"algorithm.initial.policy={saved}"]
    run = single("CartPole-v1", "itt", "vanilla", 0, more, "tiny").model_copy(update={"variant": "warm"})
    train(run, f"results/tiny/{run.folder}")
    (results / ITT / "run.yaml").rename(results / ITT / "no-run.yaml")
    (results / "initial").mkdir()
    saved.rename(results / "initial" / "a.npz")
    file = results / run.folder / "run.yaml"
    file.write_text(file.read_text().replace(str(saved), "initial/a.npz"))

    warm = next(one for one in replay(results, 2, 1, TEAM, tmp_path / "again") if "warm" in one.name)

    assert (warm.rows, warm.difference) == (1, "")


def test_a_signal_ends_a_replay(trained, tmp_path):
    signals = Signals()
    signals.came = signal.SIGTERM
    with pytest.raises(Stopped, match="nothing is kept"):
        replay(trained, 1, 2, Alone(signals), tmp_path / "again")
