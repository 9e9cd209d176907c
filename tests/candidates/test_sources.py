"""Which candidates an episode sees: fresh at every transition, one pool an iteration and perturbation, one a run."""

from dataclasses import replace

import numpy as np
import pytest

from itt.algorithms.es.settings import Candidates
from itt.candidates import Box, all_actions, source
from itt.seeding import Key

BOX = Box(np.array([-1, -2], np.float32), np.array([1, 4], np.float32))
KEY = Key(seed=3, iteration=5, direction=7, sign=1)
ANOTHER_PERTURBATION = [{"seed": 4}, {"iteration": 6}, {"direction": 8}, {"sign": -1}]
BOOTSTRAP = Candidates(resample="once", count=100, subsample=10)


def at(key, transition=0, **settings):
    return source(Candidates(**({"count": 50} | settings)), BOX, key).at(transition)


def same(x, y):
    return np.array_equal(x, y)


@pytest.mark.parametrize("resample", ["transition", "iteration", "once"])
def test_there_are_as_many_candidates_as_asked_for_and_all_are_in_the_box(resample):
    actions = at(KEY, count=1000, resample=resample)
    assert (actions.shape, actions.dtype) == ((1000, 2), np.float32)
    assert (actions >= BOX.low).all()
    assert (actions <= BOX.high).all()


@pytest.mark.parametrize("resample", ["transition", "iteration", "once"])
def test_a_set_is_a_function_of_key_and_transition(resample):
    assert same(at(KEY, 9, resample=resample), at(KEY, 9, resample=resample))


def test_fresh_candidates_differ_from_transition_to_transition():
    fresh = source(Candidates(count=50), BOX, KEY)
    assert not fresh.standing
    assert not (fresh.at(0) == fresh.at(1)).any()


@pytest.mark.parametrize("change", [*ANOTHER_PERTURBATION, {"episode": 1}, {"evaluation": True}])
def test_fresh_candidates_differ_from_episode_to_episode(change):
    assert not (at(KEY) == at(replace(KEY, **change))).any()


@pytest.mark.parametrize("resample", ["iteration", "once"])
def test_a_pool_stands_for_all_transitions(resample):
    pool = source(Candidates(count=50, resample=resample), BOX, KEY)
    assert pool.standing
    assert same(pool.at(0), pool.at(99))


@pytest.mark.parametrize("change", ANOTHER_PERTURBATION)
def test_an_iterations_pool_is_the_perturbations_own(change):
    assert not (at(KEY, resample="iteration") == at(replace(KEY, **change), resample="iteration")).any()


def test_an_iterations_pool_is_the_same_in_all_episodes_of_a_perturbation():
    assert same(at(KEY, resample="iteration"), at(replace(KEY, episode=4), resample="iteration"))


def test_each_episode_of_an_evaluation_has_an_iterations_pool_of_its_own():
    evaluation = Key(3, evaluation=True)
    assert not same(at(evaluation, resample="iteration"), at(replace(evaluation, episode=1), resample="iteration"))


@pytest.mark.parametrize("change", [*ANOTHER_PERTURBATION[1:], {"episode": 1}, {"evaluation": True}])
def test_a_runs_pool_is_the_same_everywhere_in_the_run_and_in_its_evaluation(change):
    assert same(at(KEY, resample="once"), at(replace(KEY, **change), resample="once"))


def test_another_run_has_another_pool():
    assert not (at(KEY, resample="once") == at(replace(KEY, seed=4), resample="once")).any()


def test_a_sub_sample_is_drawn_anew_from_the_pool_at_each_transition():
    pool = {tuple(action) for action in source(BOOTSTRAP.model_copy(update={"subsample": None}), BOX, KEY).at(0)}
    bootstrap = source(BOOTSTRAP, BOX, KEY)
    first, second = bootstrap.at(0), bootstrap.at(1)
    assert not bootstrap.standing
    assert first.shape == (10, 2)
    assert {tuple(action) for action in (*first, *second)} <= pool
    assert not same(first, second)


def test_the_sub_samples_of_two_episodes_differ_though_their_pool_is_one():
    assert not same(source(BOOTSTRAP, BOX, KEY).at(0), source(BOOTSTRAP, BOX, replace(KEY, sign=-1)).at(0))


def test_in_the_long_run_sub_samples_hold_the_whole_pool():
    bootstrap = source(BOOTSTRAP, BOX, KEY)
    seen = {tuple(action) for transition in range(200) for action in bootstrap.at(transition)}
    assert len(seen) == 100


def test_discrete_candidates_are_all_actions_as_index_or_one_hot():
    np.testing.assert_array_equal(all_actions(3, one_hot=False), [[0], [1], [2]])
    np.testing.assert_array_equal(all_actions(3, one_hot=True), np.eye(3))
