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


@dataclass(frozen=True)
class Launch:
    """The launcher's family and the number of processes that it started."""

    family: str
    size: int


def launched(environ: Mapping[str, str] = os.environ) -> Launch | None:
    """What started this process, if it was an MPI launcher that started more than one."""
    for variable, family in _SIZES.items():
        if environ.get(variable, "").isdigit() and int(environ[variable]) > 1:
            return Launch(family, int(environ[variable]))
    return None


def is_first(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is rank 0, or was not started by an MPI launcher: the one that speaks to the user."""
    return all(environ.get(variable, "0") == "0" for variable in ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"))


def check_library(launch: Launch, library: str) -> None:
    """That the launcher and the library that mpi4py loaded can talk to each other.

    Args:
        launch: What `launched` found.
        library: The library's own description of its version.

    Raises:
        UserError: They are of different families. Without this check each process would believe that it is alone,
            or the library would abort as it starts.
    """
    family = "Open MPI" if library.startswith("Open MPI") else "MPICH"
    if family != launch.family:
        raise UserError(
            f"mpiexec is {launch.family}'s but mpi4py has loaded {family} ({library.split(chr(10))[0].split(',')[0]}): "
            "start with the mpiexec of that library (the environment's own bin/mpiexec), or see README, "
            '"A site\'s own MPI"'
        )
