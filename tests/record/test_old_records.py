"""Runs that were recorded before specs had a version can still be read, evaluated, collected, resumed and extended.

`old/` holds two of them as they were written then, and `hashes.json` what the hashes of some runs were.
"""

import json
import shutil
from pathlib import Path

import pytest

from itt import settings_file, spec
from itt.errors import UserError
from itt.record import policy_file
from itt.resolve import resolve
from itt.run import Run
from itt.study import single

OLD = Path(__file__).with_name("old")
HASHES = [(entry["run"], entry["hash"]) for entry in json.loads((OLD / "hashes.json").read_text())]
CARTPOLE = ("CartPole-v1", "itt", "vanilla", ["iterations=3"])
MOUNTAINCAR = ("MountainCarContinuous-v0", "itt", "srp", ["iterations=3"])
SET = {"MountainCarContinuous-v0": ["candidates.count=64", "search.projections=4"]}


def run(env, method, variant, overrides):
    few = [f"algorithm.{item}" for item in [*overrides, "directions=2"]]
    return single(env, method, variant, 0, [*few, *SET.get(env, [])])


@pytest.fixture(params=[CARTPOLE, MOUNTAINCAR], ids=["CartPole", "MountainCarContinuous"])
def old(request, tmp_path):
    """A finished run of long ago, at tmp_path / "run", and what it would be asked for by today."""
    env, *rest = request.param
    shutil.copytree(OLD / env.rpartition("-")[0], tmp_path / "run")
    return tmp_path / "run", (env, *rest)


@pytest.mark.parametrize(("asked", "before"), HASHES, ids=lambda part: "-".join(map(str, part)))
def test_a_run_has_the_hash_that_it_had(asked, before):
    """If this fails because of a new setting: it belongs into `itt.spec.YOUNGER`, with what older runs did."""
    assert resolve(single(*asked)).hash == before


def test_an_old_record_says_which_run_it_is(old):
    folder, asked = old
    saved = policy_file.read(folder / "policy.npz")
    assert saved.run.hash == resolve(run(*asked)).hash == settings_file.read(folder / "run.yaml")["hash"]


def test_an_old_run_is_as_finished_as_any_other(old, train, snapshot):
    folder, asked = old
    before = snapshot(folder)
    assert train(run(*asked)).said == [f"{folder}: finished already; --extend lengthens a run"]
    assert snapshot(folder) == before


UPGRADED = "recorded before specs had a version; goes on as version 1"


def upgraded(said, folder):
    """Whether what was done to the record was said, and that the training then went on."""
    return said[0].startswith(f"{folder}: {UPGRADED}") and said[1].startswith("resumed at iteration")


def test_an_old_run_is_extended_and_says_what_was_done_to_its_record(old, train):
    folder, (*name, _) = old
    longer = train(run(*name, ["iterations=5"]), extend=True)
    assert upgraded(longer.said, folder)
    assert [row["step"] for row in longer.rows()] == [0, 1, 2, 3, 4]
    assert settings_file.read(folder / "run.yaml")["version"] == spec.VERSION


def test_what_was_done_to_a_record_is_said_once(old, train):
    _, (*name, _) = old
    train(run(*name, ["iterations=5"]), extend=True)
    assert train(run(*name, ["iterations=6"]), extend=True).said[0] == "resumed at iteration 5"


def test_an_old_run_that_was_stopped_goes_on(train, tmp_path):
    (tmp_path / "run").mkdir()
    for name in ("run.yaml", "provenance.json", "metrics.csv"):
        shutil.copy(OLD / "CartPole" / name, tmp_path / "run")
    shutil.copy(OLD / "CartPole" / "checkpoint.previous", tmp_path / "run" / "checkpoint")
    resumed = train(run(*CARTPOLE))
    assert upgraded(resumed.said, resumed.folder)
    assert "resumed at iteration 1" in resumed.said
    assert len(resumed.rows()) == 3
    assert (resumed / "policy.npz").exists()


def test_another_run_is_not_taken_for_an_old_one(old, train, snapshot):
    folder, (*name, _) = old
    before = snapshot(folder)
    with pytest.raises(UserError, match=r"holds another run \(algorithm\.sigma is 1\.0 there, 2\.0 here\)"):
        train(run(*name, ["iterations=3", "sigma=2"]))
    assert snapshot(folder) == before


def test_an_old_run_is_evaluated_and_collected(old, itt, tmp_path):
    folder, _ = old
    assert itt("eval", folder, "--episodes", 3, "--overwrite").code == 0
    done = itt("collect", folder, "--out", tmp_path / "collected")
    assert (done.code, done.err) == (0, "")
    assert len((tmp_path / "collected" / "curves.csv").read_text().splitlines()) == 1 + 3


# What comes later


@pytest.fixture
def younger(monkeypatch):
    """As if `algorithm.survival_bonus` had come after version 1."""
    monkeypatch.setitem(spec.YOUNGER, "algorithm.survival_bonus", 0.0)


def cartpole(*overrides):
    return resolve(single("CartPole-v1", "itt", overrides=["algorithm.iterations=2", *overrides]))


def test_every_younger_setting_means_by_default_what_older_runs_did():
    settings = single("CartPole-v1", "itt").model_dump(mode="json")
    for path, before in spec.YOUNGER.items():
        value = settings
        for key in path.split("."):
            value = value[key]
        assert value == before, path


def test_a_younger_setting_is_no_part_of_the_spec_of_a_run_without_it(younger):
    assert "survival_bonus" not in cartpole().spec()["algorithm"]
    assert cartpole("algorithm.survival_bonus=1").spec()["algorithm"]["survival_bonus"] == 1.0


def test_a_younger_setting_tells_runs_apart_that_have_it(younger, train):
    assert cartpole("algorithm.survival_bonus=1").hash != cartpole().hash
    train(cartpole("algorithm.survival_bonus=1"), stop_after=1)
    with pytest.raises(UserError, match=r"algorithm\.survival_bonus is 1\.0 there, None here"):
        train(cartpole())


def test_a_record_without_a_younger_setting_is_the_same_run(younger):
    assert Run.recorded(cartpole().spec()).spec() == cartpole().spec()
    assert Run.recorded(cartpole().spec()).algorithm.survival_bonus == 0.0


def test_the_upgrade_of_a_record_names_the_younger_settings(younger):
    assert spec.upgrade({}).startswith(UPGRADED)
    assert spec.upgrade({}).endswith(", algorithm.survival_bonus: 0.0")


def test_a_record_of_a_later_itt_is_refused_in_one_line(train, tmp_path, monkeypatch):
    monkeypatch.setattr(spec, "VERSION", 2)
    train(cartpole())
    monkeypatch.undo()
    with pytest.raises(UserError, match=r"run: not a run of itt \(a spec of version 2, which a later itt wrote"):
        train(cartpole())
    with pytest.raises(UserError, match=r"policy\.npz: not a policy of itt \(a spec of version 2"):
        policy_file.read(tmp_path / "run" / "policy.npz")


def test_the_version_is_no_part_of_what_a_run_is(monkeypatch):
    before = cartpole().hash
    monkeypatch.setattr(spec, "VERSION", 2)
    assert cartpole().hash == before
