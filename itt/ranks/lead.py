"""The way in: rank 0 leads, the others serve until it is done."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from itt.errors import Stopped, UserError
from itt.ranks.last_words import last_words
from itt.ranks.launch import Launch, check_library, check_size, launched
from itt.ranks.signals import Signals, ignore
from itt.ranks.start import watched_start
from itt.ranks.team import Alone, RankError, Team
from itt.ranks.threads import one_thread
from itt.ranks.watch import Lost, Patience

if TYPE_CHECKING:
    from itt.ranks.crew import Crew


def lead(main: Callable[[Team], int], patience: Patience | None = None) -> int:
    """Runs `main` with a team, here or, under mpiexec, on rank 0, while the other ranks serve.

    A signal that asks for an early end is heeded in `Team.map`; whatever `main` raises passes through, after the
    workers were sent home. Where one of them does not go the job ends as a whole, with exit code 75.

    Args:
        main: What to do with the team.
        patience: How long to wait for a rank.

    Returns:
        What `main` returned; 0 on a worker.
    """
    one_thread()
    signals = Signals()
    launch, patience = launched(), patience or Patience()
    if launch is None:
        signals.heed()
        return main(Alone(signals, patience))
    return _lead_ranks(main, launch, signals, patience)


def _lead_ranks(main: Callable[[Team], int], launch: Launch, signals: Signals, patience: Patience) -> int:
    try:
        import mpi4py

        mpi4py.rc.initialize = False  # the library is asked who it is before it may abort
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        raise UserError(f"started by mpiexec, but MPI cannot be used here ({error}); install 'itt[mpi]'") from None
    check_library(launch, MPI.Get_library_version())
    with watched_start(patience):
        MPI.Init_thread(MPI.THREAD_SINGLE)
    check_size(launch, MPI.COMM_WORLD.size, MPI.Get_library_version())
    if MPI.COMM_WORLD.size == 1:
        signals.heed()
        try:
            return main(Alone(signals, patience))
        finally:
            MPI.Finalize()

    from itt.ranks.crew import Crew, serve

    if MPI.COMM_WORLD.rank > 0:
        ignore()
        try:
            serve(MPI.COMM_WORLD, patience)
        except BaseException:
            last_words(traceback.format_exc().rstrip("\n"))
            MPI.COMM_WORLD.Abort(1)
        MPI.Finalize()
        return 0

    signals.heed()
    crew = Crew(MPI.COMM_WORLD, signals, patience)
    try:
        crew.greet()
        return main(crew)
    except RankError as error:
        # Other workers may be in the middle of something long: end the job as a whole, with that rank's message.
        _end(str(error), 1)
    except Stopped as stopped:
        if crew.broken:
            _end(f"itt: {stopped}", 75)
        raise
    finally:
        _send_home(crew)


def _send_home(crew: Crew) -> None:
    from mpi4py import MPI

    try:
        crew.dismiss()
    except Lost as lost:
        _end(f"itt: {lost}", 75)
    MPI.Finalize()


def _end(words: str, code: int) -> NoReturn:
    """Ends all ranks, whatever they are at."""
    from mpi4py import MPI

    last_words(words)
    MPI.COMM_WORLD.Abort(code)
    os._exit(code)
