"""What a run means in its env: the last checks that need the env's spaces, and the engine that will play."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from itt.envs import EnvSpec, describe
from itt.errors import UserError
from itt.observations import Moments
from itt.policies import Architecture, architecture
from itt.run import Run
from itt.settings import Algorithm, SignedRandomProjections
from itt.settings_file import explain

MOST_BYTES = 2**32
"""For hash tables, in each process that plays; twice that while they are built."""


def resolve(run: Run) -> Run:
    """The run with everything decided that depends on its env: the engine, and M where it is D.

    Raises:
        UserError: The env is unknown or not served, or the settings mean nothing in it.
    """
    spec = env_of(run)
    if spec.episode_limit is None:
        raise UserError(
            f"{run.env}: episode_steps: is missing; the env says of no limit to its episodes, which could be endless"
        )
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
    return run.model_copy(
        update={"env": spec.name, "engine": _engine(run), "algorithm": _with_directions(run, directions)}
    )


def _check_size(run: Run, search: SignedRandomProjections, d: int) -> None:
    """Tables keep latents of d float64 numbers, an index for each, and the offsets of their buckets."""
    places = sum(search.amounts(run.candidates.count))
    kept = places * (8 * d + 4) + 4 * search.tables * 2 ** search.bits(run.candidates.count)
    if kept > MOST_BYTES:
        raise UserError(
            f"{run.env}/{run.method}: search.tables: {search.tables} tables over {run.candidates.count} candidates "
            f"(candidates.count) whose latents have {d} numbers (policy.latent) take {kept / 2**30:.1f} GiB; allowed: "
            f"{MOST_BYTES / 2**30:g} GiB"
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
    spec = spec or env_of(run)
    return architecture(run.method, run.policy, spec.observation, spec.action, spec.discrete, spec.parts)


def check_fits(run: Run, theta: NDArray[np.float64], met: Moments | None, source: str) -> None:
    """That a saved policy has as many parameters, and has met states as long, as its run's env asks for.

    Args:
        run: The policy's run.
        theta: Its parameters, shape (D,).
        met: The moments that its observations are normalised by, if any.
        source: Where it was saved, for the message.

    Raises:
        UserError: It does not.
    """
    spec = env_of(run)
    size = architecture_of(run, spec).size
    if theta.size != size:
        raise UserError(f"{source}: holds {theta.size} parameters, but a policy of {run.env}, {run.method} has {size}")
    if met is not None and not met.mean.shape == met.squares.shape == (spec.observation,):
        raise UserError(
            f"{source}: has met states of shape {met.mean.shape}, but {run.env} gives ({spec.observation},)"
        )


def env_of(run: Run) -> EnvSpec:
    """The run's env: made with its keyword arguments, its episodes limited by whichever limit is smaller.

    Raises:
        UserError: As `itt.envs.describe`.
    """
    spec = describe(run.env, **run.env_kwargs)
    limits = [limit for limit in (spec.episode_limit, run.episode_steps) if limit is not None]
    return replace(spec, episode_limit=min(limits, default=None))
