"""theta_0 from a saved policy."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from itt.algorithms.es.resolve import check_fits
from itt.algorithms.es.saved import learned_of
from itt.algorithms.es.settings import ESRun, WarmStart
from itt.errors import UserError
from itt.observations import Moments, packed
from itt.policies import Theta, architecture_of
from itt.record import SavedPolicy, policy_file


def identified(run: ESRun) -> ESRun:
    """The run with `initial.sha256` filled in, by which its hash depends on the saved theta and not on a file's name.

    Without `initial.policy` there is nothing to read: who goes on from a checkpoint no longer needs the file.

    Raises:
        UserError: The policy cannot be read, is not the one of `initial.sha256`, or has other towers.
    """
    initial = run.algorithm.initial
    if initial is None or initial.policy is None:
        return run
    saved = _read(initial)
    source = f"algorithm.initial.policy: {initial.policy}"
    check_fits(saved, source)
    there = ESRun.of(saved.run, source)
    if architecture_of(there) != architecture_of(run):
        raise UserError(
            f"{source} holds a policy with other towers (of {there.env}, {there.method}, {saved.parameters} "
            f"parameters) than {run.env}, {run.method} has here"
        )
    if there.policy.observations != run.policy.observations:
        raise UserError(
            f"{source} holds a policy that sees {there.policy.observations} "
            f"observations, here policy.observations is {run.policy.observations}"
        )
    initial = initial.model_copy(update={"sha256": _digest(saved)})
    return run.model_copy(update={"algorithm": run.algorithm.model_copy(update={"initial": initial})})


def theta_0(initial: WarmStart) -> Theta:
    """The saved theta, shape (D,).

    Raises:
        UserError: The policy cannot be read, or is not the one of `initial.sha256`.
    """
    return learned_of(_read(initial)).theta


def met(initial: WarmStart) -> Moments | None:
    """What the saved policy's observations are normalised by, if they are.

    Raises:
        UserError: As `theta_0`.
    """
    return learned_of(_read(initial)).met


def _read(initial: WarmStart) -> SavedPolicy:
    if initial.policy is None:
        raise UserError(
            f"algorithm.initial.policy: is missing; the policy.npz whose theta has SHA-256 {initial.sha256}"
        )
    try:
        saved = policy_file.read(Path(initial.policy))
    except UserError as error:
        raise UserError(f"algorithm.initial.policy: {error}") from None
    ESRun.of(saved.run, f"algorithm.initial.policy: {initial.policy}")
    if not np.isfinite(saved.arrays["theta"]).all():
        raise UserError(f"algorithm.initial.policy: the theta of {initial.policy} holds what is no finite number")
    digest = _digest(saved)
    if initial.sha256 not in (None, digest):
        raise UserError(
            f"algorithm.initial.policy: the theta of {initial.policy} has SHA-256 {digest}, not {initial.sha256}"
        )
    return saved


def _digest(saved: SavedPolicy) -> str:
    """Of theta's bytes, and of those of the moments that its observations are normalised by, if they are."""
    theta, met = learned_of(saved)
    arrays = [theta, *packed(met).values()]
    return hashlib.sha256(b"".join(np.ascontiguousarray(array, dtype="<f8").tobytes() for array in arrays)).hexdigest()
