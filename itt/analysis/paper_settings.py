"""In what a run differs from the paper's run of its name: config/paper.yaml has the paper's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from itt import study
from itt.analysis.outputs import VANILLA
from itt.errors import UserError
from itt.published import names
from itt.published.papers import PAPER_OF
from itt.run import Run

FILE = Path(study.__file__).parent / "studies" / "paper.yaml"

_OURS = ("version", "engine")
"""What says how something is played or written down, not what."""


def differs(run: Mapping[str, Any], parameters: int | None) -> str | None:
    """The settings that are not those of `paper_run`, as dotted keys with commas between; none where there is no such.

    Args:
        run: What `read_run` says. A setting that its record does not have is not looked at.
        parameters: D, if it is known.
    """
    wanted = _settings(run["env"], run["method"], run["variant"])
    return None if wanted is None else ", ".join(sorted(_differing(wanted, run["settings"], parameters)))


@cache
def grid() -> dict[tuple[str, str, str], Run]:
    """A run of each (env, method, variant) that config/paper.yaml trains."""
    return {(run.env_label, run.method, run.variant): run for run in study.load(FILE).runs}


@cache
def paper_run(env: str, method: str, variant: str) -> Run | None:
    """The run that the paper's settings give under this name; None where the paper has no such env or method.

    That of `grid`, else with a variant that config/paper.yaml names or that is built in. Any other variant is a study's
    own, and the paper's run is the vanilla one.
    """
    if env not in names.ENVS or method not in PAPER_OF:
        return None
    if (env, method, variant) in grid():
        return grid()[env, method, variant]
    try:
        return study.single(env, method, variant)
    except UserError:  # no such variant, or none of this method's
        return study.single(env, method, VANILLA)


@cache
def _settings(env: str, method: str, variant: str) -> dict[str, Any] | None:
    """All of them, also the younger ones, which a spec leaves out where they have their old value."""
    if (run := paper_run(env, method, variant)) is None:
        return None
    whole = run.model_dump(mode="json", exclude={"study", "variant", "record"})
    return {key: value for key, value in whole.items() if key not in ("seed", *_OURS)}


def _differing(
    paper: Mapping[str, Any], ours: Mapping[str, Any], parameters: int | None, section: str = ""
) -> Iterator[str]:
    for key, wanted in paper.items():
        if key not in ours:
            continue
        found = ours[key]
        if isinstance(wanted, Mapping) and isinstance(found, Mapping):
            yield from _differing(wanted, found, parameters, f"{section}{key}.")
            continue
        if (section, key) == ("algorithm.", "directions") and wanted is None:
            wanted = parameters if parameters is not None else found  # M = D
        if wanted != found:
            yield f"{section}{key}"
