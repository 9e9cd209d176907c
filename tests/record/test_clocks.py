"""A clock that is set while a run trains: seconds and checkpoints go by another one, which only runs forward."""

import csv
import itertools
import time

import pytest

from itt.record import checkpoint, provenance
from itt.study import single

pytestmark = pytest.mark.fault

DAY = 86_400.0
ITERATIONS = 4


def run(checkpoint_seconds):
    few = [f"algorithm.iterations={ITERATIONS}", f"record.checkpoint_seconds={checkpoint_seconds}"]
    return single("CartPole-v1", "explicit", overrides=few)


@pytest.fixture
def clock_set_by(monkeypatch):
    """Sets the clock by so many seconds whenever somebody looks at it."""

    def start(leap):
        clock = itertools.count(time.time() + leap, leap)
        monkeypatch.setattr(time, "time", lambda: next(clock))
        monkeypatch.setattr(time, "time_ns", lambda: int(1e9 * next(clock)))
        monkeypatch.setattr(provenance, "now", lambda: time.strftime("%FT%T+00:00", time.gmtime(next(clock))))

    return start


@pytest.fixture
def saved(monkeypatch):
    """The iterations after which a checkpoint was saved."""
    steps, save = [], checkpoint.save
    monkeypatch.setattr(checkpoint, "save", lambda path, what: (steps.append(what.step), save(path, what)))
    return steps


@pytest.mark.parametrize("leap", [-DAY, DAY])
def test_seconds_are_those_that_went_by(train, clock_set_by, leap):
    began = time.monotonic()
    clock_set_by(leap)
    training = train(run(checkpoint_seconds=0))
    with open(training / "metrics.csv", newline="") as file:
        seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    assert 0 < seconds[0] < seconds[1] < seconds[2] < seconds[3] < time.monotonic() - began


def test_a_clock_that_is_set_back_holds_no_checkpoint_up(train, clock_set_by, saved):
    clock_set_by(-DAY)
    train(run(checkpoint_seconds=0))
    assert saved == [1, 2, 3, 4, ITERATIONS]


def test_a_clock_that_is_set_forth_brings_no_checkpoint_on(train, clock_set_by, saved):
    clock_set_by(DAY)
    train(run(checkpoint_seconds=3600))
    assert saved == [ITERATIONS]


def test_a_run_is_the_same_whatever_the_clock_does(train, clock_set_by):
    steady = train(run(checkpoint_seconds=0), "steady")
    clock_set_by(-DAY)
    train(run(checkpoint_seconds=0), stop_after=2)
    gone_on = train(run(checkpoint_seconds=0))
    assert gone_on.rows() == steady.rows()
    assert (gone_on / "policy.npz").read_bytes() == (steady / "policy.npz").read_bytes()
