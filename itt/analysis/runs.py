"""The runs that records are of, and the study file that gives just these runs, every setting spelled out."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from itt.analysis import inventory, outputs, run_record
from itt.analysis.collect import run_folders
from itt.errors import UserError
from itt.run import Run
from itt.study import REHEARSAL

_WHO = ("study", "env", "method", "variant", "seed")


def recorded(results: Path) -> dict[Path, Run]:
    """A study's runs, by their folders, in order: those of its inventory or, without one, all below `results`.

    Runs of variants and seeds that a study no longer has stay on disk; the inventory does not have them.

    Raises:
        UserError: There is none, or one of the inventory's is not there, or a run.yaml is none.
    """
    folders = _on_disk(results)
    if listing := inventory_of(results):
        asked = {results / run.folder for run in inventory.read(listing) if not run.left_out}
        if absent := sorted(asked - set(folders)):
            raise UserError(f"{absent[0]}: not there, and {listing} has it; finish the study, or plan it partial=true")
        if not asked:
            raise UserError(f"{listing}: leaves out all runs, so there is no result")
        folders = [folder for folder in folders if folder in asked]
    found = {folder: _run(folder / "run.yaml") for folder in folders}
    if len(studies := sorted({run.study for run in found.values()})) > 1:
        raise UserError(
            f"{results}: holds runs of several studies ({', '.join(studies)}); each has a folder of its own"
        )
    return found


def inventory_of(results: Path) -> Path | None:
    """The inventory whose runs the collected ones are, else the whole study's; None if there is none at all."""
    listings = sorted(results.glob("inventory*.csv"))  # the whole study's comes last
    collected = results / "collected" / outputs.COLLECTED[0]
    agreeing = (listing for listing in listings if inventory.is_of(collected, inventory.read(listing)))
    return next(agreeing, listings[-1] if listings else None)


def unlisted(results: Path) -> list[str]:
    """The folders of runs on disk that are none of the study's, so that no table has them."""
    listed = recorded(results)
    return [folder.relative_to(results).as_posix() for folder in _on_disk(results) if folder not in listed]


def study(runs: Mapping[Path, Run]) -> bytes:
    """A study file with these runs and no others. A later version's defaults change nothing in it."""
    blocks: dict[str, dict[str, Any]] = {}
    for run in runs.values():
        settings = run.model_dump(mode="json", exclude=set(_WHO))
        key = json.dumps([run.env, run.method, run.variant, settings])
        who = {"envs": [run.env], "methods": [run.method], "variants": [run.variant], "seeds": []}
        blocks.setdefault(key, {**who, "set": settings})["seeds"].append(run.seed)
    name = next(iter(runs.values())).study
    if name.endswith(REHEARSAL):  # which no study file may be called
        name = name.removesuffix(REHEARSAL) + "-rehearsed"
    content: dict[str, Any] = {
        "name": name,
        "variants": {run.variant: {} for run in runs.values()},  # what one changes stands in `set`
        "runs": list(blocks.values()),
    }
    if episodes := max(map(_episodes, runs)):
        content["evaluation"] = {"episodes": episodes}
    return dumped(content)


def dumped(content: Mapping[str, Any]) -> bytes:
    """YAML in the form that records have."""
    buffer = io.BytesIO()
    YAML(typ="safe", pure=True).dump(dict(content), buffer)
    return buffer.getvalue()


def _on_disk(results: Path) -> list[Path]:
    if not (results / "runs").is_dir():
        raise UserError(f"{results}: holds no runs; give a study's results, results/NAME")
    return run_folders([results / "runs"])


def _run(file: Path) -> Run:
    spec, _ = run_record.content(file)
    try:
        return Run.recorded({key: value for key, value in dict(spec).items() if key != "hash"})
    except (TypeError, ValueError) as error:
        raise UserError(f"{file}: not a run of this version of itt ({' '.join(str(error).split())[:100]})") from None


def _episodes(folder: Path) -> int:
    """Of a run's evaluation; 0 if there is none."""
    file = folder / "evaluation.csv"
    return len(file.read_text(encoding="utf-8").splitlines()) - 1 if file.is_file() else 0
