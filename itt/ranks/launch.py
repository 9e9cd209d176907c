"""How this process was started, read off the environment before any MPI library is loaded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from itt.errors import UserError

_SIZES = {
    "OMPI_COMM_WORLD_SIZE": "Open MPI",
    "PMI_SIZE": "MPICH",
    "MPI_LOCALNRANKS": "MPICH",
}
"""What a launcher tells each process about the number of processes. Slurm's pmi2 speaks MPICH's language."""
_STEP = "SLURM_STEP_NUM_TASKS"
"""What srun tells each process of a step. An sbatch script is in no step, though its SLURM_NTASKS may be any number;
where a step starts an mpiexec, that one's variables count."""
_RANKS = ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK")

_DEAF = (
    "started by PMIx, which {} does not hear: start with the mpiexec of that library (the environment's own "
    'bin/mpiexec), with srun --mpi=pmi2, or see README, "A site\'s own MPI"'
)


@dataclass(frozen=True)
class Launch:
    """The launcher's family and the number of processes that it started: PMIx alone does not tell it."""

    family: str
    size: int | None


def launched(environ: Mapping[str, str] = os.environ) -> Launch | None:
    """What started this process, if it may have started more than one.

    Raises:
        UserError: srun started several processes and gave them no way to find each other.
    """
    for variable, family in _SIZES.items():
        if environ.get(variable, "").isdigit():
            size = int(environ[variable])
            return Launch(family, size) if size > 1 else None
    tasks = int(environ[_STEP]) if environ.get(_STEP, "").isdigit() else None
    if "PMIX_RANK" in environ or "PMIX_NAMESPACE" in environ:
        return Launch("PMIx", tasks) if tasks != 1 else None
    if tasks is not None and tasks > 1:
        raise UserError(
            f"srun started {tasks} processes without MPI: for one training start them with srun --mpi=pmi2 (or with "
            f"mpiexec), for several trainings side by side with env -u {_STEP} before itt"
        )
    return None


def is_first(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is rank 0, or was not started by an MPI launcher: the one that speaks to the user."""
    ranks = [environ[variable] for variable in _RANKS if variable in environ]
    if not ranks and _STEP in environ:
        ranks = [environ.get("SLURM_PROCID", "0")]
    return all(rank == "0" for rank in ranks)


def check_size(launch: Launch, seen: int, library: str) -> None:
    """That the processes have found each other.

    Args:
        launch: What `launched` found.
        seen: The number of processes that the MPI library sees.
        library: The library's own description of its version.

    Raises:
        UserError: They have not, or nothing tells: without this check each would believe that it is alone.
    """
    if launch.size is None and seen == 1:
        raise UserError(_DEAF.format(_name(library)))
    if launch.size not in (None, seen):
        raise UserError(
            f"{launch.size} processes were started but the MPI library ({_name(library)}) sees {seen}: launcher and "
            "library do not belong together; start with the mpiexec of the library that mpi4py has loaded, or with "
            "srun --mpi=pmi2 if that is MPICH"
        )


def check_library(launch: Launch, library: str) -> None:
    """That the launcher and the library that mpi4py loaded can talk to each other.

    Args:
        launch: What `launched` found.
        library: The library's own description of its version.

    Raises:
        UserError: They are of different families. Without this check each process would believe that it is alone,
            or the library would abort as it starts.
    """
    family = _family(library)
    if launch.family == "PMIx":  # no library's own; an MPICH tells whether it was built with it
        if library.startswith("MPICH") and "pmix" not in library.lower():
            raise UserError(_DEAF.format(_name(library)))
    elif launch.family != family:
        raise UserError(
            f"mpiexec is {launch.family}'s but mpi4py has loaded {family} ({_name(library)}): start with the mpiexec "
            "of that library (the environment's own bin/mpiexec), or see README, \"A site's own MPI\""
        )


def _family(library: str) -> str:
    return "Open MPI" if library.startswith("Open MPI") else "MPICH"


def _name(library: str) -> str:
    return " ".join(library.split("\n")[0].split(",")[0].split())
