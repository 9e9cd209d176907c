"""What a site wants of every job: a small file beside the profile, and `--config` above it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError

from itt import settings_file
from itt.errors import UserError
from itt.settings import Section, spelled

SAFE = r"^[^\"'$`\\\n]+$"
"""Text that a shell leaves alone within quotes of either kind: the executor puts a job's command into double ones."""
Words = Annotated[str, Field(pattern=SAFE), spelled(SAFE, "text without \" ' $ ` \\ and line breaks, like intel|amd")]


class Site(Section):
    """What jobs ask the scheduler for. What is not given is left to the scheduler, or to the plan."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    partition: Words | None = Field(None, description="the scheduler's default")
    account: Words | None = Field(None, description="the user's default")
    constraint: Words | None = Field(None, description="features that a node must have, like avx2 or intel|amd")
    qos: Words | None = Field(None, description="the account's default")
    mpi: Words = Field("srun -K1 --mpi=pmi2", description="what starts the ranks of a training; `-n RANKS` follows")
    runtime: int | None = Field(
        None, ge=1, description="minutes of a job, all of which a training takes; else by the plan, at most a day"
    )
    memory: int | None = Field(None, ge=1, description="MB of each rank; else by the plan")
    nodes: int | None = Field(
        None, ge=1, description="machines that a training is spread over; else the scheduler's choice"
    )

    def minutes(self, wanted: int) -> int:
        """The time limit of a job that wants so many: as many, but not more than the site gives one job."""
        return min(wanted, self.runtime or wanted)

    def resources(self) -> dict[str, str]:
        """What every job has of it, by Snakemake's names; but for `nodes`, which is for several ranks."""
        named = {
            "slurm_partition": self.partition,
            "slurm_account": self.account,
            "constraint": self.constraint,
            "qos": self.qos,
        }
        return {name: value for name, value in named.items() if value is not None}


def site(file: Path | None, given: Mapping[str, Any]) -> Site:
    """The settings of a file, if there is one, with those that are given above them.

    Raises:
        UserError: One line with the key, where it stands, and what is allowed.
    """
    stored = settings_file.read(file) if file is not None and file.exists() else None
    layers: list[tuple[str, Any]] = []
    if stored is not None:
        if not isinstance(stored, Mapping):
            raise UserError(f"{file}: a mapping is wanted here, not {stored!r}")
        layers.append((str(file), stored))
    layers.append(("--config", given))
    try:
        return Site.model_validate({key: value for _, layer in layers for key, value in layer.items()})
    except ValidationError as error:
        raise UserError(settings_file.explain(error, Site, layers)) from None
