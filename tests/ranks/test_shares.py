"""Every item is done, soon, whoever is slow; played here with a clock of its own."""

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.ranks.shares import Shares, Work


def play(work, items, seconds):
    """Plays a map as the coordinator hands it out.

    Args:
        work: The workers.
        items: How many there are.
        seconds: The function of a rank that tells how long its next task takes.

    Returns:
        When each item was done, by whom: a list of (time, rank).
    """
    shares, rest, holds = Shares(work), items, dict.fromkeys((one.rank for one in work), 0)
    done, at_work = [], []

    def hand_out(one, now):
        nonlocal rest
        while rest and shares.wants(one, holds[one.rank], rest):
            rest -= 1
            holds[one.rank] += 1
            if holds[one.rank] == 1:
                begin(one, now)

    def begin(one, now):
        taken = seconds(one.rank)
        heapq.heappush(at_work, (now + taken, one.rank, taken))

    for one in work:
        hand_out(one, 0.0)
    while at_work:
        now, rank, taken = heapq.heappop(at_work)
        one = work[rank - 1]
        done.append((now, rank))
        holds[rank] -= 1
        one.add(taken)
        if one.tasks == 1:
            shares.renew()
        if holds[rank]:
            begin(one, now)
        hand_out(one, now)
    return done


def workers(count):
    return [Work(rank, "a") for rank in range(1, count + 1)]


@given(st.integers(1, 9), st.integers(0, 60), st.randoms(use_true_random=False))
def test_all_items_are_done_whatever_the_workers_pace(count, items, random):
    work = workers(count)
    for _ in range(4):
        assert len(play(work, items, lambda rank: random.choice([1e-6, 1e-3, 0.05, 0.5, 20.0]))) == items


@pytest.mark.fault
@pytest.mark.parametrize("seconds", [0.01, 0.2])
def test_a_worker_that_is_twenty_times_slower_holds_nobody_up(seconds):
    """24 items on 4 workers: without the slow one they take 8 rounds, with it at best as long."""
    work = workers(4)
    play(work, 24, slow := lambda rank: (20.0 if rank == 4 else 1.0) * seconds)
    assert max(now for now, _ in play(work, 24, slow)) <= 9 * seconds


@pytest.mark.fault
def test_a_slow_worker_helps_where_there_is_enough_to_do():
    work = workers(4)
    play(work, 600, slow := lambda rank: 4.0 if rank == 4 else 0.2)
    done = play(work, 600, slow)
    assert sum(rank == 4 for _, rank in done) >= 9
    assert max(now for now, _ in done) <= 1.05 * 600 * 0.2 / 3.05


def test_equal_workers_share_equally():
    work = workers(8)
    for _ in range(3):
        assert max(now for now, _ in play(work, 32, lambda rank: 0.5)) == pytest.approx(4 * 0.5)
