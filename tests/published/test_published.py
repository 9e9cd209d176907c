"""The paper's numbers as the loaders give them, against values typed here from the paper a second time."""

import subprocess
import sys

import pytest

from itt.published import names, zhao2022

EVERY_CELL = {(env, method) for env in names.ENVS for method in ("itt", "iot", "explicit")}
NOT_IN_TABLE_6 = {"hopper-stand", "walker-walk"}


@pytest.mark.parametrize(
    ("key", "hours"),
    [(("Swimmer-v2", "explicit"), 0.11), (("HalfCheetah-v2", "iot"), 23.61), (("Walker2d-v2", "itt"), 16.88)],
)
def test_table_2_gives_hours(key, hours):
    assert zhao2022.wall_clock()[key] == hours


def test_table_2_gives_iterations_of_five_envs():
    assert zhao2022.iterations() == {
        "Swimmer-v2": 500,
        "LunarLanderContinuous-v2": 500,
        "Hopper-v2": 4000,
        "HalfCheetah-v2": 4000,
        "Walker2d-v2": 4000,
    }
    assert zhao2022.wall_clock().keys() == {(e, m) for e in zhao2022.iterations() for m in zhao2022.METHODS}


@pytest.mark.parametrize(
    ("key", "sigma"),
    [
        (("HalfCheetah-v2", "itt"), 1.0),
        (("HalfCheetah-v2", "explicit"), 0.5),
        (("Walker2d-v2", "iot"), 0.5),
        (("Acrobot-v1", "iot"), 1.0),
        (("walker-walk", "explicit"), 0.1),
    ],
)
def test_table_3_gives_sigma(key, sigma):
    assert zhao2022.sigmas()[key] == sigma


@pytest.mark.parametrize(
    ("key", "count"),
    [
        (("Hopper-v2", "iot"), 45),
        (("Walker2d-v2", "explicit"), 246),
        (("InvertedPendulumBulletEnv-v0", "itt"), 12),
        (("fish-swim", "iot"), 2200),
        (("swimmer-swimmer15", "itt"), 3100),
        (("hopper-stand", "explicit"), 1980),
    ],
)
def test_table_4_gives_parameter_counts(key, count):
    assert zhao2022.parameters()[key] == count


@pytest.mark.parametrize(
    ("key", "layers"),
    [
        (("HalfCheetah-v2", "itt"), (4, 2)),
        (("HalfCheetah-v2", "iot"), (6,)),
        (("CartPole-v1", "itt"), (2, 1)),
        (("swimmer-swimmer6", "explicit"), (5,)),
    ],
)
def test_table_5_gives_layers_of_each_tower(key, layers):
    assert zhao2022.layers()[key] == layers


@pytest.mark.parametrize(
    ("key", "mean", "std"),
    [
        (("Swimmer-v2", "explicit"), 347.67, 5.74),
        (("LunarLanderContinuous-v2", "iot"), -72.72, 26.98),
        (("Walker2d-v2", "itt"), 1897.87, 498.86),
        (("MountainCarContinuous-v0", "explicit"), 52.34, 42.74),
        (("fish-swim", "itt"), 652.21, 152.07),
        (("swimmer-swimmer15", "iot"), 990.68, 0.001),
    ],
)
def test_table_6_gives_mean_and_standard_deviation(key, mean, std):
    assert zhao2022.scores()[key] == (mean, std)


@pytest.mark.parametrize("table", [zhao2022.sigmas, zhao2022.parameters, zhao2022.layers])
def test_tables_3_to_5_hold_every_env_and_method(table):
    assert table().keys() == EVERY_CELL


def test_table_6_lacks_two_envs():
    assert zhao2022.scores().keys() == {cell for cell in EVERY_CELL if cell[0] not in NOT_IN_TABLE_6}


@pytest.mark.parametrize("env", ["Hopper-v2", "HalfCheetah-v2", "Walker2d-v2"])
def test_table_2_reproduces_the_claimed_reductions(env):
    hours = zhao2022.wall_clock()
    reduction = 1 - hours[env, "itt"] / hours[env, "iot"]
    assert round(100 * reduction) == zhao2022.claims()["faster_than_iot", env].value


def test_claimed_reductions_are_those_of_the_text():
    assert [zhao2022.claims()["faster_than_iot", e].value for e in ("Hopper-v2", "HalfCheetah-v2", "Walker2d-v2")] == [
        26,
        45,
        39,
    ]


def test_table_6_is_consistent_with_the_claimed_wins():
    """ITT is best on 10 of Table 6's 13 envs, so the 12 of 15 in the text counts both envs that the table lacks."""
    mean = {cell: score[0] for cell, score in zhao2022.scores().items()}
    best = [env for env, method in mean if method == "itt" and mean[env, "itt"] >= mean[env, "iot"]]
    best = [env for env in best if mean[env, "itt"] >= mean[env, "explicit"]]
    assert len(best) + len(NOT_IN_TABLE_6) == zhao2022.claims()["itt_best", ""].value == 12
    assert zhao2022.claims()["itt_second", ""].value == 3
    assert zhao2022.claims()["compared", ""].value == len(names.ENVS) == 15


def test_every_number_of_the_tables_is_there_with_its_place():
    found = {(n.table, n.row, n.env, n.method, n.quantity): n.value for n in zhao2022.numbers()}
    assert len(found) == len(list(zhao2022.numbers())) == 18 + 20 + 45 + 45 + 60 + 78
    assert found[2, 4, "HalfCheetah-v2", "iot", "hours"] == 23.61
    assert found[2, 4, "HalfCheetah-v2", "", "iterations"] == 4000
    assert found[5, 4, "HalfCheetah-v2", "itt", "layers_state"] == 4
    assert found[6, 13, "fish-swim", "itt", "std"] == 152.07


def test_table_1_is_in_table_6_again():
    cells = {t: {(n.env, n.method, n.quantity, n.value) for n in zhao2022.numbers() if n.table == t} for t in (1, 6)}
    assert cells[1] < cells[6]


def test_aliases_lead_to_canonical_names():
    assert names.canonical("DMCS:Swimmer15") == "swimmer-swimmer15"
    assert names.canonical("ALE/Pong-v5") == "ALE/Pong-v5"


def test_loading_the_numbers_imports_nothing_heavy():
    code = "import sys; from itt.published import zhao2022; zhao2022.scores(); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "itt.published.zhao2022" in modules
    assert not {"numpy", "pandas", "torch", "pydantic"} & set(modules)
