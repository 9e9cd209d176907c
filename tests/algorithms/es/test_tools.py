"""The toolbox as a whole: off by default, combined at will, and refused where a combination means nothing."""

import itertools

import numpy as np
import pytest

from itt.algorithms.es import strategy
from itt.algorithms.es.settings import ES, Policy, Tower
from itt.errors import UserError
from itt.policies import architecture
from itt.resolve import resolve
from itt.study import single

ITT = architecture("itt", Policy(width=3, state=Tower(layers=2), action=Tower(layers=1)), 4, 2, discrete=False)
STATEFUL = {
    "momentum": ["optimiser.name=momentum"],
    "adam": ["optimiser.name=adam", "weight_decay=0.1"],
    "clipup": ["optimiser.name=clipup", "eta=0.3"],
    "schedules": [
        "sigma_schedule={name: linear, final: 0.2, iterations: 4}",
        "eta_schedule={name: cosine, final: 0.2, iterations: 4}",
    ],
    "lazy adam": ["optimiser.name=adam", "lazy={period: 2, growth: 1.5}"],
    "all": [
        "optimiser={name: clipup, speed: 0.5}",
        "eta=0.2",
        "sampling=hadamard",
        "directions=8",
        "top_directions=4",
        "shaping=centered_ranks",
        "random_numbers=pair",
        "episodes=2",
        "weight_decay=0.01",
        "eta_schedule={name: exponential, final: 0.5, iterations: 3}",
        "lazy.period=2",
    ],
    "all with forward differences": [
        "estimator=forward",
        "optimiser.name=momentum",
        "sampling=hadamard",
        "directions=8",
        "shaping=z_score",
        "episodes=2",
        "weight_decay=0.01",
        "lazy.period=2",
    ],
}


def cartpole(*settings, iterations=6, seed=0):
    overrides = [f"algorithm.{setting}" for setting in (f"iterations={iterations}", *settings)]
    return single("CartPole-v1", "itt", seed=seed, overrides=overrides)


def result(training):
    return [(training / name).read_bytes() for name in ("policy.npz", "best.npz")], training.rows()


@pytest.mark.parametrize("settings", STATEFUL.values(), ids=STATEFUL)
def test_with_any_tool_a_stopped_training_ends_as_if_it_had_not_been_stopped(train, settings):
    whole = train(cartpole(*settings), "whole")
    assert all(row["es/step_norm"] > 0 for row in whole.rows()[:1]), "nothing moved, so nothing was compared"
    for stop_after in (1, 2):
        train(cartpole(*settings), stop_after=stop_after)
    assert result(train(cartpole(*settings))) == result(whole)


@pytest.mark.parametrize("settings", STATEFUL.values(), ids=STATEFUL)
def test_with_any_tool_a_row_does_not_depend_on_how_long_the_training_will_be(train, settings):
    short, long = train(cartpole(*settings, iterations=3), "short"), train(cartpole(*settings), "long")
    assert long.rows()[:3] == short.rows()


def climbed(settings, slope=None, iterations=1, theta=None):
    """States of ITT on returns that are linear in theta, or on a bowl, and the gradients that were estimated."""
    state, gradients = strategy.initial(settings, ITT, 0), []
    if theta is not None:
        state = strategy.State(theta, 0, state.memory)
    states = [state]

    def height(at):
        return at @ slope if slope is not None else -at @ at

    for _ in range(iterations):
        epsilon = strategy.ask(state, settings, ITT, 0)
        returns = np.array([height(at) for _, _, at in strategy.perturbations(state, settings, epsilon)])
        state, gradient = strategy.tell(state, settings, ITT, epsilon, height(state.theta), returns)
        states.append(state)
        gradients.append(gradient)
    return states, gradients


SLOPE = np.cos(np.arange(ITT.size))


def test_ars_is_its_own_formula():
    # Mania et al. 2018, Alg. 1: theta + alpha / (b sigma_R) sum over the best b of (r+ - r-) delta, with nu = sigma.
    alpha, nu, b = 0.02, 0.3, 5
    settings = ES(
        directions=9, top_directions=b, shaping="return_std", sigma=nu, eta=2 * nu * alpha, sampling="gaussian"
    )
    (before, after), _ = climbed(settings)
    delta = strategy.ask(before, settings, ITT, 0)
    heights = [[-(at @ at) for at in (before.theta + nu * row, before.theta - nu * row)] for row in delta]
    best = sorted(range(9), key=lambda i: -max(heights[i]))[:b]
    used = [value for i in best for value in heights[i]]
    total = sum((heights[i][0] - heights[i][1]) * delta[i] for i in best)
    np.testing.assert_allclose(after.theta, before.theta + alpha / (b * np.std(used)) * total, rtol=1e-9)


def test_with_as_many_top_directions_as_there_are_all_count():
    all_of_them, top = (climbed(ES(directions=5, top_directions=b))[0][-1].theta for b in (None, 5))
    np.testing.assert_allclose(top, all_of_them, rtol=1e-12)


@pytest.mark.parametrize("estimator", ["antithetic", "forward"])
def test_z_score_and_return_std_take_the_same_step(estimator):
    ends = [climbed(ES(estimator=estimator, shaping=shaping))[0][-1].theta for shaping in ("z_score", "return_std")]
    np.testing.assert_allclose(*ends, rtol=1e-9)


@pytest.mark.parametrize("estimator", ["antithetic", "forward"])
@pytest.mark.parametrize("shaping", ["centered_ranks", "z_score", "return_std"])
def test_the_scale_of_returns_does_not_matter_once_they_are_shaped(estimator, shaping):
    settings = ES(estimator=estimator, shaping=shaping)
    ends = [climbed(settings, scale * SLOPE)[0][-1].theta for scale in (1.0, 100.0)]
    np.testing.assert_allclose(*ends, rtol=1e-9)


@pytest.mark.parametrize("estimator", ["antithetic", "forward"])
@pytest.mark.parametrize("shaping", ["none", "centered_ranks", "z_score", "return_std"])
@pytest.mark.parametrize("sampling", ["orthogonal", "gaussian", "hadamard"])
def test_every_estimate_points_uphill(estimator, shaping, sampling):
    settings = ES(estimator=estimator, shaping=shaping, sampling=sampling, sigma=0.1)
    _, (gradient,) = climbed(settings, SLOPE)
    assert gradient @ SLOPE > 0


def test_weight_decay_pulls_towards_zero_by_its_closed_form():
    (before, after), (gradient,) = climbed(ES(weight_decay=0.3, eta=0.1), SLOPE)
    np.testing.assert_allclose(after.theta, before.theta + 0.1 * (gradient - 0.3 * before.theta), rtol=1e-12)


@pytest.mark.parametrize(
    "settings",
    [
        ["weight_decay=19.9"],
        ["weight_decay=20", "optimiser.name=adam"],
        ["weight_decay=10", "eta_schedule={name: linear, final: 0.1, iterations: 5}"],
        ["weight_decay=9.9", "eta_schedule={name: linear, final: 2, iterations: 6}"],
    ],
    ids=" ".join,
)
def test_weight_decay_is_allowed_wherever_theta_does_not_explode(settings):
    assert cartpole("eta=0.1", *settings, iterations=6).algorithm.weight_decay >= 9.9


def test_weight_decay_at_its_limit_neither_shrinks_theta_nor_lets_it_grow():
    """The limit itself: without a gradient theta changes its sign at each step."""
    (before, after), _ = climbed(ES(weight_decay=19.999999, eta=0.1), 0.0 * SLOPE)
    np.testing.assert_allclose(after.theta, -before.theta, rtol=1e-5)


def test_a_schedule_scales_sigma_and_eta_of_its_iteration():
    halved = "{name: linear, final: 0.5, iterations: 1}"
    settings = resolve(cartpole(f"sigma_schedule={halved}", f"eta_schedule={halved}", "eta=0.4")).algorithm
    for iteration, factor in ((0, 1.0), (1, 0.5)):
        state = strategy.State(np.zeros(ITT.size), iteration)
        assert strategy.sigma(state, settings) == factor
        assert strategy.eta(state, settings) == 0.4 * factor
        epsilon = strategy.ask(state, settings, ITT, 0)
        np.testing.assert_array_equal(strategy.perturbations(state, settings, epsilon)[0][2], factor * epsilon[0])


def test_the_record_tells_sigma_eta_and_the_length_of_the_step(train):
    rows = train(cartpole("eta=0.4", "eta_schedule={name: linear, final: 0.5, iterations: 1}", iterations=2)).rows()
    assert [(row["es/sigma"], row["es/eta"]) for row in rows] == [(1.0, 0.4), (1.0, 0.2)]
    assert [row["es/step_norm"] for row in rows] == pytest.approx([row["es/eta"] * row["es/grad_norm"] for row in rows])


@pytest.mark.parametrize("optimiser", ["momentum", "adam", "clipup"])
def test_a_lazy_action_tower_stands_still_whatever_the_optimiser_remembers(optimiser):
    settings = ES(optimiser={"name": optimiser}, weight_decay=0.1, lazy={"period": 3}, eta=0.1)
    states, _ = climbed(settings, SLOPE, iterations=5)
    part = ITT.action_part
    moved = [not np.array_equal(a.theta[part], b.theta[part]) for a, b in itertools.pairwise(states)]
    assert moved == [True, False, False, True, False]
    for name, array in states[1].memory.items():
        np.testing.assert_array_equal(array[part], states[3].memory[name][part])


@pytest.mark.parametrize("optimiser", ["ascent", "momentum", "adam", "clipup"])
def test_every_optimiser_climbs_a_hill(optimiser):
    settings = ES(optimiser={"name": optimiser}, sigma=0.1, eta=0.05)
    states, _ = climbed(settings, iterations=60)
    assert np.linalg.norm(states[-1].theta) < 0.5 * np.linalg.norm(states[0].theta)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        (["estimator=forward", "top_directions=2"], r"top_directions: ranks pairs, so it needs estimator: antithetic"),
        (["estimator=forward", "random_numbers=pair"], r"random_numbers: forward differences have no pairs"),
        (["directions=3", "top_directions=4"], r"top_directions: at most directions \(3\), not 4"),
        (["initial={}"], r"initial\.policy: is missing"),
        (
            ["optimiser={name: adam, speed: 1}"],
            r"optimiser\.speed: unknown key; allowed here: name, decay, square_decay",
        ),
        (["optimiser.name=sgd"], r"optimiser\.name: must be one of 'ascent', 'momentum', 'adam', 'clipup', not 'sgd'"),
        (["optimiser={decay: 0.5}"], r"optimiser\.name: is missing"),
        (["optimiser={name: clipup, speed: 0}"], r"optimiser\.speed: input should be greater than 0, not 0"),
        (["eta_schedule={name: cosine}"], r"eta_schedule\.iterations: is missing"),
        (["eta_schedule={name: constant, final: 1}"], r"eta_schedule\.final: unknown key; allowed here: name"),
        (["sigma_schedule={name: linear, final: 0, iterations: 3}"], r"sigma_schedule\.final: .* greater than 0"),
        (["lazy={period: 5, growth: 0.5}"], r"lazy\.growth: .* greater than or equal to 1, not 0\.5"),
        (["iterations=9", "target={score: 1, rows: 10}"], r"target\.rows: at most iterations \(9\), not 10"),
        (
            ["eta=0.1", "weight_decay=20"],
            r"weight_decay: below 20, not 20: .* an eta of 0\.1 it would explode",
        ),
        (
            ["eta=0.1", "weight_decay=10", "eta_schedule={name: linear, final: 2, iterations: 5}"],
            r"weight_decay: below 10, not 10: .* an eta of 0\.2 it would explode",
        ),
        (["target={rows: 3}"], r"target\.score: is missing"),
        (["episodes=0"], r"episodes: .* greater than or equal to 1"),
    ],
    ids=lambda value: "; ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_is_refused_in_one_line(settings, complaint):
    with pytest.raises(UserError, match=rf"^--set algorithm\.{complaint}") as error:
        cartpole(*settings)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("method", "setting", "complaint"),
    [
        ("itt", "top_directions=7", r"algorithm\.top_directions: at most directions \(6\), not 7"),
        ("explicit", "top_directions=8", r"algorithm\.top_directions: at most directions \(7\), not 8"),
    ],
)
def test_what_depends_on_the_number_of_parameters_is_refused_once_it_is_known(method, setting, complaint):
    with pytest.raises(UserError, match=rf"^CartPole-v1/{method}: {complaint}$"):
        resolve(single("CartPole-v1", method, overrides=[f"algorithm.{setting}"]))


def test_a_survival_bonus_counts_in_the_record_and_not_in_the_estimate(train):
    """CartPole pays 1 a step and nothing else: without that all episodes are equal, and theta does not move."""
    with_it, without = train(cartpole(), "a").rows(), train(cartpole("survival_bonus=1"), "b").rows()
    assert without[0]["return"] == with_it[0]["return"] >= 8
    assert without[0]["es/mean_return"] == with_it[0]["es/mean_return"]
    assert with_it[0]["es/grad_norm"] > 0
    assert [row["es/grad_norm"] for row in without] == [0.0] * len(without)


@pytest.mark.parametrize("estimator", ["antithetic", "forward"])
def test_with_two_returns_their_standard_deviation_leaves_which_is_better(estimator):
    settings = ES(directions=1, shaping="return_std", estimator=estimator, sigma=0.5)
    state, epsilon = strategy.State(np.zeros(6)), np.ones((1, 6))
    steps = []
    for scale in (1.0, 1000.0):
        returns = np.array([3.0, 1.0] if estimator == "antithetic" else [3.0]) * scale
        steps.append(strategy.tell(state, settings, ITT, epsilon, 1.0 * scale, returns)[1])
    np.testing.assert_allclose(steps[0], steps[1])
    np.testing.assert_allclose(steps[0], 4.0 if estimator == "forward" else 2.0)
