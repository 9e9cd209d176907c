"""Small programs for a team, started by test_team.py as `python programs.py NAME`, plainly or under mpiexec.

Each is a `main` for `itt.ranks.lead`; what it finds goes to standard output as JSON.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

from itt.algorithms.es import trainer
from itt.algorithms.es.settings import METHODS, VARIANTS
from itt.errors import Stopped, UserError
from itt.ranks import Patience, Team, lead
from itt.resolve import resolve
from itt.study import single

MEGABYTES = 2**19
"""The size of an array of float64 that fills 4 of them."""


def square(shared, item):
    time.sleep(0.002 * (item % 5))
    return shared + item**2


def who(shared, item):
    time.sleep(0.01)
    return os.getpid()


def fail_at_three(shared, item):
    if item == 3:
        raise ValueError("item 3 cannot be played")
    return item


def fail_at_once_or_sleep(shared, item):
    """One item fails while all others take hours."""
    if item == 0:
        raise ValueError("item 0 cannot be played")
    time.sleep(3600)


def exit_at_three(shared, item):
    if item == 3:
        sys.exit("item 3 ends its process")
    return item


def die_at_three(shared, item):
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def add(shared, item):
    return shared + item


def signal_to_first(shared, item):
    """The first item asks for an early end, as the user's terminal or a batch system would."""
    coordinator, array = shared
    if item[0] == 0:
        os.kill(coordinator, signal.SIGTERM)
    time.sleep(0.05)
    return array + item


def stop_itself(shared, item):
    """Item 3 stops its process for good; all of them run again when the launcher ends them."""
    if item == 3:
        print(os.environ["PMI_RANK"], flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
    return item


def stop_itself_later(shared, item):
    """Stops its process a moment after the result is sent."""
    if item == 0 and os.fork() == 0:
        time.sleep(1.0)
        os.kill(os.getppid(), signal.SIGSTOP)
        os._exit(0)
    return item


def endless(shared, item):
    while item == 1:
        time.sleep(0.01)
    return item


def slow_on_rank_2(shared, item):
    rank = int(os.environ["PMI_RANK"])
    time.sleep(0.3 if rank == 2 else 0.01)
    return rank


def stopped_worker(team: Team) -> int:
    """A process that is stopped in the midst of a task."""
    team.map(stop_itself, None, range(6))
    return 0


def stopped_at_the_end(team: Team) -> int:
    """A process that is stopped when there is nothing more to do."""
    team.map(stop_itself_later, None, range(6))
    team.rest(2.0)
    return 0


def long_task(team: Team) -> int:
    """A task that takes longer than the coordinator's patience with a silent rank."""
    team.map(nap_for, None, [8.0, 0.0])
    return 0


def endless_task(team: Team) -> int:
    """A task that never ends, on a process that is alive."""
    team.map(endless, None, range(6))
    return 0


def one_is_slow(team: Team) -> int:
    """Maps of which rank 2 could do little, one of which it could do some, and enough of those for it to be named."""
    team.map(slow_on_rank_2, None, range(6))
    short = team.map(slow_on_rank_2, None, range(12))
    long = [team.map(slow_on_rank_2, None, range(300)) for _ in range(4)]
    say(
        right=set(short) <= {1, 2, 3} and all(len(results) == 300 for results in long),
        slow_in_a_short_map=short.count(2),
        slow_in_a_long_map=long[0].count(2),
        by_rank=[one.told() for one in team.work],
    )
    return 0


def order(team: Team) -> int:
    """Two maps of different lengths, and one of nothing."""
    found = [team.map(square, 1, range(40)), team.map(square, 2, range(7)), team.map(square, 3, [])]
    say(results=found, ranks=team.ranks, workers=team.workers, hosts=team.hosts, library=team.library)
    return 0


def share(team: Team) -> int:
    """Which processes do the work, and whether MPI was imported to do it."""
    say(pids=sorted(set(team.map(who, None, range(40)))), coordinator=os.getpid(), mpi="mpi4py" in sys.modules)
    return 0


def failure(team: Team) -> int:
    """A task that fails."""
    team.map(fail_at_three, None, range(6))
    return 0


def failure_beside_long_tasks(team: Team) -> int:
    """A task that fails while the other workers are busy for hours."""
    team.map(fail_at_once_or_sleep, None, range(team.workers))
    return 0


def exit_of_a_worker(team: Team) -> int:
    """A task that ends its process."""
    team.map(exit_at_three, None, range(6))
    return 0


def death_of_a_worker(team: Team) -> int:
    """A process that the system kills, as for want of memory."""
    team.map(die_at_three, None, range(6))
    return 0


def death_of_the_leader(team: Team) -> int:
    """Rank 0 is killed between two maps."""
    team.map(square, 1, range(5))
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def large(team: Team) -> int:
    """Items and results of several megabytes, more of them than any buffer holds."""
    items = [np.full(MEGABYTES, float(number)) for number in range(12)]
    results = team.map(add, np.ones(MEGABYTES), items)
    say(right=all((result == number + 1).all() for number, result in enumerate(results)))
    return 0


def stop(team: Team) -> int:
    """An early end while large items and results are under way; then the team works on, twice."""
    shared = (os.getpid(), np.ones(MEGABYTES))
    try:
        team.map(signal_to_first, shared, [np.full(MEGABYTES, float(number)) for number in range(12)])
    except Stopped as stopped:
        say(stopped=str(stopped), results=[team.map(square, 1, range(10)) for _ in range(2)])
    return 75


def stop_and_leave(team: Team) -> int:
    """An early end while large items and results are under way, and home at once."""
    shared = (os.getpid(), np.ones(MEGABYTES))
    team.map(signal_to_first, shared, [np.full(MEGABYTES, float(number)) for number in range(12)])
    return 0


def mistake(team: Team) -> int:
    """A user's mistake that rank 0 finds."""
    raise UserError("sigma is negative")


def trainings(team: Team) -> int:
    """Each method on a continuous and a discrete env, many parameters, the ES toolbox, a lazy search, and all variants.

    Names of folders: ENV/METHOD, and variants/NAME.
    """
    few = ["algorithm.iterations=2", "algorithm.directions=3", "candidates.count=50"]
    seeds = {"itt": 5, "iot": 2, "explicit": 3}  # with which Acrobot's returns differ from the first iteration on
    runs = [
        single(env, method, "vanilla", seeds[method], few) for env in ("Swimmer-v2", "Acrobot-v1") for method in METHODS
    ]
    directions = sys.argv[3]
    many = ["algorithm.iterations=1", "candidates.count=4", f"algorithm.directions={directions}"]
    runs.append(single("HalfCheetah-v2", "itt", overrides=many))
    tools = ["optimiser.name=adam", "shaping=centered_ranks", "random_numbers=pair", "episodes=2", "sampling=hadamard"]
    tools += ["directions=8", "top_directions=5", "weight_decay=0.01", "lazy.period=2", "iterations=3"]
    runs.append(single("CartPole-v1", "itt", overrides=[f"algorithm.{tool}" for tool in tools]))
    lazy = ["algorithm.iterations=7", "algorithm.directions=3", "candidates.count=64"]
    runs.append(single("Hopper-v2", "itt", "srp-lazy", overrides=lazy))
    named = [(Path(run.env, run.method), run) for run in runs]
    arms = {name: (name, []) for name in VARIANTS} | {
        "srp-paper": ("srp", ["search={mode: paper, projections: 4}"]),
        "srp-iteration": ("srp", ["candidates.resample=iteration"]),
        "rft-iteration": ("rft", ["candidates.resample=iteration"]),
    }
    for name, (variant, settings) in arms.items():
        settings = [*few, *settings, *(["candidates.subsample=9"] if variant == "bootstrap" else [])]
        named.append((Path("variants", name), single("MountainCarContinuous-v0", "itt", variant, overrides=settings)))
    for folder, run in named:
        trainer.train(Path(sys.argv[2], folder), resolve(run), team, print, lambda *_: None)
    return 0


def fault_of_the_leader(team: Team) -> int:
    """A fault on rank 0, between two maps."""
    team.map(square, 1, range(5))
    raise ZeroDivisionError("rank 0 has a fault")


def threads(team: Team) -> int:
    """With how many threads the libraries compute that NumPy, imported above before itt, has loaded."""
    say(threads=team.map(threads_of, None, range(4 * team.workers)))
    return 0


def threads_of(shared, item):
    return [library["num_threads"] for library in threadpool_info()]


def idle(team: Team) -> int:
    """Core-seconds of the coordinator while its workers sleep for three seconds, for a look by hand."""
    before = time.process_time(), time.monotonic()
    team.map(nap, None, range(3 * team.workers))
    say(core_seconds=time.process_time() - before[0], seconds=time.monotonic() - before[1])
    return 0


def nap(shared, item):
    time.sleep(1)


def nap_for(shared, item):
    time.sleep(item)


def say(**found):
    print(json.dumps(found), flush=True)


def stop_as_asked() -> None:
    """Rank 2 does not come up: it stops before it starts MPI, or after that."""
    when = os.environ.get("STOPS")
    if when is None or os.environ.get("PMI_RANK") != "2":
        return
    if when == "before MPI":
        os.kill(os.getpid(), signal.SIGSTOP)
    import mpi4py

    mpi4py.rc.initialize = False  # as `lead` does
    from itt.ranks import crew

    crew.serve = lambda *arguments: os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    stop_as_asked()
    patience = Patience(float(os.environ.get("SILENCE", "600")), float(os.environ.get("TASK", "3600")))
    try:
        sys.exit(lead(globals()[sys.argv[1]], patience))
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(75)
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
