"""What a run by evolution strategies means in its env: the last checks, and the engine that will play."""

from __future__ import annotations

from pydantic import ValidationError

from itt.algorithms.es.saved import learned_of
from itt.algorithms.es.settings import ES, ESRun, SignedRandomProjections
from itt.envs import EnvSpec
from itt.errors import UserError
from itt.policies import architecture_of
from itt.record import SavedPolicy
from itt.resolve import env_of
from itt.settings_file import explain

MOST_BYTES = 2**32
"""For hash tables, in each process that plays; twice that while they are built."""


def resolve(run: ESRun, spec: EnvSpec) -> ESRun:
    """The run with its engine, and M where it is D.

    Raises:
        UserError: The settings mean nothing in its env.
    """
    if not run.traits.candidates and run.policy.selection == "sample" and not spec.discrete:
        raise UserError(
            f"{run.env}/{run.method}: policy.selection: sample needs scores to sample from, and an explicit policy "
            "with continuous actions has none; allowed: argmax"
        )
    if spec.discrete and run.search.name != "exact":
        raise UserError(f"{run.env}: search.name: {run.search.name} needs continuous actions; allowed: exact")
    if spec.discrete and run.candidates.subsample is not None:
        raise UserError(
            f"{run.env}: candidates.subsample: needs continuous actions; with discrete ones all are candidates"
        )
    if run.search.name == "srp":
        _check_size(run, run.search, architecture_of(run, spec).towers[1][-1].outputs)
    directions = run.algorithm.directions or architecture_of(run, spec).size
    return run.model_copy(update={"engine": _engine(run), "algorithm": _with_directions(run, directions)})


def _check_size(run: ESRun, search: SignedRandomProjections, d: int) -> None:
    """Tables keep latents of d float64 numbers, an index for each, and the offsets of their buckets."""
    places = sum(search.amounts(run.candidates.count))
    kept = places * (8 * d + 4) + 4 * search.tables * 2 ** search.bits(run.candidates.count)
    if kept > MOST_BYTES:
        raise UserError(
            f"{run.env}/{run.method}: search.tables: {search.tables} tables over {run.candidates.count} candidates "
            f"(candidates.count) whose latents have {d} numbers (policy.latent) take {kept / 2**30:.1f} GiB; allowed: "
            f"{MOST_BYTES / 2**30:g} GiB"
        )


def _with_directions(run: ESRun, directions: int) -> ES:
    """The algorithm's settings, checked once more now that M is known."""
    settings = run.algorithm
    try:
        return type(settings).model_validate(settings.model_dump() | {"directions": directions})
    except ValidationError as error:
        raise UserError(f"{run.env}/{run.method}: {explain(error, type(settings), where='algorithm')}") from None


def _engine(run: ESRun) -> str:
    """The engine that `auto` stands for."""
    if run.search.name == "dfo":
        if run.engine == "compiled":
            raise UserError(f"{run.env}/{run.method}: engine: compiled has no search dfo; allowed: auto, reference")
        return "reference"
    return "compiled" if run.engine == "auto" else run.engine


def check_fits(saved: SavedPolicy, source: str) -> None:
    """That a saved policy has as many parameters, and has met states as long, as its run's env asks for.

    Raises:
        UserError: It does not. `source` is where it was saved, for the message.
    """
    run = ESRun.of(saved.run, source)
    spec, (theta, met) = env_of(run), learned_of(saved)
    size = architecture_of(run, spec).size
    if theta.size != size:
        raise UserError(f"{source}: holds {theta.size} parameters, but a policy of {run.env}, {run.method} has {size}")
    if met is not None and not met.mean.shape == met.squares.shape == (spec.observation,):
        raise UserError(
            f"{source}: has met states of shape {met.mean.shape}, but {run.env} gives ({spec.observation},)"
        )
