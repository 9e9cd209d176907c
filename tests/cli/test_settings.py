"""`itt settings --method M`: every key of a method's settings, as a study or --set takes it."""

import json

import pytest

from itt.algorithms import METHODS
from itt.errors import UserError
from itt.run import kind
from itt.settings_help import settings
from itt.study import single


@pytest.mark.parametrize("method", METHODS)
def test_every_key_is_told_with_its_meaning(method):
    rows = {row["setting"]: row for row in settings(method, {})}

    assert {key.partition(".")[0].partition("(")[0] for key in rows} == set(kind(method).sections.model_fields)
    assert [key for key, row in rows.items() if not row["allowed"]] == []
    assert [key for key, row in rows.items() if not row["meaning"] and not key.endswith(".name")] == []


def test_defaults_of_an_env_are_those_that_it_is_trained_with(itt):
    rows = {
        row["setting"]: row
        for row in json.loads(itt("settings", "--method", "itt", "--env", "Hopper-v2", "--json").out)
    }
    run = single("Hopper-v2", "itt")

    assert rows["algorithm.iterations"]["default"] == str(run.algorithm.iterations) != "500"
    assert rows["search.name"]["allowed"] == "exact | dfo | srp | rft"
    assert rows["search(srp).tables"]["default"] == "5"


@pytest.mark.parametrize("method", METHODS)
def test_what_is_listed_can_be_set_to_its_default(method):
    rows = settings(method, {})
    optional = tuple(f"{row['setting']}." for row in rows if row["default"] == "null")
    for row in rows:
        if "(" not in row["setting"] and not row["setting"].startswith(optional):
            single("MountainCarContinuous-v0", method, overrides=[f"{row['setting']}={row['default']}"])


@pytest.mark.parametrize(
    ("env", "why"), [("CartPole-v1", "sac needs continuous actions"), ("Nowhere-v0", "Nowhere-v0")]
)
def test_settings_of_what_could_not_be_trained_are_refused(itt, env, why):
    told = itt("settings", "--method", "sac", "--env", env)

    assert (told.code, why in told.err, told.out) == (2, True, "")


def test_it_is_a_table_for_people(itt):
    shown = itt("settings", "--method", "sac")

    assert shown.code == 0
    assert "algorithm.target_tau" in shown.out and "whole number >= 1" in shown.out


def test_an_unknown_method_is_told(itt):
    told = itt("settings", "--method", "dqn")

    assert (told.code, "must be one of itt, iot, explicit, sac" in told.err) == (2, True)
    with pytest.raises(UserError, match="must be one of"):
        single("CartPole-v1", "dqn")
