"""A training with normalised observations: what is met when, what is saved, and that ranks and kills change no bit."""

import json

import numpy as np
import pytest

from itt.algorithms.es import strategy
from itt.algorithms.es.saved import arrays, learned_of
from itt.errors import UserError
from itt.observations import Learned, Moments
from itt.policies import architecture_of
from itt.record import policy_file
from itt.resolve import resolve
from itt.rollouts import Rollout, Shared, play
from itt.seeding import Key
from itt.study import single

ITERATIONS = 5


def normalised(*overrides, env="CartPole-v1", method="itt", seed=0):
    settings = [f"algorithm.iterations={ITERATIONS}", "policy.observations=normalised", *overrides]
    return single(env, method, seed=seed, overrides=settings)


def by_hand(run):
    """The same training without trainer, team and record: theta_k, its return and what it sees states through."""
    run = resolve(run)
    settings, architecture = run.algorithm, architecture_of(run)
    state, met, told = strategy.initial(settings, architecture, run.seed), Moments.none(4), []
    for k in range(settings.iterations):
        shared = Shared(run, met.normaliser)
        epsilon = strategy.ask(state, settings, architecture, run.seed)
        center = play(shared, Rollout(state.theta, Key(run.seed, k)))
        episodes = [
            play(shared, Rollout(theta, Key(run.seed, k, i, sign)))
            for i, sign, theta in strategy.perturbations(state, settings, epsilon)
        ]
        told.append((state.theta, center.value, met))
        returns = np.array([episode.value for episode in episodes])
        state, _ = strategy.tell(state, settings, architecture, epsilon, center.value, returns)
        met = met.merged(episode.met for episode in episodes)
    return told, state.theta, met


def same(left, right):
    return left.count == right.count and (left.mean == right.mean).all() and (left.squares == right.squares).all()


def files(training):
    return [(training / name).read_bytes() for name in ("policy.npz", "best.npz")]


@pytest.fixture
def whole(train):
    return train(normalised(), "whole")


def test_theta_k_sees_states_through_all_that_perturbations_met_before_iteration_k(whole):
    told, theta, met = by_hand(normalised())
    assert [row["return"] for row in whole.rows()] == [value for _, value, _ in told]
    saved = policy_file.read(whole / "policy.npz")
    np.testing.assert_array_equal(saved.arrays["theta"], theta)
    assert same(learned_of(saved).met, met)


def test_a_policy_is_saved_with_the_moments_that_it_was_played_with(train):
    run = normalised(seed=1)
    training, (told, _, _) = train(run), by_hand(run)
    best = int(np.argmax([row["return"] for row in training.rows()]))
    assert 0 < best < ITERATIONS - 1, "choose another seed: the best row should be neither the first nor the last"
    saved = policy_file.read(training / "best.npz")
    np.testing.assert_array_equal(saved.arrays["theta"], told[best][0])
    assert same(learned_of(saved).met, told[best][2])


@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_run_that_was_stopped_goes_on_with_the_same_bits(train, whole, after):
    train(normalised(), stop_after=after)
    training = train(normalised())
    assert training.said == [f"resumed at iteration {after}"]
    assert files(training) == files(whole)
    assert training.rows() == whole.rows()


def test_a_run_that_is_lengthened_ends_as_if_it_had_been_long_from_the_beginning(train, whole):
    train(normalised("algorithm.iterations=2"))
    assert files(train(normalised(), extend=True)) == files(whole)


def test_diverged_episodes_are_not_met(train, monkeypatch):
    """A simulation that diverges ends with states as large as numbers get, which would count for ever."""

    def diverging(shared, rollout):
        episode = play(shared, rollout)
        if rollout.key.direction == 0:
            huge = Moments(10, np.full(4, 1e10), np.full(4, 1e20))
            return type(episode)(episode.value, episode.steps, episode.seconds, True, huge)
        return episode

    monkeypatch.setattr("itt.algorithms.es.trainer.play", diverging)
    assert np.abs(learned_of(policy_file.read(train(normalised()) / "policy.npz")).met.mean).max() < 10


@pytest.mark.parametrize("name", ["policy.npz", "best.npz"])
def test_an_evaluation_sees_states_as_the_saved_policy_did(itt, whole, name):
    """Moments are put into the file that make the policy blind to all but the pole's angle, whose sign it follows."""
    run, theta = policy_file.read(whole / name).run, np.ones(6)
    seeing = Moments(2, np.zeros(4), np.array([0.0, 0.0, 1.0, 0.0]))
    policy_file.write(whole / name, run, arrays(Learned(theta, seeing)))
    keys = [Key(0, episode=number, evaluation=True) for number in range(3)]
    told = json.loads(itt("eval", whole.folder, "--episodes", 3, "--json", *["--best"] * (name == "best.npz")).out)
    for normaliser, equal in ((seeing.normaliser, True), (None, False)):
        values = [play(Shared(resolve(run), normaliser), Rollout(theta, key)).value for key in keys]
        assert (told["mean"] == pytest.approx(np.mean(values))) == equal


def test_an_evaluation_adds_nothing_to_what_was_met(itt, whole):
    before = files(whole)
    assert itt("eval", whole.folder, "--episodes", 2).code == 0
    assert files(whole) == before


def test_a_policy_without_the_moments_that_it_needs_is_refused(tmp_path, whole):
    saved = policy_file.read(whole / "policy.npz")
    policy_file.write(tmp_path / "policy.npz", saved.run, {"theta": saved.arrays["theta"]})
    with pytest.raises(UserError, match=r"not a policy of itt \(.*observation_count"):
        policy_file.read(tmp_path / "policy.npz")


def test_a_policy_from_before_there_was_this_setting_sees_raw_states(tmp_path):
    run = single("CartPole-v1", "itt")
    spec = run.spec()
    del spec["policy"]["observations"]
    np.savez(tmp_path / "policy.npz", spec=np.array(json.dumps(spec)), theta=np.ones(6))
    saved = policy_file.read(tmp_path / "policy.npz")
    assert learned_of(saved).met is None
    assert learned_of(saved).normaliser is None
    assert saved.run.policy.observations == "raw"


def test_a_run_with_raw_states_saves_no_moments(train):
    with np.load(train(normalised("policy.observations=raw")) / "policy.npz") as file:
        assert file.files == ["spec", "theta"]


@pytest.mark.mpi
@pytest.mark.parametrize("env", ["Swimmer-v2", "CartPole-v1"])
def test_any_number_of_ranks_gives_the_same_bits(started, tmp_path, env):
    settings = ["policy.observations=normalised", "algorithm.iterations=3", "algorithm.directions=5"]
    arguments = [part for setting in settings for part in ("--set", setting)]
    results = []
    for ranks in (None, 3):
        out = tmp_path / str(ranks)
        done = started("train", "--env", env, "--method", "explicit", "--out", out, *arguments, ranks=ranks)
        assert done.code == 0, done.err
        results.append([(out / name).read_bytes() for name in ("policy.npz", "best.npz")])
    assert results[0] == results[1]


@pytest.mark.parametrize("method", ["itt", "iot", "explicit"])
def test_both_engines_train_the_same_policy(train, method):
    engines = ("compiled", "reference")
    trained = (train(normalised(f"engine={name}", method=method), name) for name in engines)
    one, other = (learned_of(policy_file.read(one / "policy.npz")) for one in trained)
    np.testing.assert_allclose(one.theta, other.theta, rtol=1e-9)
    assert one.met.count == other.met.count
    np.testing.assert_allclose(one.met.mean, other.met.mean, rtol=1e-9)
