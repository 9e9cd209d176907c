"""How a run's spec is written down, so that later code still knows it: in records, in saved policies, in its hash.

A setting that came after version 1 stands in `YOUNGER`, with the value that means what runs did before. Where it has
that value it is left out: hashes and saved policies stay as they were, and a record that lacks it is read with it.
Whatever else would change what older specs say (a setting renamed or dropped, the default of a younger one) needs the
next version. The version tells how to read a spec; it is no part of what a run is, so no part of its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

VERSION = 1
"""What is written. Records from before there was a version have none and are read as version 1."""

YOUNGER: dict[str, Any] = {"env_kwargs": {}, "episode_steps": None}
"""Settings that older records lack, each with what such a record means: {"section.setting": value}."""


def written(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The spec that records these settings: a copy with a version, without younger settings at their old value."""
    return {"version": VERSION} | _without_younger(settings)


def understood(stored: Any) -> dict[str, Any]:
    """The settings in a spec of this or an earlier version.

    Raises:
        ValueError: It is of a later version, or no spec at all.
    """
    if not isinstance(stored, Mapping):
        raise ValueError("no spec of a run")
    if (version := stored.get("version", VERSION)) != VERSION:
        raise ValueError(f"a spec of version {version}, which a later itt wrote; this one reads version {VERSION}")
    return {key: value for key, value in stored.items() if key != "version"}


def upgrade(stored: Mapping[str, Any]) -> str | None:
    """What is done to an older spec when its record goes on; None where nothing is."""
    if "version" in stored:
        return None
    added = "".join(f", {key}: {json.dumps(value)}" for key, value in YOUNGER.items())
    return f"recorded before specs had a version; goes on as version {VERSION}{added}"


def fingerprint(spec: Mapping[str, Any]) -> str:
    """16 hex digits of the SHA-256 of a spec that was `written`."""
    return hashlib.sha256(json.dumps(understood(spec), sort_keys=True).encode()).hexdigest()[:16]


def _without_younger(settings: Mapping[str, Any], section: str = "") -> dict[str, Any]:
    kept = {}
    for key, value in settings.items():
        path = f"{section}{key}"
        if path in YOUNGER and value == YOUNGER[path]:
            continue
        kept[key] = _without_younger(value, f"{path}.") if isinstance(value, Mapping) else value
    return kept
