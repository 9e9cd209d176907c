"""`itt bench learning`: what is measured is what is said."""

import json

import pytest

from itt.bench import learning, learning_job


def test_it_measures_a_training_beside_its_products(itt, monkeypatch):
    monkeypatch.setattr(learning, "ROUNDS", 2)
    monkeypatch.setattr(learning, "PEERS", {"sb3": "no_such_package"})

    row = json.loads(itt("bench", "learning", "--method", "sac", "--env", "Pendulum-v1", "--seconds", 0, "--json").out)

    assert row["peers"] == {"sb3": None}
    assert row["updates_per_s"] == pytest.approx(1e3 / row["training_ms"])
    assert row["multiple"] == pytest.approx(row["training_ms"] / row["products_ms"], rel=0.5)
    assert 1 / row["multiple"] < row["efficiency"] < 1


class Counted:
    """Stands for a process: a step of it takes so many seconds."""

    def __init__(self, seconds):
        self.seconds = seconds

    def ask(self, steps):
        return self.seconds


def test_a_peer_is_measured_in_the_same_rounds(monkeypatch):
    import contextlib

    took = {"products": 0.004, "env": 0.001, "training": 0.006, "sb3": 0.012}
    monkeypatch.setattr(learning, "PEERS", {"sb3": "json", "sbx": "no_such_package"})
    monkeypatch.setattr(
        learning, "_jobs", lambda kinds, *_: contextlib.nullcontext({kind: Counted(took[kind]) for kind in kinds})
    )

    row = learning.measure("HalfCheetah-v2", 1.0)

    assert row["multiple"] == pytest.approx(1.5)
    assert row["efficiency"] == pytest.approx(5 / 6)
    assert row["peers"] == {"sb3": {"multiple": pytest.approx(3.0), "speedup": pytest.approx(2.0)}, "sbx": None}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--method", "es"], "--method: es does not learn by gradients"),
        (["--method", "sac", "--env", "CartPole-v1"], "CartPole-v1 is no env of Gymnasium with continuous actions"),
        (["--method", "sac", "--env", "fish-swim"], "fish-swim is no env of Gymnasium with continuous actions"),
    ],
)
def test_what_cannot_be_measured_is_refused(itt, arguments, line):
    ended = itt("bench", "learning", *arguments)

    assert ended.code == 2
    assert line in ended.err


def test_the_products_are_those_of_an_update():
    """A policy thrice forward and once back, both Qs thrice forward and once back, one a row through to actions."""
    training = learning_job.begun("HalfCheetah-v4")
    for _ in range(learning_job.WARM_UP):
        training.step()

    calls = learning_job.products_of(training.step)

    operations = sum(2 * left.numel() * right[0].numel() for left, right in (call.args[-2:] for call in calls))
    policy = 17 * 256 + 256 * 256 + 256 * 12
    q = 23 * 256 + 256 * 256 + 256
    forward = 3 * policy + 6 * q
    to_weights = policy + 2 * q
    back = (policy - 17 * 256) + 2 * 256 * 256 + (256 * 256 + 256 * 6)
    acting = 2 * 2 * policy
    assert operations == 2 * 256 * (forward + to_weights + back) + acting
