"""What a run means in its env: the last checks that need the env's spaces, and the engine that will play."""

from __future__ import annotations

from pydantic import ValidationError

from itt.envs import EnvSpec, describe
from itt.errors import UserError
from itt.policies import Architecture, architecture
from itt.settings import Algorithm
from itt.settings_file import explain
from itt.study import Run


def resolve(run: Run) -> Run:
    """The run with everything decided that depends on its env: the engine, and M where it is D.

    Raises:
        UserError: The env is unknown or not served, or the settings mean nothing in it.
    """
    spec = describe(run.env)
    if run.method == "explicit" and run.policy.selection == "sample" and not spec.discrete:
        raise UserError(
            f"{run.env}/{run.method}: policy.selection: sample needs scores to sample from, and an explicit policy "
            "with continuous actions has none; allowed: argmax"
        )
    if spec.discrete and run.search.name != "exact":
        raise UserError(f"{run.env}: search.name: {run.search.name} needs continuous actions; allowed: exact")
    directions = run.algorithm.directions or architecture_of(run, spec).size
    return run.model_copy(
        update={"env": spec.name, "engine": _engine(run), "algorithm": _with_directions(run, directions)}
    )


def _with_directions(run: Run, directions: int) -> Algorithm:
    """The algorithm's settings, checked once more now that M is known."""
    settings = run.algorithm
    try:
        return type(settings).model_validate(settings.model_dump() | {"directions": directions})
    except ValidationError as error:
        raise UserError(f"{run.env}/{run.method}: {explain(error, type(settings), where='algorithm')}") from None


def _engine(run: Run) -> str:
    """The engine that `auto` stands for."""
    if run.search.name == "dfo":
        if run.engine == "compiled":
            raise UserError(f"{run.env}/{run.method}: engine: compiled has no search dfo; allowed: auto, reference")
        return "reference"
    return "compiled" if run.engine == "auto" else run.engine


def architecture_of(run: Run, spec: EnvSpec | None = None) -> Architecture:
    """The layers of the run's policy in its env."""
    spec = spec or describe(run.env)
    return architecture(run.method, run.policy, spec.observation, spec.action, spec.discrete)
