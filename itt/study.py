"""What is to be run: a study file, its grid of runs, and every setting with its default.

A study is YAML. Its settings come in sections (`candidates`, `policy`, `search`, `algorithm`, `engine`, `record`) and
in layers, a later one overriding an earlier one key by key:

    the paper's settings < defaults < env < the env's method < variant < the block's own `set` < `--set`

Every study thus starts from the paper's settings (config/paper.yaml) and says only what differs from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from itt.errors import UserError
from itt.published import names
from itt.settings_file import Layer, Mistake, explain, merge, parse, read

Method = Literal["itt", "iot", "explicit"]
Activation = Literal["relu", "tanh", "linear"]
Kernel = Literal["dot", "softmax", "angular"]
METHODS: tuple[Method, ...] = get_args(Method)
BY_HAND = "by-hand"
"""The study to which a run belongs that was started without a study file."""


class Section(BaseModel):
    """A frozen group of settings that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _no_truth_values(cls, data: Any) -> Any:
        # YAML reads yes, no, on and off as truth values and pydantic would take them for 1 and 0.
        if isinstance(data, Mapping):
            for key, value in data.items():
                if isinstance(value, bool):
                    raise ValueError(f"{key}: {str(value).lower()} is not a value of this setting")
        return data


class Candidates(Section):
    """The sampled action set A* (Sec. 2.1). With discrete actions A* is the whole action space and these are unused."""

    count: int = Field(1000, ge=1, le=2**24, description="N, the number of sampled actions")
    resample: Literal["transition", "iteration", "once"] = Field(
        "transition",
        description="transition: fresh at every transition (Gym in the paper); iteration: one pool an ES iteration and "
        "perturbation (DMCS in the paper); once: one pool a run (Sec. 3.3, bootstrapping)",
    )
    subsample: int | None = Field(
        None, ge=1, description="with `once`: this many indices drawn anew from the pool at each transition"
    )

    @model_validator(mode="after")
    def _subsample_needs_a_standing_pool(self) -> Candidates:
        if self.subsample is not None:
            if self.resample != "once":
                raise ValueError("subsample: needs resample: once, the only pool that it could be drawn from")
            if self.subsample > self.count:
                raise ValueError(f"subsample: at most count ({self.count}), not {self.subsample}")
        return self


class Tower(Section):
    """One stack of bias-free linear layers (Table 5; no biases: Sec. 3.1)."""

    layers: int = Field(1, ge=1, le=64, description="number of weight matrices")
    width: int | tuple[int, ...] | None = Field(
        None, description="size of the hidden layers, one number or one a layer; null: policy.width"
    )
    activation: Activation = Field("relu", description="after every matrix but the last")
    output: Activation | None = Field(
        None, description="after the last matrix; null: tanh for explicit with continuous actions, linear elsewhere"
    )

    @model_validator(mode="after")
    def _one_width_a_hidden_layer(self) -> Tower:
        widths = self.width if isinstance(self.width, tuple) else () if self.width is None else (self.width,)
        if any(w < 1 for w in widths):
            raise ValueError("width: at least 1")
        if isinstance(self.width, tuple) and len(self.width) != self.layers - 1:
            raise ValueError(f"width: {self.layers} layers have {self.layers - 1} hidden widths, not {len(self.width)}")
        return self


class Policy(Section):
    """What maps a state to an action (Sec. 2). `state` and `action` are ITT's, `tower` is IOT's or explicit's."""

    kernel: Kernel = Field("dot", description="K in Eq. 4 (itt): x.y, exp(x.y), or 1 - 2 angle(x, y) / pi (Eq. 8)")
    selection: Literal["argmax", "sample"] = Field("argmax", description="argmax: Eq. 5; sample: Eq. 3")
    encoding: Literal["index", "one_hot"] = Field("index", description="how a discrete action enters a tower")
    width: int | None = Field(None, ge=1, description="hidden and latent size; null: size of an (encoded) action")
    latent: int | None = Field(None, ge=1, description="d, size of ITT's latent space; null: width")
    state: Tower = Tower(layers=2)
    action: Tower = Tower(layers=1)
    tower: Tower = Tower(layers=3)


class Exact(Section):
    """All candidates are scored."""

    name: Literal["exact"] = "exact"


class DerivativeFree(Section):
    """The derivative-free optimiser of implicit behavioural cloning (Florence et al. 2021), for IOT.

    Score the samples, resample them by softmax of the scores, add Gaussian noise, shrink the noise, repeat.
    """

    name: Literal["dfo"] = "dfo"
    rounds: int = Field(3, ge=1, le=100, description="times the samples are scored and resampled")
    std: float = Field(0.33, gt=0, description="noise of the first round, in half-widths of the action box")
    shrink: float = Field(0.5, gt=0, le=1, description="factor on the noise after each round")


Search = Annotated[Exact | DerivativeFree, Field(discriminator="name")]


class Lazy(Section):
    """Updates of the action tower less often than of the state tower (Sec. 3.3)."""

    period: int = Field(5, ge=2, description="the action tower moves at iterations 0, period, 2 period, ...")


class ES(Section):
    """Evolution strategies with orthogonal directions (Sec. 3.1)."""

    name: Literal["es"] = "es"
    iterations: int = Field(500, ge=1, le=10**7, description="number of updates of theta (Table 2)")
    sigma: float = Field(1.0, gt=0, description="smoothing (Table 3)")
    eta: float = Field(0.01, gt=0, description="step size of Eq. 12")
    directions: int | None = Field(None, ge=1, le=10**6, description="M; null: D, the number of parameters")
    sampling: Literal["orthogonal", "gaussian", "released"] = Field(
        "orthogonal",
        description="orthogonal: Gaussian marginals, pairwise orthogonal in blocks of D; gaussian: independent; "
        "released: as the published code, QR without a sign correction",
    )
    estimator: Literal["antithetic", "forward"] = Field("antithetic", description="antithetic: Eq. 11; forward: Eq. 14")
    lazy: Lazy | None = Field(None, description="null: both towers move at every iteration")
    initial_std: float = Field(1.0, ge=0, description="theta_0 ~ N(0, initial_std^2 I)")


Algorithm = ES
"""The union of all training algorithms, told apart by `name`; there is one today."""


class Record(Section):
    """What is written while a run goes on. None of it changes a result."""

    checkpoint_seconds: float = Field(30, ge=0, description="at most this long between checkpoints; 0: each iteration")


class Settings(Section):
    """Everything about a run but its place in the grid."""

    candidates: Candidates = Candidates()
    policy: Policy = Policy()
    search: Search = Exact()
    algorithm: Algorithm = ES()
    engine: Literal["auto", "compiled", "reference"] = Field(
        "auto", description="what plays an episode; auto: compiled wherever the settings have a compiled twin"
    )
    record: Record = Record()


VARIANTS: dict[str, Layer] = {
    "vanilla": {},
    "lazy": {"algorithm": {"lazy": {"period": 5}}},  # Sec. 3.3
    "bootstrap": {"candidates": {"resample": "once", "count": 16384, "subsample": 1000}},  # Sec. 3.3; sizes are ours
}
"""The built-in variants. A study may add its own or redefine these."""

Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""A name that becomes part of a path."""


class Run(Settings):
    """One training, fully resolved: (env, method, variant, seed) and all its settings."""

    study: Label = BY_HAND
    env: str
    method: Method
    variant: Label = "vanilla"
    seed: int = Field(0, ge=0, lt=2**32)

    @model_validator(mode="after")
    def _combinations_that_make_sense(self) -> Run:
        if self.algorithm.lazy is not None and self.method != "itt":
            raise ValueError(f"algorithm.lazy: needs method itt, which has an action tower (here: {self.method})")
        if self.search.name == "dfo" and self.method != "iot":
            raise ValueError(f"search.name: dfo needs method iot (here: {self.method})")
        if self.search.name == "dfo" and self.candidates.resample != "transition":
            raise ValueError("search.name: dfo draws its own samples, so it needs candidates.resample: transition")
        return self

    @property
    def folder(self) -> Path:
        """Where the run is recorded, below `results/<study>/`. A `/` in an env's name becomes `--`."""
        return Path("runs", self.env.replace("/", "--"), self.method, self.variant, f"seed{self.seed}")

    def spec(self) -> dict[str, Any]:
        """What the result is a function of: no names of study or variant, nothing that this method does not use."""
        spec = self.model_dump(mode="json", exclude={"study", "variant", "record"})
        unused = {
            "itt": ["tower"],
            "iot": ["kernel", "latent", "state", "action"],
            "explicit": ["kernel", "latent", "state", "action"],
        }
        for key in unused[self.method]:
            del spec["policy"][key]
        if self.method == "explicit":
            del spec["candidates"], spec["search"]
        return spec

    @property
    def hash(self) -> str:
        """16 hex digits of the spec's SHA-256: equal hashes promise equal results."""
        return hashlib.sha256(json.dumps(self.spec(), sort_keys=True).encode()).hexdigest()[:16]


class Block(Section):
    """A rectangle of the grid: all combinations of its lists, with settings of its own in `set`."""

    envs: tuple[str, ...] = Field(min_length=1)
    methods: tuple[Method, ...] = Field(min_length=1)
    variants: tuple[Label, ...] = Field(("vanilla",), min_length=1)
    seeds: int | tuple[int, ...] = Field(description="a number n for seeds 0 to n - 1, or the seeds themselves")
    set: dict[str, Any] = {}

    @model_validator(mode="after")
    def _seeds_are_there_once(self) -> Block:
        if isinstance(self.seeds, int):
            if self.seeds < 1:
                raise ValueError(f"seeds: at least 1, not {self.seeds}")
        elif not self.seeds:
            raise ValueError("seeds: at least one")
        elif twice := sorted({s for s in self.seeds if self.seeds.count(s) > 1}):
            raise ValueError(f"seeds: {twice[0]} stands there twice")
        return self

    def seed_list(self) -> tuple[int, ...]:
        """The seeds, spelled out."""
        return tuple(range(self.seeds)) if isinstance(self.seeds, int) else self.seeds


class EnvLayer(Section):
    """An env's settings: those of all methods beside `methods`, those of one method in it."""

    model_config = ConfigDict(extra="allow")
    methods: dict[Method, dict[str, Any]] = {}


class Evaluation(Section):
    """How final policies are evaluated afresh."""

    episodes: int = Field(100, ge=1, description="with seeds never used in training")


class StudyFile(Section):
    """A study as it stands in the file; the layers are checked once they are merged."""

    name: Label
    defaults: dict[str, Any] = {}
    variants: dict[Label, dict[str, Any]] = {}
    envs: dict[str, EnvLayer] = {}
    runs: tuple[Block, ...] = Field(min_length=1)
    evaluation: Evaluation = Evaluation()


@dataclass(frozen=True)
class Study:
    """A study that has been read and checked."""

    name: str
    runs: tuple[Run, ...]
    evaluation: Evaluation

    def find(self, env: str, method: str, variant: str, seed: int) -> Run:
        """The run of that name.

        Raises:
            UserError: The study has no such run.
        """
        wanted = (names.canonical(env), method, variant, seed)
        for run in self.runs:
            if (run.env, run.method, run.variant, run.seed) == wanted:
                return run
        raise UserError(f"study {self.name} has no run {'/'.join(map(str, wanted))}; `runs` lists what it has")


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
        return _run(paper(), names.canonical(env), method, variant, seed, [*_set_layers(overrides)], study=study)
    except Mistake as mistake:
        raise UserError(str(mistake)) from None


def layers_of(file: StudyFile, env: str, method: str) -> Iterator[tuple[str, Layer]]:
    """The layers of one file that concern one env and method, weakest first, with the key each stands under."""
    yield "defaults", file.defaults
    if env in file.envs:
        yield f"envs.{env}", file.envs[env].model_extra or {}
        for name, layer in file.envs[env].methods.items():
            if name == method:
                yield f"envs.{env}.methods.{method}", layer


def json_schema() -> dict[str, Any]:
    """The JSON schema of a study file: every section and key with its default, limits and meaning."""
    schema = StudyFile.model_json_schema()
    settings = Settings.model_json_schema()
    schema["$defs"] |= settings.pop("$defs") | {"Settings": settings}
    layer = {"$ref": "#/$defs/Settings"}
    schema["properties"]["defaults"] = layer
    variants = schema["properties"]["variants"]
    variants["patternProperties"] = dict.fromkeys(variants["patternProperties"], layer)
    variants["additionalProperties"] = False
    schema["$defs"]["Block"]["properties"]["set"] = layer
    env = schema["$defs"]["EnvLayer"]
    env["properties"] = settings["properties"] | env["properties"]
    env["properties"]["methods"]["additionalProperties"] = layer
    env["additionalProperties"] = False
    return schema


@cache
def paper() -> StudyFile:
    """The paper's settings, which every study starts from."""
    text = resources.files("itt.published").joinpath("paper.yaml").read_text(encoding="utf-8")
    return _study_file(parse(text, "paper.yaml"))


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
    top = list(_set_layers(overrides))
    runs: dict[Path, Run] = {}
    for number, block in enumerate(file.runs):
        where = f"runs[{number}]"
        for env in map(names.canonical, block.envs):
            for method in block.methods:
                for variant in block.variants:
                    # A run's settings do not depend on its seed: validate once, then copy.
                    layers = [(f"{where}.set", block.set), *top]
                    first = _run(file, env, method, variant, 0, layers, where)
                    for seed in block.seed_list():
                        if not 0 <= seed < 2**32:
                            raise Mistake(f"{where}.seeds: from 0 to 2^32 - 1, not {seed}")
                        run = first.model_copy(update={"seed": seed})
                        if run.folder in runs:
                            raise Mistake(f"{where}: the run {run.folder.relative_to('runs')} stands there twice")
                        runs[run.folder] = run
    _check_unused_layers(file, runs.values())
    return Study(file.name, tuple(runs.values()), file.evaluation)


def _check_unused_layers(file: StudyFile, runs: Collection[Run]) -> None:
    """Also a layer that no run uses must be right: it will be used one day, at night."""
    used = {(run.env, method) for run in runs for method in (run.method, "")}
    for env, layer in file.envs.items():
        if env not in names.ENVS and (env, "") not in used:
            raise Mistake(f"envs.{env}: not an env of a run here, nor the paper's ({', '.join(names.ENVS)})")
        for method in layer.methods or ("",):
            if (env, method) not in used:
                _settings([*_base_layers(file, env, method)])
    for name in sorted(file.variants.keys() - {run.variant for run in runs}):
        _settings([*_base_layers(file, "", ""), (f"variants.{name}", file.variants[name])])


def _base_layers(file: StudyFile, env: str, method: str) -> Iterator[tuple[str, Layer]]:
    for key, layer in layers_of(paper(), env, method):
        yield f"the paper's {key}", layer
    if file is not paper():
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
    file: StudyFile,
    env: str,
    method: str,
    variant: str,
    seed: int,
    top: Sequence[tuple[str, Layer]],
    where: str = "",
    study: str | None = None,
) -> Run:
    variants = VARIANTS | dict(file.variants)
    if variant not in variants:
        place = f"{where}.variants: " if where else ""
        raise Mistake(f"{place}unknown variant {variant!r}; known are {', '.join(variants)}")
    layers = [*_base_layers(file, env, method), (f"variants.{variant}", variants[variant]), *top]
    settings = dict(_settings(layers))
    identity = {"study": study or file.name, "env": env, "method": method, "variant": variant, "seed": seed}
    try:
        return Run.model_validate(settings | identity)
    except ValidationError as error:
        raise Mistake(explain(error, Settings, layers, where)) from None


def _settings(layers: Sequence[tuple[str, Layer]]) -> Settings:
    merged: dict[str, Any] = {}
    for key, layer in layers:
        merged = merge(merged, layer, key)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise Mistake(explain(error, Settings, layers)) from None
