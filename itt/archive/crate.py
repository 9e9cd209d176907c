"""ro-crate-metadata.json: what an archive is, in the words of RO-Crate 1.3 and its Workflow Run Crate profile.

Workflow and agent stand as far as they are known: outside a checkout there is no Snakefile to be the workflow, and the
archive is described as that of a process (Process Run Crate). Dates are those of the records, so that the same records
give the same bytes. Specification: https://w3id.org/ro/wfrun/workflow/0.6
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

import itt
from itt.errors import UserError

NAME = "ro-crate-metadata.json"
CODE = "code"
WORKFLOW = f"{CODE}/Snakefile"

_PROCESS = {"https://w3id.org/ro/wfrun/process/0.6": "Process Run Crate"}
_WORKFLOW = {"https://w3id.org/ro/wfrun/workflow/0.6": "Workflow Run Crate"}

_FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".npz": "application/zip",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".yaml": "application/yaml",
}

_MEANINGS = {
    "run.yaml": "every setting of a training, and the hash of what its result depends on",
    "metrics.csv": "row k, from 0 on, describes the policy after k iterations, or after k times what its algorithm "
    "has for them",
    "evaluation.csv": "returns of the final policy in fresh episodes",
    "provenance.json": "sessions of a training: versions, machines, times",
    "policy.npz": "the final policy; NumPy arrays, no pickle",
    "best.npz": "the best policy; NumPy arrays, no pickle",
    "study.yaml": "the study, every setting spelled out",
    "constraints.txt": "the versions of all packages",
    "code.json": "version and commit of the code",
    "SHA256SUMS": "the SHA-256 of every file but this one",
}

_GIVEN = ("study.yaml", "constraints.txt", "code.json", "README.md", "SHA256SUMS")
"""Files that are no results."""


def metadata(study: str, names: Sequence[str], sessions: Sequence[Mapping[str, Any]]) -> bytes:
    """The metadata of an archive.

    Args:
        study: The study's name.
        names: The archive's files, but for this one and SHA256SUMS.
        sessions: What the runs' provenance.json hold.

    Raises:
        UserError: No session says when it was, so there is no date that a crate could have.
    """
    started = sorted(one["start"] for one in sessions if one.get("start"))
    ended = sorted(one["end"] for one in sessions if one.get("end")) or started
    if not started:
        raise UserError(f"study {study}: no provenance.json tells when a training ran, which an archive has to say")
    crate = ROCrate()
    root = crate.root_dataset
    root["name"] = f"{study}: implicit two-tower policies"
    root["description"] = (
        f"Results of the study {study}: records of its trainings by evolution strategies, policies, tables, figures."
    )
    root["datePublished"] = ended[-1]
    licence = str(importlib.metadata.metadata("itt")["License-Expression"])
    root["license"] = _thing(crate, f"https://spdx.org/licenses/{licence}", "CreativeWork", name=licence)
    tool = _tool(crate, names)
    files = [_file(crate, name) for name in (*names, "SHA256SUMS") if name != WORKFLOW]
    crate.get("README.md")["about"] = root
    action = crate.add_action(
        instrument=tool,
        identifier="#run",
        object=[crate.get("study.yaml"), crate.get("constraints.txt")],
        result=[file for file in files if not file.id.startswith((f"{CODE}/", *_GIVEN))],
        properties={
            "name": f"The study {study}",
            "description": f"{len(sessions)} sessions of training, evaluation, tables and figures",
            "startTime": started[0],
            "endTime": ended[-1],
        },
    )
    root["mentions"] = action
    return json.dumps(crate.metadata.generate(), indent=1, sort_keys=True).encode() + b"\n"


def _tool(crate: ROCrate, names: Sequence[str]) -> Any:
    """What was run: the workflow, if its file is there, else this package."""
    profiles = _PROCESS | _WORKFLOW if WORKFLOW in names else _PROCESS
    for address, name in profiles.items():
        profile = _thing(crate, address, "CreativeWork", name=name, version=address.rpartition("/")[2])
        crate.root_dataset.append_to("conformsTo", profile)
    if WORKFLOW not in names:
        return _thing(crate, "#itt", "SoftwareApplication", name="itt", softwareVersion=itt.__version__)
    about = {
        "name": "itt: a study's runs, tables, figures and report",
        "version": itt.__version__,
        "encodingFormat": "text/plain",
    }
    return crate.add_workflow(dest_path=WORKFLOW, main=True, lang="snakemake", properties=about)


def _thing(crate: ROCrate, address: str, kind: str, **properties: str) -> Any:
    return crate.add(ContextEntity(crate, address, properties={"@type": kind, **properties}))


def _file(crate: ROCrate, name: str) -> Any:
    path = PurePosixPath(name)
    properties = {"name": name, "encodingFormat": _FORMATS.get(path.suffix, "text/plain")}
    if path.name in _MEANINGS:
        properties["description"] = _MEANINGS[path.name]
    return crate.add_file(dest_path=name, properties=properties)
