"""Which panels and lines there are of what was collected, and what they say: Fig. 3, and variants beside vanilla."""

import numpy as np
import pytest

from itt.analysis.curves import Collected
from itt.analysis.drawing import VARIANT
from itt.analysis.files import read_collected
from itt.analysis.learning_curves import methods_by_env
from itt.analysis.outputs import AXES
from itt.analysis.variants import against_vanilla, fair_axis


@pytest.fixture
def found(collected):
    """The runs made so far, with a kind of band."""
    return lambda band="range": Collected(*read_collected(collected()), band)


def lines(panels):
    return [(panel.title, [curve.label for curve in panel.curves]) for panel in panels]


def test_an_env_is_a_panel_and_a_method_a_line(make_run, found):
    make_run("fish-swim", "explicit")
    make_run("fish-swim", "itt")
    make_run("Swimmer-v2", "iot")
    make_run("Swimmer-v2", "itt", "lazy")
    assert lines(methods_by_env(found(), "iteration")) == [("Swimmer-v2", ["IOT"]), ("fish-swim", ["ITT", "Explicit"])]


def test_a_method_looks_the_same_in_every_figure_whatever_others_there_are(make_run, found):
    for env, method, variant in (
        ("fish-swim", "explicit", "vanilla"),
        ("fish-swim", "explicit", "lazy"),
        ("Swimmer-v2", "itt", "vanilla"),
        ("Swimmer-v2", "explicit", "vanilla"),
    ):
        make_run(env, method, variant)
    (_, explicit), (alone,) = (panel.curves for panel in methods_by_env(found(), "iteration"))
    ((beside, _),) = (panel.curves for panel in against_vanilla(found(), "lazy", "env-steps"))
    assert explicit.look == alone.look == beside.look


def test_no_method_looks_like_a_variant_or_like_another_method(make_run, found):
    for method in ("itt", "iot", "explicit", "other", "third"):
        make_run("Swimmer-v2", method)
    make_run("Swimmer-v2", "itt", "lazy")
    looks = {curve.look for panel in methods_by_env(found(), "iteration") for curve in panel.curves}
    ((_, variant),) = (panel.curves for panel in against_vanilla(found(), "lazy", "iteration"))
    assert variant.look.place == VARIANT
    assert len(looks | {variant.look}) == 6
    assert len({look.colour for look in looks | {variant.look}}) == 6


def test_as_run_is_a_thin_line_of_its_methods_colour_beside_the_method(make_run, found):
    for variant in ("vanilla", "as-run"):
        make_run("Hopper-v2", "iot", variant)
    ((written, as_run),) = (panel.curves for panel in methods_by_env(found(), "iteration"))
    assert (written.label, as_run.label) == ("IOT", "IOT (as-run)")
    assert written.look.colour == as_run.look.colour
    assert as_run.look.line["linewidth"] < written.look.line["linewidth"]
    assert written.paper == as_run.paper == 1036.52


def test_a_line_is_the_mean_over_seeds_in_a_band_from_lowest_to_highest(make_run, found):
    make_run(seed=0, returns=[0.0, 10.0])
    make_run(seed=1, returns=[1.0, 30.0, 7.0])
    ((curve,),) = (panel.curves for panel in methods_by_env(found(), "iteration"))
    assert curve.places.tolist() == [0, 1, 2]
    assert curve.band.mean.tolist() == [0.5, 20.0, 7.0]
    assert (curve.band.low.tolist(), curve.band.high.tolist()) == ([0.0, 10.0, 7.0], [1.0, 30.0, 7.0])


def test_or_in_a_bootstrap_band_which_is_narrower(make_run, found):
    for seed in range(5):
        make_run(seed=seed, returns=[0.0, float(seed)])
    ((wide,),) = (panel.curves for panel in methods_by_env(found("range"), "iteration"))
    ((narrow,),) = (panel.curves for panel in methods_by_env(found("bootstrap"), "iteration"))
    assert narrow.band.mean.tolist() == wide.band.mean.tolist() == [0.0, 2.0]
    assert (wide.band.low[1], wide.band.high[1]) == (0.0, 4.0)
    assert 0.0 < narrow.band.low[1] < 2.0 < narrow.band.high[1] < 4.0


@pytest.mark.parametrize("axis", AXES)
def test_a_cell_with_fewer_seeds_is_there_and_one_without_a_result_too(make_run, found, axis):
    for seed in range(2):
        make_run(method="itt", seed=seed)
    make_run(method="iot", seed=0)
    make_run(method="explicit", returns=[])
    make_run("fish-swim", "itt", returns=[])
    cheetah, fish = methods_by_env(found(), axis)
    assert {curve.label: curve.seeds for curve in cheetah.curves} == {"ITT": 2, "IOT": 1, "Explicit": 0}
    assert [curve.seeds for curve in fish.curves] == [0]


def test_a_variant_is_drawn_against_vanilla_wherever_it_was_run(make_run, found):
    make_run("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "itt", "lazy")
    make_run("Swimmer-v2", "itt", "srp")
    make_run("Hopper-v2", "itt")
    make_run("fish-swim", "iot", "lazy")
    assert lines(against_vanilla(found(), "lazy", "iteration")) == [
        ("Swimmer-v2, ITT", ["vanilla (ITT)", "lazy"]),
        ("fish-swim, IOT", ["lazy"]),
    ]


def test_a_variant_with_a_vanilla_arm_of_its_own_is_drawn_against_that(make_run, found):
    make_run("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "itt", "srp-paper")
    make_run("Swimmer-v2", "itt", "srp-paper-vanilla")
    make_run("Hopper-v2", "itt")
    make_run("Hopper-v2", "itt", "srp-paper")
    assert lines(against_vanilla(found(), "srp-paper", "iteration")) == [
        ("Swimmer-v2, ITT", ["srp-paper-vanilla (ITT)", "srp-paper"]),
        ("Hopper-v2, ITT", ["vanilla (ITT)", "srp-paper"]),
    ]


def test_an_arm_without_a_result_is_not_replaced_by_another(make_run, found):
    make_run("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "itt", "srp-paper")
    make_run("Swimmer-v2", "itt", "srp-paper-vanilla", returns=[])
    ((arm, _),) = (panel.curves for panel in against_vanilla(found(), "srp-paper", "iteration"))
    assert (arm.label, arm.seeds) == ("srp-paper-vanilla (ITT)", 0)


@pytest.mark.parametrize(
    ("steps", "axis"), [(100, "iteration"), (101, "iteration"), (90, "env-steps"), (103, "env-steps")]
)
def test_arms_are_compared_over_env_steps_where_their_iterations_do_not_take_equally_many(make_run, found, steps, axis):
    make_run("Hopper-v2", "itt")  # 100 an iteration
    make_run("Hopper-v2", "itt", "lean", env_steps=100)
    make_run("Swimmer-v2", "itt")
    make_run("Swimmer-v2", "itt", "lean", env_steps=steps)
    assert fair_axis(found(), "lean") == axis


def test_an_arm_alone_is_compared_by_nothing(make_run, found):
    make_run("Swimmer-v2", "itt", returns=[])
    make_run("Swimmer-v2", "itt", "lean")
    assert fair_axis(found(), "lean") is None


def test_over_env_steps_the_cheaper_arm_ends_before_the_other(make_run, found):
    make_run("Swimmer-v2", "itt", returns=[0.0, 1.0], env_steps=100)
    make_run("Swimmer-v2", "itt", "lean", returns=[0.0, 1.0], env_steps=40)
    ((vanilla, lean),) = (panel.curves for panel in against_vanilla(found(), "lean", "env-steps"))
    assert (np.max(vanilla.places), np.max(lean.places)) == (200.0, 80.0)
