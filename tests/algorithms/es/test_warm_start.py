"""A training from a saved policy: its theta is theta_0, and what the run is depends on that theta."""

import shutil

import numpy as np
import pytest

from itt import settings_file
from itt.algorithms.es.saved import arrays, learned_of
from itt.algorithms.es.warm_start import identified
from itt.errors import UserError
from itt.observations import Learned, Moments
from itt.record import policy_file
from itt.resolve import resolve
from itt.rollouts import Rollout, Shared, play
from itt.seeding import Key
from itt.study import single


def cartpole(*overrides, env="CartPole-v1", method="itt", seed=0):
    return single(env, method, seed=seed, overrides=["algorithm.iterations=3", *overrides])


def from_policy(path, *overrides, **identity):
    return cartpole(f"algorithm.initial.policy={path}", *overrides, **identity)


@pytest.fixture
def saved(train):
    """The policy of another training."""
    return train(cartpole(seed=9), "before") / "policy.npz"


def result(training):
    return [(training / name).read_bytes() for name in ("policy.npz", "best.npz")], training.rows()


def test_theta_0_is_the_saved_theta(train, saved):
    theta = policy_file.read(saved).arrays["theta"]
    row = train(from_policy(saved)).rows()[0]
    assert row["es/theta_norm"] == np.linalg.norm(theta)
    assert row["es/theta_norm"] != train(cartpole(), "drawn").rows()[0]["es/theta_norm"]


def test_a_run_is_what_the_policy_holds_not_where_it_lies(saved, tmp_path):
    elsewhere = shutil.copy(saved, tmp_path / "copy.npz")
    assert identified(from_policy(saved)).hash == identified(from_policy(elsewhere)).hash


def test_how_theta_would_have_been_drawn_is_no_part_of_a_run_that_does_not_draw_it(saved):
    assert from_policy(saved, "algorithm.initial_std=3").hash == from_policy(saved).hash
    assert cartpole("algorithm.initial_std=3").hash != cartpole().hash


def test_another_theta_is_another_run(saved, train):
    other = train(cartpole(seed=8), "other") / "policy.npz"
    assert identified(from_policy(saved)).hash != identified(from_policy(other)).hash
    assert identified(from_policy(saved)).hash != cartpole().hash


def test_it_goes_on_after_a_stop_as_if_it_had_not_been_stopped(train, saved):
    whole = train(from_policy(saved), "whole")
    train(from_policy(saved), stop_after=2)
    assert result(train(from_policy(saved))) == result(whole)
    assert train(from_policy(saved)).said[-1].endswith("finished already; --extend lengthens a run")


def test_the_record_says_which_theta_it_was(train, saved):
    said = settings_file.read(train(from_policy(saved)) / "run.yaml")["algorithm"]["initial"]
    assert said["policy"] == str(saved)
    assert len(said["sha256"]) == 64


def test_a_checkpoint_can_do_without_the_file(train, saved):
    whole = train(from_policy(saved), "whole")
    digest = settings_file.read(train(from_policy(saved), stop_after=1) / "run.yaml")["algorithm"]["initial"]["sha256"]
    saved.unlink()
    assert result(train(cartpole(f"algorithm.initial.sha256={digest}"))) == result(whole)


def test_a_trained_policy_can_be_read_where_the_first_one_is_gone(train, saved):
    folder = train(from_policy(saved)).folder
    saved.unlink()
    run = resolve(policy_file.read(folder / "policy.npz").run)
    assert run.algorithm.initial.policy is None


@pytest.mark.parametrize(
    ("overrides", "identity", "complaint"),
    [
        (
            [],
            {"env": "Acrobot-v1"},
            r"holds a policy with other towers \(of CartPole-v1, itt, 6 parameters\) than Acrobot",
        ),
        ([], {"method": "explicit"}, "holds a policy with other towers .* than CartPole-v1, explicit has here"),
        (["policy.state.activation=tanh"], {}, "holds a policy with other towers"),
        (["algorithm.initial.sha256=" + "f" * 64], {}, "the theta of .* has SHA-256 [0-9a-f]{64}, not ffff"),
    ],
    ids=["another env", "another method", "another activation", "another theta"],
)
def test_a_policy_that_does_not_fit_is_refused_before_anything_is_written(train, saved, overrides, identity, complaint):
    with pytest.raises(UserError, match=r"^algorithm\.initial\.policy: .*" + complaint):
        train(from_policy(saved, *overrides, **identity))
    assert not (saved.parent.parent / "run").exists()


@pytest.mark.parametrize(
    ("content", "complaint"), [(None, "no such file"), (b"mine", "not a policy of itt")], ids=["missing", "no policy"]
)
def test_a_file_that_is_no_policy_is_told(train, tmp_path, content, complaint):
    path = tmp_path / "x.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=rf"^algorithm\.initial\.policy: .*x\.npz: {complaint}"):
        train(from_policy(path))


def test_a_start_without_a_file_and_without_a_checkpoint_is_told(train):
    with pytest.raises(UserError, match=r"^algorithm\.initial\.policy: is missing; the policy\.npz whose theta has"):
        train(cartpole("algorithm.initial.sha256=" + "f" * 64))


NORMALISED = "policy.observations=normalised"


def test_a_policy_that_sees_normalised_observations_brings_what_it_met(train):
    before = train(cartpole(NORMALISED, seed=9), "before") / "policy.npz"
    run = from_policy(before, NORMALISED, "algorithm.iterations=1", "algorithm.eta=1e-12")
    first = train(run).rows()[0]["return"]
    saved, key = policy_file.read(before), Key(0, 0)
    learned = learned_of(saved)
    assert first == play(Shared(saved.run, learned.normaliser), Rollout(learned.theta, key)).value
    assert learned_of(policy_file.read(train(run) / "policy.npz")).met.count > learned.met.count


def test_another_normaliser_of_the_same_theta_is_another_run(train, tmp_path):
    before = policy_file.read(train(cartpole(NORMALISED, seed=9), "before") / "policy.npz")
    hashes = set()
    theta, met = learned_of(before)
    for count in (2, 3):
        other = arrays(Learned(theta, Moments(count, met.mean, met.squares)))
        policy_file.write(tmp_path / "policy.npz", before.run, other)
        hashes.add(identified(from_policy(tmp_path / "policy.npz", NORMALISED)).hash)
    assert len(hashes) == 2


def test_a_policy_that_sees_something_else_is_refused(saved):
    with pytest.raises(UserError, match=r"sees raw observations, here policy\.observations is normalised"):
        identified(from_policy(saved, NORMALISED))
