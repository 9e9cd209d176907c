"""What goes into an archive, and under which name.

    runs/ENV/METHOD/VARIANT/seedK/    run.yaml, metrics.csv, evaluation*.csv and .yaml, provenance.json, policy.npz,
                                      best.npz
    collected/ tables/ figures/ theory/ report.html    what was made of them, as far as it was
    speed/rollouts.json    how fast they are played, which tables divide times by, if it was measured
    inventory.csv    which runs these are, where the workflow made them; without it they are all that are on disk
    study.yaml       the study, resolved: these runs, every setting spelled out
    code.json        version and commit of the code that wrote this archive, and of the code that trained
    constraints.txt  the lock file
    code/            the Snakefile and its rules, where this code is a checkout
    initial/         the policies that trainings started from, if they started from saved ones
    README.md        how to check all this
    ro-crate-metadata.json    the same in the words of RO-Crate

Names are those of results/NAME, so an opened archive is such a folder. What is not named here stays out: checkpoints,
logs, runs and figures of variants or seeds that the study no longer has, and whatever else lies about. Nothing here is
a pickle. Records are copied byte for byte, but for absolute paths, which say where something lay on one machine: of
those, the last name is kept.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import itt
from itt import settings_file
from itt.analysis import inventory, outputs, runs, speed
from itt.analysis.run_record import read_sessions
from itt.archive import crate, readme
from itt.record import policy_file, run_yaml
from itt.record.provenance import session
from itt.run import Run
from itt.study import expand
from itt.theory import outputs as theory

_RECORD = ("evaluation*.csv", "evaluation-*.yaml", "metrics.csv")
_POLICIES = ("best.npz", "policy.npz")
_ABSOLUTE = re.compile(r"(?<![\w.])/(?:[^/=,'\"{}]*/)*([^/=,'\"{}]*)")

CHECKOUT = Path(itt.__file__).parents[1]
"""The project, where this code runs from a checkout."""

Source = Path | bytes
"""Where the content of a file is: on disk, or here."""


def contents(results: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive of `results`, by name, in the order that the archive has. One is read at a time.

    Raises:
        UserError: `results` is no folder of a study's results, or a record in it is damaged, or no study file can have
            all of its runs.
    """
    recorded = runs.recorded(results)
    found = {folder: _from_inside(run) for folder, run in recorded.items()}
    sessions = [one for folder in found for one in read_sessions(folder / "provenance.json")]
    study = runs.study(found)
    expand(settings_file.parse(study.decode(), ""), f"{results}: its runs as a study")
    sources: dict[str, Source] = {
        **dict(_initial(recorded, found)),
        **dict(_records(results, found)),
        **{file.relative_to(results).as_posix(): file for file in _made(results, found)},
        **dict(_speed(results)),
        **dict(_workflow()),
        "README.md": readme.text(found),
        "code.json": _code(sessions),
        "constraints.txt": _lock_file(),
        "study.yaml": study,
    }
    name = next(iter(found.values())).study
    sources[crate.NAME] = crate.metadata(name, sorted(sources), sessions)
    return ((name, _content(sources[name])) for name in sorted(sources))


def _content(source: Source) -> bytes:
    return source if isinstance(source, bytes) else source.read_bytes()


def code() -> dict[str, Any]:
    """Package, version and commit of the code that runs here."""
    return {"package": "itt", "version": itt.__version__, "git_commit": session(1, [], None, 0)["git_commit"]}


def _made(results: Path, found: Mapping[Path, Run]) -> list[Path]:
    """What was made of the runs, as far as it is there, and the inventory by which it was made."""
    listing = runs.inventory_of(results)
    asked = inventory.read(listing) if listing else found.values()
    figures = outputs.figure_files({run.variant for run in asked})
    named = {"collected": outputs.COLLECTED, "figures": figures, "tables": outputs.TABLES, "theory": theory.FILES}
    files = [results / folder / name for folder, names in named.items() for name in names]
    files += [results / "report.html", *([listing] if listing else [])]
    return [file for file in files if file.is_file()]


def _records(results: Path, found: Mapping[Path, Run]) -> Iterator[tuple[str, Source]]:
    for folder, run in found.items():
        name = folder.relative_to(results).as_posix()
        for file in _files(folder, _RECORD):
            yield f"{name}/{file.name}", file
        for file in _files(folder, _POLICIES):
            policy_file.read(file)  # refuses what would have to be unpickled
            yield f"{name}/{file.name}", file
        if (folder / "provenance.json").is_file():
            yield f"{name}/provenance.json", _provenance(folder / "provenance.json")
        yield f"{name}/run.yaml", _run_yaml(folder / "run.yaml", run)


def _run_yaml(file: Path, run: Run) -> Source:
    """As it is, but for the place of the policy that the training started from, if it did from one."""
    return file if run.source is None else run_yaml(run)


def _from_inside(run: Run) -> Run:
    """The run, starting from the archive's copy of the policy that it started from, if it did from one.

    Where that policy lies no more, its hash is all that can be told of it.
    """
    if run.source is None or run.source.policy is None:
        return run
    return run.with_source(f"initial/{run.source.sha256}.npz" if Path(run.source.policy).is_file() else None)


def _initial(recorded: Mapping[Path, Run], found: Mapping[Path, Run]) -> Iterator[tuple[str, Source]]:
    """The policies that trainings started from, by their names here."""
    for folder, run in found.items():
        here, there = run.source, recorded[folder].source
        if here and here.policy and there and there.policy:
            policy_file.read(Path(there.policy))
            yield here.policy, Path(there.policy)


def _provenance(file: Path) -> bytes:
    sessions = read_sessions(file)
    commands = [[_without_place(argument) for argument in one.get("command", [])] for one in sessions]
    if commands == [one.get("command", []) for one in sessions]:
        return file.read_bytes()
    placeless = [one | {"command": command} for one, command in zip(sessions, commands, strict=True)]
    return json.dumps(placeless, indent=1).encode() + b"\n"


def _without_place(argument: str) -> str:
    return _ABSOLUTE.sub(r"\1", argument)


def _speed(results: Path) -> Iterator[tuple[str, Source]]:
    """What was measured of the speed; its command may say where something lay."""
    name = f"speed/{outputs.SPEED}"
    if not (results / name).is_file():
        return
    speed.read(results / name)
    content = json.loads((results / name).read_text(encoding="utf-8"))
    command = content["machine"].get("command", "")
    placeless = " ".join(map(_without_place, command.split(" ")))
    if placeless == command:
        yield name, results / name
    else:
        content["machine"]["command"] = placeless
        yield name, json.dumps(content, indent=1).encode() + b"\n"


def _files(folder: Path, patterns: Sequence[str]) -> list[Path]:
    found = {file for pattern in patterns for file in folder.glob(pattern)}
    return sorted(file for file in found if file.is_file() and not file.name.startswith("."))


def _workflow() -> Iterator[tuple[str, Source]]:
    """The Snakefile and its rules, if this code is a checkout's."""
    for file in _files(CHECKOUT, ("Snakefile", "workflow/rules/*.smk")):
        yield f"{crate.CODE}/{file.relative_to(CHECKOUT).as_posix()}", file


def _code(sessions: Sequence[Mapping[str, Any]]) -> bytes:
    trained = Counter((one.get("versions", {}).get("itt"), one.get("git_commit")) for one in sessions)
    told = [
        {"version": version, "git_commit": commit, "sessions": count}
        for (version, commit), count in sorted(trained.items(), key=str)
    ]
    return json.dumps(code() | {"trained": told}, indent=1).encode() + b"\n"


def _lock_file() -> bytes:
    """constraints.txt of the checkout; elsewhere the versions that are installed."""
    if (CHECKOUT / "constraints.txt").is_file():
        return (CHECKOUT / "constraints.txt").read_bytes()
    installed = {one.name: one.version for one in importlib.metadata.distributions() if one.name != "itt"}
    lines = [f"{name}=={installed[name]}\n" for name in sorted(installed, key=str.lower)]
    return "".join(["# What was installed where this archive was written.\n", *lines]).encode()
