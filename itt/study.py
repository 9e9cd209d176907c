"""What is to be run: a study file, its grid of runs, and every setting with its default.

A study is YAML. Its settings come in sections: `algorithm`, `record` and what else a method's algorithm has (evolution
strategies: `candidates`, `policy` and `search`). They come in layers, a later one overriding an earlier one key by key:

    published < defaults < method < env < the env's method < variant < the block's own `set` < `--set`

Published are the settings of the paper that a method is from, if there is one (config/paper.yaml); a study says only
what differs from them.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, ValidationError, model_validator

from itt.algorithms import METHODS
from itt.errors import UserError
from itt.published import names
from itt.run import BY_HAND, EnvName, Label, Method, Run, kind
from itt.settings import Section, Settings
from itt.settings_file import Layer, Mistake, difference, explain, merge, parse, read

REHEARSAL = "-rehearsal"
"""Ends the name of a study's rehearsal (`itt.rehearsal`), and of no study."""

MOST_SEEDS = 100_000

Some = TypeVar("Some", bound=Run)
"""A kind of run."""

_RANGE = r"^[0-9]{1,10}-[0-9]{1,10}$"
SeedRange = Annotated[str, Field(pattern=_RANGE)]
"""`0-4`: the seeds from 0 to 4, both included."""


class Block(Section):
    """A rectangle of the grid: all combinations of its lists, with settings of its own in `set`."""

    envs: tuple[EnvName, ...] = Field(min_length=1)
    methods: tuple[Method, ...] = Field(min_length=1)
    variants: tuple[Label, ...] = Field(("vanilla",), min_length=1)
    seeds: int | SeedRange | tuple[int | SeedRange, ...] = Field(
        description="a number n for seeds 0 to n - 1, a range like 0-4, or a list of seeds and ranges"
    )
    set: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _words_are_ranges(cls, data: Any) -> Any:
        seeds = data.get("seeds") if isinstance(data, Mapping) else None
        for given in seeds if isinstance(seeds, (list, tuple)) else (seeds,):
            if isinstance(given, str) and not re.match(_RANGE, given):
                raise ValueError(f"seeds: a number, a range like 0-4, or a list of both, not {given!r}")
        return data

    @model_validator(mode="after")
    def _seeds_are_there_once(self) -> Block:
        if isinstance(self.seeds, int) and self.seeds < 1:
            raise ValueError(f"seeds: at least 1, not {self.seeds}")
        if self.seeds == ():
            raise ValueError("seeds: at least one")
        ranges = self._seed_ranges()
        for given in ranges:
            if not given:
                raise ValueError(
                    f"seeds: a range goes from the lower seed to the higher, not {given.start}-{given.stop - 1}"
                )
        if (count := sum(map(len, ranges))) > MOST_SEEDS:
            raise ValueError(f"seeds: at most {MOST_SEEDS}, not {count}")
        if twice := [seed for seed, times in Counter(self.seed_list()).items() if times > 1]:
            raise ValueError(f"seeds: {min(twice)} stands there twice")
        return self

    def seed_list(self) -> tuple[int, ...]:
        """The seeds, spelled out."""
        return tuple(seed for given in self._seed_ranges() for seed in given)

    def _seed_ranges(self) -> list[range]:
        if isinstance(self.seeds, int):
            return [range(self.seeds)]
        return [_seed_range(given) for given in (self.seeds if isinstance(self.seeds, tuple) else (self.seeds,))]


def _seed_range(given: int | str) -> range:
    if isinstance(given, int):
        return range(given, given + 1)
    low, high = map(int, given.split("-"))
    return range(low, high + 1)


class EnvLayer(Section):
    """An env's settings: those of all methods beside `methods`, those of one method in it."""

    model_config = ConfigDict(extra="allow")
    methods: dict[Method, dict[str, Any]] = Field(default_factory=dict)


class Evaluation(Section):
    """How final policies are evaluated afresh."""

    episodes: int = Field(100, ge=1, description="with seeds never used in training")


class StudyFile(Section):
    """A study as it stands in the file; the layers are checked once they are merged."""

    name: Label
    defaults: dict[str, Any] = Field(default_factory=dict)
    methods: dict[Method, dict[str, Any]] = Field(default_factory=dict)
    variants: dict[Label, dict[str, Any]] = Field(default_factory=dict)
    envs: dict[str, EnvLayer] = Field(default_factory=dict)
    runs: tuple[Block, ...] = Field(min_length=1)
    evaluation: Evaluation = Evaluation()


@dataclass(frozen=True)
class Study:
    """A study that has been read and checked."""

    name: str
    runs: tuple[Run, ...]
    evaluation: Evaluation

    def find(self, env: str, method: str, variant: str, seed: int) -> Run:
        """The run of that name; `env` is an env's name or, where there are several of it, a `Run.env_label`.

        Raises:
            UserError: The study has no such run, or several.
        """
        wanted = names.canonical(env)
        cell = [run for run in self.runs if (run.method, run.variant, run.seed) == (method, variant, seed)]
        found = [run for run in cell if run.env_label == wanted] or [run for run in cell if run.env == wanted]
        told = "/".join(map(str, (wanted, method, variant, seed)))
        if not found:
            raise UserError(f"study {self.name} has no run {told}; `runs` lists what it has")
        if len(found) > 1:
            labels = ", ".join(run.env_label for run in found)
            raise UserError(f"study {self.name} has {len(found)} runs {told}; say which env: {labels}")
        return found[0]


def load(path: Path | str, overrides: Sequence[str] = ()) -> Study:
    """Reads a study file and expands its grid.

    Args:
        path: The YAML file.
        overrides: Settings above all others, as `algorithm.iterations=50`.

    Raises:
        UserError: One line with the file, the key and what is allowed there.
    """
    return expand(read(Path(path)), str(path), overrides)


def expand(data: Any, source: str, overrides: Sequence[str] = ()) -> Study:
    """The study that `data`, as parsed from YAML, describes. `source` names it in messages; see `load`."""
    try:
        return _expand(data, overrides)
    except Mistake as mistake:
        raise UserError(f"{source}: {mistake}") from None


def single(
    env: str, method: str, variant: str = "vanilla", seed: int = 0, overrides: Sequence[str] = (), study: str = BY_HAND
) -> Run:
    """A run without a study file: the paper's settings, the variant's, then `overrides` (`a.b=c`).

    Raises:
        UserError: One line with the setting and what is allowed there.
    """
    try:
        return _run(None, names.canonical(env), method, variant, seed, [*_set_layers(overrides)], study=study)
    except Mistake as mistake:
        raise UserError(str(mistake)) from None


def altered(run: Some, layers: Sequence[tuple[str, Layer]], overrides: Sequence[str] = ()) -> Some:
    """The run with other settings: `layers`, each with its name in messages, then `overrides` (`a.b=c`).

    Raises:
        UserError: One line with the setting and what is allowed there.
    """
    try:
        layers = [*layers, *_set_layers(overrides)]
        merged = run.beneath([layer for _, layer in layers])
        for key, layer in layers:
            merged = merge(merged, layer, key)
        return type(run).model_validate(merged)
    except ValidationError as error:
        raise UserError(explain(error, run.sections, layers)) from None
    except Mistake as mistake:
        raise UserError(str(mistake)) from None


def layers_of(file: StudyFile, env: str, method: str) -> Iterator[tuple[str, Layer]]:
    """The layers of one file that concern one env and method, weakest first, with the key each stands under."""
    yield "defaults", file.defaults
    for name, layer in file.methods.items():
        if name == method:
            yield f"methods.{method}", layer
    if env in file.envs:
        yield f"envs.{env}", file.envs[env].model_extra or {}
        for name, layer in file.envs[env].methods.items():
            if name == method:
                yield f"envs.{env}.methods.{method}", layer


def json_schema() -> dict[str, Any]:
    """The JSON schema of a study file: every section and key with its default, limits and meaning."""
    schema = StudyFile.model_json_schema()
    settings = _sections_schema()
    schema["$defs"] |= settings.pop("$defs") | {"Settings": settings}
    layer = {"$ref": "#/$defs/Settings"}
    schema["properties"]["defaults"] = layer
    schema["properties"]["methods"]["additionalProperties"] = layer
    variants = schema["properties"]["variants"]
    variants["patternProperties"] = dict.fromkeys(variants["patternProperties"], layer)
    variants["additionalProperties"] = False
    schema["$defs"]["Block"]["properties"]["set"] = layer
    env = schema["$defs"]["EnvLayer"]
    env["properties"] = settings["properties"] | env["properties"]
    env["properties"]["methods"]["additionalProperties"] = layer
    env["additionalProperties"] = False
    return schema


def _sections_schema() -> dict[str, Any]:
    """The schema of settings; a section that several kinds of runs have, each its own, is one of these."""
    first, *others = (each.sections.model_json_schema() for each in dict.fromkeys(map(kind, METHODS)))
    for other in others:
        first["$defs"] |= other["$defs"]
        for key, section in other["properties"].items():
            there = first["properties"].setdefault(key, section)
            if there != section:
                first["properties"][key] = {"anyOf": [*there.get("anyOf", [there]), section]}
    return first


@cache
def published(name: str) -> StudyFile:
    """The study in `itt/studies` whose settings a method's runs start from."""
    text = resources.files("itt").joinpath("studies", name).read_text(encoding="utf-8")
    return _study_file(parse(text, name))


def _study_file(data: Any) -> StudyFile:
    if not isinstance(data, Mapping):
        raise Mistake("a study is a mapping with the keys " + ", ".join(StudyFile.model_fields))
    data = dict(data)
    if isinstance(envs := data.get("envs"), Mapping):
        data["envs"] = {}
        for name, layer in envs.items():
            if names.canonical(str(name)) in data["envs"]:
                raise Mistake(f"envs.{name}: stands there twice, once under the env's other name")
            data["envs"][names.canonical(str(name))] = layer
    try:
        return StudyFile.model_validate(data)
    except ValidationError as error:
        raise Mistake(explain(error, StudyFile)) from None


def _expand(data: Any, overrides: Sequence[str]) -> Study:
    file = _study_file(data)
    if file.name.endswith(REHEARSAL):
        raise Mistake(f"name: {file.name}: only rehearsals have names that end in {REHEARSAL}")
    top = list(_set_layers(overrides))
    runs: dict[Path, Run] = {}
    cells: dict[str, Run] = {}
    for number, block in enumerate(file.runs):
        where = f"runs[{number}]"
        for env in map(names.canonical, block.envs):
            for method in block.methods:
                for variant in block.variants:
                    # A run's settings do not depend on its seed: validate once, then copy.
                    layers = [(f"{where}.set", block.set), *top]
                    run_of = partial(_run, file, env, variant=variant, seed=0, top=layers, where=where)
                    try:
                        first = run_of(method)
                    except Mistake as mistake:
                        raise Mistake(_apart(str(mistake), block, method, where, run_of)) from None
                    cell = f"{first.env_label}/{method}/{variant}"
                    before = cells.setdefault(cell, first)
                    if key := difference(before.spec(), first.spec()):
                        raise Mistake(
                            f"{where}: {cell} has another {key} here than in a block before, and no mean is over both; "
                            "make it a variant of its own"
                        )
                    for seed in block.seed_list():
                        if not 0 <= seed < 2**32:
                            raise Mistake(f"{where}.seeds: from 0 to 2^32 - 1, not {seed}")
                        run = first.model_copy(update={"seed": seed})
                        if run.folder in runs:
                            raise Mistake(f"{where}: the run {run.folder.relative_to('runs')} stands there twice")
                        runs[run.folder] = run
    _check_unused_layers(file, runs.values())
    return Study(file.name, tuple(runs.values()), file.evaluation)


def _apart(mistake: str, block: Block, method: str, where: str, run: Callable[[str], Run]) -> str:
    """A mistake in a block's run of a method, with what to do where another algorithm's method takes what it refuses.

    `run` gives the same run of another method.
    """
    fit = []
    for other in block.methods:
        if kind(other) is not kind(method):
            with contextlib.suppress(Mistake):
                run(other)
                fit.append(other)
    if not fit:
        return mistake
    own = mistake.startswith(("variants.", f"{where}."))
    hint = "put them into blocks apart" if own else "settings of one method stand below `methods`"
    return f"{mistake}; method {method} refuses this, {', '.join(fit)} takes it: {hint}"


def _check_unused_layers(file: StudyFile, runs: Collection[Run]) -> None:
    """Also a layer that no run uses must be right: it will be used one day, at night."""
    methods = list(dict.fromkeys(run.method for run in runs))
    used = {(run.env, method) for run in runs for method in (run.method, "")}
    for env, layer in file.envs.items():
        if env not in names.ENVS and (env, "") not in used:
            raise Mistake(f"envs.{env}: not an env of a run here, nor the paper's ({', '.join(names.ENVS)})")
        for method in layer.methods:
            if (env, method) not in used:
                _sections([*_base_layers(file, env, method)], kind(method))
        if not layer.methods and (env, "") not in used:
            _check_for_some(methods, partial(_base_layers, file, env))
    for method in file.methods.keys() - set(methods):
        _sections([*_base_layers(file, "", method)], kind(method))
    for name in sorted(file.variants.keys() - {run.variant for run in runs}):
        own = (f"variants.{name}", file.variants[name])
        _check_for_some(methods, partial(_base_layers, file, ""), own)


def _check_for_some(
    methods: Sequence[str], base: Callable[[str], Iterable[tuple[str, Layer]]], *own: tuple[str, Layer]
) -> None:
    """That layers are right for one of the methods at least."""
    mistakes = []
    for method in methods:
        try:
            _sections([*base(method), *own], kind(method))
            return
        except Mistake as mistake:
            mistakes.append(mistake)
    raise mistakes[0]


def _base_layers(file: StudyFile | None, env: str, method: str) -> Iterator[tuple[str, Layer]]:
    if (name := kind(method).published) is not None:
        for key, layer in layers_of(published(name), env, method):
            yield f"the paper's {key}", layer
    if file is not None:
        yield from layers_of(file, env, method)


def _set_layers(overrides: Sequence[str]) -> Iterator[tuple[str, Layer]]:
    for item in overrides:
        path, equals, value = item.partition("=")
        if not equals or not all(path.split(".")):
            raise Mistake(f"--set {item}: write it as section.key=value, like algorithm.iterations=50")
        layer: Any = parse(value, f"--set {item}")
        for key in reversed(path.split(".")):
            layer = {key: layer}
        yield "--set", layer


def _run(
    file: StudyFile | None,
    env: str,
    method: str,
    variant: str,
    seed: int,
    top: Sequence[tuple[str, Layer]],
    where: str = "",
    study: str = "",
) -> Run:
    if method not in METHODS:
        raise Mistake(f"method: must be one of {', '.join(METHODS)}, not {method}")
    variants = {**kind(method).variants, **(file.variants if file else {})}
    if variant not in variants:
        place = f"{where}.variants: " if where else ""
        raise Mistake(f"{place}unknown variant {variant!r}; known are {', '.join(variants)}")
    layers = [*_base_layers(file, env, method), (f"variants.{variant}", variants[variant]), *top]
    settings = dict(_sections(layers, kind(method)))
    identity = {"study": file.name if file else study, "env": env, "method": method, "variant": variant, "seed": seed}
    try:
        return kind(method).model_validate(settings | identity)
    except ValidationError as error:
        raise Mistake(explain(error, kind(method).sections, layers, where)) from None


def _sections(layers: Sequence[tuple[str, Layer]], kind: type[Run]) -> Settings:
    merged: dict[str, Any] = {}
    for key, layer in layers:
        merged = merge(merged, layer, key)
    try:
        return kind.sections.model_validate(merged)
    except ValidationError as error:
        raise Mistake(explain(error, kind.sections, layers)) from None
