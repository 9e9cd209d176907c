"""A search in an episode: both engines choose the same, nothing is built twice, and nothing depends on what was."""

import json

import numpy as np
import pytest
import torch

from itt.algorithms.es.inference import changed, for_inference
from itt.algorithms.es.settings import VARIANTS, SignedRandomProjections
from itt.candidates.projections import build
from itt.envs import describe
from itt.errors import UserError
from itt.policies import architecture_of
from itt.policies.torch_policy import load_theta
from itt.resolve import resolve
from itt.rollouts.compiled import policy, projections
from itt.rollouts.compiled.player import player
from itt.rollouts.evaluation import evaluate
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key
from itt.study import single

SRP = ["candidates.resample=iteration", "candidates.count=500", "search.name=srp"]
SETTINGS = [
    [],
    ["search.mode=paper"],
    ["search.mode=released"],
    ["search.thresholds=median"],
    ["search.tables=3", "search.longest=1"],
    ["search.latents=plain", "search.probing=hamming", "search.projections=8"],
    ["policy.kernel=softmax", "policy.latent=9"],
    ["policy.action.output=tanh", "search.bound=sqrt_d", "search.latents=plain"],
    ["candidates.resample=once", "search.min_candidates=1"],
]
DRAWS = {"rft": ["policy.selection=sample"]}
FEW = {"bootstrap": ["candidates.subsample=16"]}
STATES, ACTOR_EPISODES = 100, 5
CHEAP = "MountainCarContinuous-v0"


def run_of(*settings, env="HalfCheetah-v2", variant="vanilla"):
    return resolve(single(env, "itt", variant, overrides=settings))


def thetas(run, count, seed=0):
    return np.random.default_rng(seed).standard_normal((count, architecture_of(run).size))


def choices(run, theta, key, states):
    """The actions of both engines."""
    spec, action, taken = describe(run.env), np.zeros(6), []
    compiled, reference = policy.make(run, spec, architecture_of(run)), ReferencePlayer(run, spec)
    policy.begin(compiled, run, theta, key)
    load_theta(reference.policy, theta)
    act = reference.actor(key)
    for transition, state in enumerate(states):
        policy.act(compiled, state, transition, action)
        with torch.no_grad():
            taken.append((action.copy(), act(torch.from_numpy(state), transition)))
    return (np.array(actions) for actions in zip(*taken, strict=True))


@pytest.mark.parametrize("settings", SETTINGS, ids=" ".join)
def test_both_engines_choose_the_same(settings):
    run = run_of(*SRP, *settings)
    for number, theta in enumerate(thetas(run, ACTOR_EPISODES)):
        states = np.random.default_rng(number).standard_normal((STATES, 17))
        compiled, reference = choices(run, theta, Key(0, 1, number, 1), states)
        np.testing.assert_array_equal(compiled, reference)
        assert len(np.unique(compiled, axis=0)) > 1, "always one action, so nothing was compared"


def test_with_all_buckets_searched_the_engine_chooses_what_exact_search_chooses():
    everything, exact = run_of(*SRP, "search.min_candidates=1000"), run_of(*SRP[:2])
    for number, theta in enumerate(thetas(exact, ACTOR_EPISODES)):
        states = np.random.default_rng(number).standard_normal((STATES, 17))
        found, best = (next(choices(run, theta, Key(0, 1, number, 1), states)) for run in (everything, exact))
        np.testing.assert_array_equal(found, best)


@pytest.mark.parametrize("latents", ["plain", "whitened"])
@pytest.mark.parametrize("mode", ["tuned", "paper"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e200])
def test_both_engines_choose_the_same_among_latents_that_are_not_finite_or_huge(bad, mode, latents):
    random = np.random.default_rng(0)
    settings = SignedRandomProjections(mode=mode, latents=latents, tables=3, longest=0.5, projections=4)
    values, states = random.standard_normal((3, 64)), random.standard_normal((20, 3))
    values[1, 5] = bad
    with np.errstate(all="ignore"):
        buckets = build(settings, values, random)
        probe = projections.probe(buckets, 64)
        for state in (*states, 1e60 * states[0]):
            assert projections.choose(probe, state) == buckets.choose(state)


# What is kept


def engines(run):
    return player(run, describe(run.env)), ReferencePlayer(run, describe(run.env))


POOL = ["candidates.resample=iteration", "candidates.count=64"]
SUBSAMPLED = ["candidates.resample=once", "candidates.count=64", "candidates.subsample=16"]


@pytest.mark.parametrize("search", ["exact", "srp", "rft"])
def test_what_was_built_serves_until_the_action_tower_or_the_pool_changes(search):
    run = run_of(*POOL, f"search.name={search}", *DRAWS.get(search, []), env=CHEAP)
    first, other_states_tower, other = thetas(run, 3)
    part = architecture_of(run).action_part
    other_states_tower[part] = first[part]
    for engine in engines(run):
        counts = [engine.play(theta, key).builds for theta, key in (
            (first, Key(0)), (first, Key(0, episode=1)), (other_states_tower, Key(0)),
            (other, Key(0)), (first, Key(0)), (first, Key(0, 1)),
        )]  # fmt: skip
        assert counts == [1, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("method", ["itt", "iot"])
def test_a_pool_that_is_subsampled_is_kept_by_both_engines_alike(method):
    run = resolve(single(CHEAP, method, overrides=SUBSAMPLED))
    first, other = thetas(run, 2)
    for engine in engines(run):
        played = [engine.play(theta, key) for theta, key in (
            (first, Key(0)), (first, Key(0, 1)), (other, Key(0, 1)), (other, Key(0, 2)), (first, Key(0, 1)),
        )]  # fmt: skip
        assert [episode.builds for episode in played] == [1, 0, 1, 0, 1]
        assert played[1].value == played[4].value


def test_fresh_candidates_are_never_kept():
    run = run_of("candidates.count=20", env=CHEAP)
    (theta,) = thetas(run, 1)
    for engine in engines(run):
        assert [engine.play(theta, Key(0)).builds for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("variant", ["bootstrap", "srp", "srp-lazy", "rft"])
def test_an_episode_is_a_function_of_theta_and_key_alone_whatever_was_built_before(variant):
    run = run_of(*FEW.get(variant, []), "candidates.count=64", env=CHEAP, variant=variant)
    a, b = thetas(run, 2)
    for engine in engines(run):
        first = engine.play(a, Key(0, 1, 2, 1))
        engine.play(b, Key(0, 4, 5, -1))
        again = engine.play(a, Key(0, 1, 2, 1))
        assert (again.value, again.steps) == (first.value, first.steps)


def builds(training):
    return sum(session["builds"] for session in json.loads((training / "provenance.json").read_text()))


def short(variant, *settings):
    few = [*FEW.get(variant, []), "candidates.count=64", "algorithm.iterations=6", "algorithm.directions=2"]
    return single(CHEAP, "itt", variant, overrides=[*few, *settings])


def test_the_record_counts_what_lazy_updates_save(train):
    # Theta and two pairs, six times; lazy: all at 0, once at 1, the pairs at 5.
    assert builds(train(short("srp"), "srp")) == 6 * 5
    assert builds(train(short("srp-lazy"), "srp-lazy")) == 5 + 1 + 4


ARMS = [(variant,) for variant in VARIANTS] + [
    ("srp", "search.mode=paper"),
    ("srp", "candidates.resample=iteration"),
    ("rft", "candidates.resample=iteration"),
]


@pytest.mark.parametrize("arm", ARMS, ids=" ".join)
def test_a_run_that_was_stopped_gives_the_same_policy(train, arm):
    whole = train(short(*arm), "whole")
    train(short(*arm), "stopped", stop_after=3)
    stopped = train(short(*arm), "stopped")
    assert "resumed at iteration 3" in stopped.said
    assert (stopped / "policy.npz").read_bytes() == (whole / "policy.npz").read_bytes()
    assert stopped.rows() == whole.rows()


# Inference


def alone(task, shared, items):
    return [task(shared, item) for item in items]


def test_a_policy_can_be_played_with_another_search_than_it_was_trained_with():
    trained = run_of("candidates.count=300", "policy.width=3", env=CHEAP)
    (theta,) = thetas(trained, 1)
    searching = for_inference(trained, "srp", frozen=False)
    assert (searching.search.name, searching.candidates.resample) == ("srp", "iteration")
    assert for_inference(searching, "exact", frozen=False).search.name == "exact"
    played = evaluate(searching, theta, 3, alone)
    assert [episode.builds for episode, _ in played] == [1, 1, 1], "each episode has a pool of its own"


def test_a_policy_that_was_trained_with_argmax_can_draw_from_a_tree():
    trained = run_of("candidates.count=300", env=CHEAP)
    drawing = for_inference(trained, "rft", frozen=False)
    assert (drawing.search.name, drawing.policy.selection) == ("rft", "sample")
    assert len({episode.value for episode, _ in evaluate(drawing, thetas(trained, 1)[0], 3, alone)}) == 3


def test_frozen_inference_builds_once_for_all_episodes():
    trained = run_of("candidates.count=300", env=CHEAP)
    frozen = for_inference(trained, "srp", frozen=True)
    played = evaluate(frozen, thetas(trained, 1, seed=7)[0], 4, alone)
    assert [episode.builds for episode, _ in played] == [1, 0, 0, 0]


def test_a_pool_of_the_whole_run_is_kept_in_inference_and_taken_whole():
    trained = run_of(*SUBSAMPLED, env=CHEAP)
    searching = for_inference(trained, "srp", frozen=False)
    assert (searching.candidates.resample, searching.candidates.subsample) == ("once", None)
    played = evaluate(searching, thetas(trained, 1)[0], 3, alone)
    assert [episode.builds for episode, _ in played] == [1, 0, 0]
    assert changed(trained, searching) == "candidates.subsample: none (training: 16)"


def test_a_section_of_inference_can_be_set_as_a_whole():
    trained = run_of(env=CHEAP)
    whole = for_inference(trained, "srp", frozen=False, overrides=["candidates={count: 300}", "search={mode: paper}"])
    assert (whole.candidates.count, whole.search.mode, whole.search.tables) == (300, "paper", 1)


@pytest.mark.parametrize("override", ["search=5", "search=mode", "candidates=5", "candidates"])
def test_a_section_that_is_no_section_is_told(override):
    with pytest.raises(UserError, match=f"^--set {override.partition('=')[0]}"):
        for_inference(run_of(env=CHEAP), None, frozen=False, overrides=[override])


def test_inference_as_in_training_is_the_run_itself():
    trained = run_of(env=CHEAP)
    assert for_inference(trained, None, frozen=False) == trained


def test_a_mode_in_inference_says_all_that_is_not_given_there():
    trained = run_of("candidates.count=300", "candidates.resample=iteration", "search.name=srp", env=CHEAP)
    paper = for_inference(trained, "srp", frozen=False, overrides=["search.mode=paper"]).search
    assert (paper.latents, paper.thresholds, paper.probing, paper.tables) == ("plain", "median", "hamming", 1)
    assert for_inference(trained, None, frozen=False, overrides=["search.mode=released"]).search.tables == 1


def test_a_policy_that_was_trained_to_draw_can_take_the_best_that_projections_find():
    trained = run_of(
        "candidates.count=300", "candidates.resample=once", "search.name=rft", "policy.selection=sample", env=CHEAP
    )
    found = for_inference(trained, "srp", frozen=False)
    assert (found.search.name, found.policy.selection) == ("srp", "argmax")


@pytest.mark.parametrize(
    ("run", "overrides", "message"),
    [
        (("CartPole-v1", "itt"), (), "no sampled candidates"),
        (("Hopper-v2", "explicit"), (), "no sampled candidates"),
        (("Hopper-v2", "itt"), ("candidates.resample=transition",), "one pool for all episodes"),
    ],
)
def test_what_cannot_be_frozen_is_refused(run, overrides, message):
    with pytest.raises(UserError, match=message):
        for_inference(single(*run), None, frozen=True, overrides=overrides)


# What is refused


def test_a_subsample_of_discrete_actions_is_refused():
    with pytest.raises(UserError, match=r"^CartPole-v1: candidates\.subsample: needs continuous actions"):
        run_of(env="CartPole-v1", variant="bootstrap")


def test_tables_that_would_fill_the_memory_are_refused_in_training_and_in_inference():
    large = ["candidates.count=16777216", "policy.latent=1000"]
    line = r"^HalfCheetah-v2/itt: search\.tables: 5 tables over 16777216 candidates .* allowed: 4 GiB$"
    with pytest.raises(UserError, match=line):
        run_of("candidates.resample=once", "search.name=srp", *large)
    with pytest.raises(UserError, match=line):
        resolve(for_inference(run_of(*large), "srp", frozen=True))


@pytest.mark.parametrize(("latent", "allowed"), [(15, True), (16, False)])
def test_tables_may_fill_their_limit(latent, allowed):
    """2^21 candidates in 16 tables that hold them all, with latents of 15 or 16 numbers: below and above 4 GiB."""
    count, tables = "candidates.count=2097152", "search={name: srp, mode: paper, tables: 16}"
    try:
        run_of("candidates.resample=once", count, tables, f"policy.latent={latent}")
    except UserError as refusal:
        assert not allowed
        assert "search.tables" in str(refusal)
    else:
        assert allowed
