"""Who is waited for, and for how long, by a clock that a test sets."""

import pytest

from itt.ranks import watch
from itt.ranks.watch import Lost, Patience, Watch

pytestmark = pytest.mark.fault


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock forward, second by second, while the coordinator looks."""
    now = [0.0]
    monkeypatch.setattr(watch.time, "monotonic", lambda: now[0])

    def forward(watching, seconds):
        for _ in range(seconds):
            now[0] += 1.0
            watching.look()

    forward.now = now
    return forward


@pytest.fixture
def watching(clock):
    return Watch(["a", "b", "c"], Patience(silence=100.0, task=1000.0))


def test_a_silent_rank_is_named_once_after_a_tenth_and_lost_in_the_end(watching, clock, capsys):
    watching.expects([1, 2])
    clock(watching, 12)
    watching.heard(1)
    clock(watching, 80)
    told = "itt: rank {} ({}) has given no sign of life for {} s; after 100 s the job ends, to go on later\n"
    again = "itt: rank 1 (b) is heard again\n"
    assert capsys.readouterr().err == told.format(1, "b", 10) + told.format(2, "c", 10) + again + told.format(
        1, "b", 10
    )
    with pytest.raises(Lost, match=r"rank 2 \(c\) has given no sign of life for 100 s"):
        clock(watching, 20)


def test_a_rank_that_is_alive_may_be_long_at_a_task_but_not_for_ever(watching, clock, capsys):
    watching.expects([1])
    for _ in range(110):
        clock(watching, 5)
        watching.heard(1)
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "itt: rank 1 (b) has been at one task for 100 s; after 1000 s the job ends, to go on later"
    with pytest.raises(Lost, match=r"rank 1 \(b\) has been at one task for 1000 s"):
        for _ in range(110):
            clock(watching, 5)
            watching.heard(1)


def test_who_owes_nothing_is_not_waited_for(watching, clock, capsys):
    watching.expects([1, 2])
    watching.settled(1)
    watching.settled(2)
    clock(watching, 5000)
    assert capsys.readouterr().err == ""


def test_a_job_that_was_suspended_as_a_whole_has_lost_nobody(watching, clock, capsys):
    watching.expects([1])
    clock.now[0] += 36000.0
    clock(watching, 5)
    assert capsys.readouterr().err == ""
