"""A trained run as it chooses in inference, which may differ from how it was trained (Remark 2.1, Fig. 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from itt.algorithms.es.settings import STANDING, ESRun
from itt.errors import UserError
from itt.resolve import env_of
from itt.study import altered

IN_INFERENCE = ("candidates", "search")
"""The sections that may differ between training and inference: what they choose from, and how."""
_WITH: dict[str, dict[str, Any]] = {
    "dfo": {"engine": "auto"},
    "rft": {"policy": {"selection": "sample"}},
    "srp": {"policy": {"selection": "argmax"}},
}
"""What a search brings along: no compiled twin, that it draws, or that it does not."""


def for_inference(run: ESRun, search: str | None, frozen: bool, overrides: Sequence[str] = ()) -> ESRun:
    """A trained run as it chooses in inference.

    Args:
        run: As it was trained.
        search: Another search than in training (Remark 2.1). Where it needs candidates that stand and the run has none,
            each episode gets a pool of its own; a run's pool that was subsampled is taken whole.
        frozen: Whether one pool, and one table over it, serves all episodes (Fig. 1).
        overrides: Settings of `IN_INFERENCE`, as `search.projections=6`.

    Raises:
        UserError: One line with the setting and what is allowed there.
    """
    for item in overrides:
        if item.partition("=")[0].partition(".")[0] not in IN_INFERENCE:
            raise UserError(f"--set {item}: not a setting of inference; allowed: {', '.join(IN_INFERENCE)}")
        if not run.traits.candidates:
            raise UserError(f"--set {item}: {run.env}/explicit has neither candidates nor a search")
    layers: list[tuple[str, dict[str, Any]]] = []
    if search is not None:
        layers.append(("", {"search": {"name": search}} | _WITH.get(search, {})))
    if frozen or (search in STANDING and not stand(run)):
        once = frozen or run.candidates.resample == "once"
        layers.append(("", {"candidates": {"resample": "once" if once else "iteration", "subsample": None}}))
    chooses = altered(run, layers, overrides)
    if frozen and (not run.traits.candidates or env_of(run).discrete):
        raise UserError(f"--frozen: {run.env}/{run.method} has no sampled candidates that could stand")
    if frozen and (chooses.candidates.resample != "once" or not stand(chooses)):
        raise UserError("--frozen: one pool for all episodes; so --set no candidates.resample and no subsample")
    return chooses


def changed(run: ESRun, chooses: ESRun) -> str:
    """What a search brought along, or `--frozen`: `setting: value (training: value)`, or nothing."""
    pairs = [
        ("candidates.resample", run.candidates.resample, chooses.candidates.resample),
        ("candidates.subsample", run.candidates.subsample, chooses.candidates.subsample),
        ("policy.selection", run.policy.selection, chooses.policy.selection),
    ]
    return ", ".join(f"{key}: {new or 'none'} (training: {old or 'none'})" for key, old, new in pairs if new != old)


def settings(chooses: ESRun) -> dict[str, Any]:
    """How a run chooses in inference: its sections of `IN_INFERENCE`, and the selection."""
    sections = chooses.model_dump(mode="json", include=set(IN_INFERENCE))
    return sections | {"policy": {"selection": chooses.policy.selection}}


def stand(run: ESRun) -> bool:
    """Whether A* is the same at every transition of an episode."""
    return run.candidates.resample != "transition" and run.candidates.subsample is None
