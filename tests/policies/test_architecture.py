"""How many parameters a policy has, and where theta holds which."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.algorithms.es.settings import METHODS, Policy, Tower
from itt.overview import overview
from itt.policies import architecture
from itt.published import zhao2022
from itt.published.names import ENVS

# Where Table 4 cannot be met: an explicit policy over n discrete actions needs n outputs, and Bullet's pendulum has
# observation 5 and action 1, which give 6/7/6.
EXCEPTIONS = {
    ("CartPole-v1", "explicit"): 7,
    ("MountainCar-v0", "explicit"): 6,
    ("Acrobot-v1", "explicit"): 10,
    ("InvertedPendulumBulletEnv-v0", "itt"): 6,
    ("InvertedPendulumBulletEnv-v0", "iot"): 7,
    ("InvertedPendulumBulletEnv-v0", "explicit"): 6,
}
OVERVIEW = {row["env"]: row for row in overview()}


@pytest.mark.parametrize("env", ENVS)
@pytest.mark.parametrize("method", METHODS)
def test_table_4_gives_the_number_of_parameters_but_for_the_known_exceptions(env, method):
    assert OVERVIEW[env]["parameters"][method] == (zhao2022.parameters() | EXCEPTIONS)[env, method]


def test_every_exception_really_differs_from_the_paper():
    assert all(zhao2022.parameters()[cell] != count for cell, count in EXCEPTIONS.items())


def test_itt_envs_prints_table_4_beside_our_numbers(itt):
    ended = itt("envs", "--json")
    rows = json.loads(ended.out)
    assert ended.code == 0
    assert [row["env"] for row in rows] == list(ENVS)
    for row in rows:
        assert list(row) == [
            "env", "observation", "action", "discrete", "episode_limit", "engine", "parameters", "paper_parameters",
            "note",
        ]  # fmt: skip
        for method in METHODS:
            cell = (row["env"], method)
            assert row["paper_parameters"][method] == zhao2022.parameters()[cell]
            assert row["parameters"][method] == (zhao2022.parameters() | EXCEPTIONS)[cell]


def test_itt_envs_marks_the_counts_that_differ_and_no_others(itt):
    lines = itt("envs").out.splitlines()
    marked = {env: sum(line.count(" *") for line in lines if f" {env} " in line) for env in ENVS}
    assert marked == {env: sum(cell[0] == env for cell in EXCEPTIONS) for env in ENVS}


def test_an_explicit_policy_over_discrete_actions_has_one_output_an_action():
    assert architecture("explicit", Policy(), 4, 3, discrete=True).towers[0][-1].outputs == 3


def test_an_index_is_one_input_and_a_one_hot_action_is_n():
    index = architecture("itt", Policy(encoding="index"), 4, 3, discrete=True)
    one_hot = architecture("itt", Policy(encoding="one_hot"), 4, 3, discrete=True)
    assert (index.towers[1][0].inputs, one_hot.towers[1][0].inputs) == (1, 3)


def test_width_and_latent_default_to_the_size_of_an_action():
    state, action = architecture("itt", Policy(state=Tower(layers=3)), 8, 2, discrete=False).towers
    assert [(layer.outputs, layer.inputs) for layer in (*state, *action)] == [(2, 8), (2, 2), (2, 2), (2, 2)]


def test_widths_may_differ_from_layer_to_layer_and_from_tower_to_tower():
    policy = Policy(latent=7, state=Tower(layers=3, width=(5, 6)), action=Tower(layers=2, width=9))
    state, action = architecture("itt", policy, 8, 2, discrete=False).towers
    assert [(layer.outputs, layer.inputs) for layer in state] == [(5, 8), (6, 5), (7, 6)]
    assert [(layer.outputs, layer.inputs) for layer in action] == [(9, 2), (7, 9)]


@pytest.mark.parametrize(
    ("method", "discrete", "last"),
    [
        ("itt", False, "linear"),
        ("iot", False, "linear"),
        ("explicit", False, "tanh"),  # as in the published code
        ("explicit", True, "linear"),
    ],
)
def test_hidden_layers_are_relu_and_the_output_is_linear_but_for_explicit_continuous_actions(method, discrete, last):
    policy = Policy(state=Tower(layers=3), action=Tower(layers=2), tower=Tower(layers=3))
    for tower in architecture(method, policy, 4, 2, discrete).towers:
        assert [layer.activation for layer in tower] == ["relu"] * (len(tower) - 1) + [last]


@given(method=st.sampled_from(list(METHODS)), layers=st.integers(1, 4), discrete=st.booleans())
def test_the_matrices_are_views_that_cover_theta_once_and_in_order(method, layers, discrete):
    towers = dict.fromkeys(("state", "action", "tower"), Tower(layers=layers))
    architectures = architecture(method, Policy(width=3, **towers), 5, 2, discrete)
    theta = np.arange(architectures.size, dtype=np.float64)
    matrices = [matrix for tower in architectures.matrices(theta) for matrix in tower]
    np.testing.assert_array_equal(np.concatenate([matrix.ravel() for matrix in matrices]), theta)
    assert all(np.shares_memory(matrix, theta) for matrix in matrices)


def test_the_action_part_of_theta_is_the_action_tower():
    itt = architecture("itt", Policy(width=3), 5, 2, discrete=False)
    theta = np.zeros(itt.size)
    theta[itt.action_part] = 1.0
    state, action = itt.matrices(theta)
    assert all((matrix == 0).all() for matrix in state)
    assert all((matrix == 1).all() for matrix in action)


@pytest.mark.parametrize("method", ["iot", "explicit"])
def test_other_methods_have_no_action_part(method):
    with pytest.raises(ValueError, match="no action tower"):
        _ = architecture(method, Policy(), 5, 2, discrete=False).action_part


def test_a_theta_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"wants \(20,\)"):
        architecture("itt", Policy(state=Tower(layers=1)), 8, 2, discrete=False).matrices(np.zeros(19))
