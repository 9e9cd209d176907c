"""The way in: rank 0 leads, the others serve until it is done."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

from itt.errors import UserError
from itt.ranks.last_words import last_words
from itt.ranks.launch import Launch, check_library, check_size, launched
from itt.ranks.signals import Signals, ignore
from itt.ranks.team import Alone, RankError, Team
from itt.ranks.threads import one_thread


def lead(main: Callable[[Team], int]) -> int:
    """Runs `main` with a team, here or, under mpiexec, on rank 0, while the other ranks serve.

    A signal that asks for an early end is heeded in `Team.map`; whatever `main` raises passes through, after the
    workers were sent home.

    Returns:
        What `main` returned; 0 on a worker.
    """
    one_thread()
    signals = Signals()
    launch = launched()
    if launch is None:
        signals.heed()
        return main(Alone(signals))
    return _lead_ranks(main, launch, signals)


def _lead_ranks(main: Callable[[Team], int], launch: Launch, signals: Signals) -> int:
    try:
        import mpi4py

        mpi4py.rc.initialize = False  # the library is asked who it is before it may abort
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        raise UserError(f"started by mpiexec, but MPI cannot be used here ({error}); install 'itt[mpi]'") from None
    check_library(launch, MPI.Get_library_version())
    MPI.Init_thread(MPI.THREAD_SINGLE)
    check_size(launch, MPI.COMM_WORLD.size, MPI.Get_library_version())
    if MPI.COMM_WORLD.size == 1:
        signals.heed()
        try:
            return main(Alone(signals))
        finally:
            MPI.Finalize()

    from itt.ranks.crew import Crew, serve

    if MPI.COMM_WORLD.rank > 0:
        ignore()
        try:
            serve(MPI.COMM_WORLD)
        except BaseException:
            last_words(traceback.format_exc().rstrip("\n"))
            MPI.COMM_WORLD.Abort(1)
        MPI.Finalize()
        return 0

    signals.heed()
    crew = Crew(MPI.COMM_WORLD, signals)
    try:
        code = main(crew)
    except RankError as error:
        # Other workers may be in the middle of something long: end the job as a whole, with that rank's message.
        last_words(str(error))
        MPI.COMM_WORLD.Abort(1)
        os._exit(1)
    finally:
        if not MPI.Is_finalized():
            crew.dismiss()
            MPI.Finalize()
    return code
