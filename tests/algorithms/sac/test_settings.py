"""Settings of soft actor-critic: what is refused, and where those of the template went."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from itt.algorithms.sac import checks
from itt.algorithms.sac.settings import SAC
from itt.envs import describe
from itt.errors import UserError

DOCUMENT = Path(__file__).parents[3] / "docs" / "sac.md"
TEMPLATE = {
    "logging_dir", "eval_env", "training_env", "buffer_capacity", "hidden_size", "policy_lr", "qf_lr", "alpha_lr",
    "constraint", "reward_scale", "discount", "target_tau", "target_delay", "episodes_per_eval", "warm_up_steps",
    "batch_size", "variance_scaling", "clip_range", "training_iterations", "eval_interval",
    "--logging-dir", "--eval-env", "--evan-env", "--training-env", "--cpus", "--gpus", "--num-parallel",
    "--num-samples", "--tag", "--xlabel", "--ylabel",
}  # fmt: skip
"""All keys and options that the template has; one of them as its README misspells it."""


def table():
    """(names there, name here or "-", default here as text) of each row of the document."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("## Settings of the template")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| `")]
    return [(re.findall("`([^`]+)`", row[0]), row[2].strip("`"), row[3]) for row in rows]


def default(name):
    found = SAC()
    for part in name.split("."):
        found = getattr(found, part)
    return list(found) if isinstance(found, tuple) else found


def test_every_setting_of_the_template_stands_in_the_table_once():
    named = [name for names, _, _ in table() for name in names]

    assert sorted(named) == sorted(TEMPLATE)


@pytest.mark.parametrize(("here", "told"), [row[1:] for row in table() if row[1] != "-"])
def test_the_table_names_our_settings_and_their_defaults(here, told):
    assert YAML(typ="safe").load(told) == default(here)


def test_what_the_table_does_not_name_is_named_below_it():
    named = {here.partition(".")[0] for _, here, _ in table()}
    besides = set(re.findall("`([a-z_]+)", re.search("Ours besides: (.*?)\n\n", DOCUMENT.read_text(), re.S)[1]))

    assert set(SAC.model_fields) - {"name"} == (named - {"-"}) | besides - {"name"}


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"warm_up_steps": 0}, "warm_up_steps: at least 2, not 0: with normaliser.name: frozen"),
        (
            {"warm_up_steps": 100},
            "batch_size: at most 100, not 256: the transitions that are there at the first",
        ),
        ({"warm_up_steps": 0, "normaliser": {"name": "none"}}, "batch_size: at most 0, not 256"),
        ({"buffer_capacity": 200}, "batch_size: at most 200, not 256"),
        ({"normaliser": {"name": "none", "clip": 2.0}}, "name: none neither scales nor clips"),
        ({"update": "fast", "device": "cuda"}, "update: fast is for the cpu"),
        ({"discount": 1.0}, "less than 1"),
        ({"hidden_sizes": []}, "at least 1 item"),
        ({"hidden_size": 256}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed, line):
    with pytest.raises(ValidationError, match=re.escape(line)) as refused:
        SAC(**changed)
    assert refused.value.error_count() == 1


def test_discrete_actions_are_refused():
    with pytest.raises(UserError, match="sac needs continuous actions; CartPole-v1 has 2 discrete ones"):
        checks.check(describe("CartPole-v1"))
    checks.check(describe("Pendulum-v1"))


def test_a_buffer_that_fits_neither_memory_nor_disk_is_refused_before_it_is_made(tmp_path, monkeypatch):
    spec = describe("HalfCheetah-v2")
    monkeypatch.setattr(checks, "available_memory", lambda: 2**27)
    with pytest.raises(UserError, match=r"1000000 transitions of .* take 0.156 GiB, and 0.125 GiB of memory"):
        checks.check_room(SAC(), spec, tmp_path, tmp_path)

    checks.check_room(SAC(buffer_in="disk"), spec, tmp_path, tmp_path)

    free = checks.shutil.disk_usage(tmp_path)._replace(free=2**28)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: free)
    with pytest.raises(UserError, match=r"take up to 0.395 GiB in .*, where 0.25 GiB are free"):
        checks.check_room(SAC(buffer_in="disk"), spec, tmp_path, tmp_path)


def test_what_memory_there_is_is_known():
    assert 2**20 < checks.available_memory() < 2**50
