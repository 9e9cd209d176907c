"""In what a run differs from the paper's settings of its env and method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from itt.published import names
from itt.published.papers import PAPER_OF
from itt.study import single

_OURS = ("version", "engine")
"""What says how something is played or written down, not what."""


def differs(run: Mapping[str, Any], parameters: int | None) -> str | None:
    """The settings that are not the paper's, as dotted keys with commas between; none where the paper has no such run.

    Args:
        run: What `read_run` says. A setting that its record does not have is not looked at.
        parameters: D, if it is known.
    """
    env, method = run["env"], run["method"]
    if env not in names.ENVS or method not in PAPER_OF:
        return None
    return ", ".join(sorted(_differing(_paper(env, method), run["settings"], parameters)))


@cache
def _paper(env: str, method: str) -> dict[str, Any]:
    return {key: value for key, value in single(env, method).spec().items() if key not in ("seed", *_OURS)}


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
