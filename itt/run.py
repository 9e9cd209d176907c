"""One training, fully resolved: what it is, and its hash. What else a run is, its algorithm adds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from numpy.typing import NDArray
from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from itt.algorithms import METHODS, module
from itt.settings import Settings, env_label, spelled
from itt.settings_file import Layer
from itt.spec import fingerprint, understood, written

BY_HAND = "by-hand"
"""The study to which a run belongs that was started without a study file."""

_LABEL = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
Label = Annotated[
    str,
    Field(pattern=_LABEL, max_length=100),
    spelled(_LABEL, "letters, digits, and . _ - after the first, like srp-lazy"),
]
"""A name that becomes part of a path."""
_ENV = r"^[A-Za-z0-9_][A-Za-z0-9_.:/-]*$"
EnvName = Annotated[
    str,
    Field(pattern=_ENV),
    spelled(_ENV, "letters, digits, _, and . : / - after the first, like HalfCheetah-v2 or ALE/Pong-v5"),
]
"""An env's name: it becomes part of a path, too, and of command lines, some of which a scheduler hands to a shell."""


def _known(method: Any) -> str:
    if not isinstance(method, str) or method not in METHODS:
        *others, last = map(repr, METHODS)
        raise PydanticCustomError("method", "input should be {names}", {"names": f"{', '.join(others)} or {last}"})
    return method


Method = Annotated[str, AfterValidator(_known), WithJsonSchema({"enum": list(METHODS), "type": "string"})]
"""One of `itt.algorithms.METHODS`."""


class Source(NamedTuple):
    """A saved policy that a run starts from: its file, if that is known, and what is in it, once it was read."""

    policy: str | None
    sha256: str | None


class Run(Settings):
    """One training, fully resolved: (env, method, variant, seed) and all its settings.

    Each algorithm has its own kind of run, which adds its sections and the checks of what goes together in them.

    Attributes:
        sections: The settings of this kind of run without its place in the grid.
        variants: Its built-in variants.
        published: The study in `itt/studies` whose settings its runs start from, if there is one.
        unit: How one of its steps, each of which has a row in metrics.csv, is called.
    """

    sections: ClassVar[type[Settings]]
    variants: ClassVar[Mapping[str, Layer]]
    published: ClassVar[str | None] = None
    unit: ClassVar[str] = "step"

    study: Label = BY_HAND
    env: EnvName
    method: Method
    variant: Label = "vanilla"
    seed: int = Field(0, ge=0, lt=2**32)

    @property
    @abstractmethod
    def length(self) -> int:
        """How many rows metrics.csv has when the run is at its end, unless something ends it before."""

    @property
    def rollouts_are_measured(self) -> bool:
        """Whether `itt bench rollouts` can tell how fast it is played, once it is resolved."""
        return False

    @property
    def shares_work(self) -> bool:
        """Whether several ranks make it faster."""
        return False

    @staticmethod
    @abstractmethod
    def lengthens(key: str, old: Any, new: Any) -> bool:
        """Whether a run with a setting's new value begins as one with the old did, and may go on where that ended."""

    @abstractmethod
    def small(self) -> Layer:
        """Settings that make the run as small as one can be that still uses all of its tools."""

    def beneath(self, layers: Sequence[Layer]) -> dict[str, Any]:
        """The run's settings, as other layers are laid over them."""
        return self.model_dump()

    @abstractmethod
    def parameters(self, arrays: Mapping[str, NDArray[Any]]) -> int:
        """How many parameters a saved policy has."""

    def check_policy(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """That a saved policy's arrays are what this kind of run saves, whatever its env.

        Raises:
            LookupError: One is not there.
            ValueError: One has another shape or type.
        """

    @property
    def source(self) -> Source | None:
        """The saved policy that the run starts from, if it does from one."""
        return None

    def with_source(self, policy: str | None) -> Self:
        """The run with that policy, if it starts from one, in another place; None: that is not told. The hash stays."""
        return self

    @property
    def env_label(self) -> str:
        """The env's name in paths and tables; see `itt.settings.env_label`."""
        return env_label(self.env, self.env_kwargs)

    @property
    def folder(self) -> Path:
        """Where the run is recorded, below `results/<study>/`. A `/` in an env's name becomes `--`."""
        return Path("runs", self.env_label.replace("/", "--"), self.method, self.variant, f"seed{self.seed}")

    def spec(self) -> dict[str, Any]:
        """What the result is a function of, as `itt.spec` writes it: no names of study or variant, nothing that this
        run does not use."""
        spec = self.model_dump(mode="json", exclude={"study", "variant", "record"})
        return written(self.used(spec))

    def used(self, spec: dict[str, Any]) -> dict[str, Any]:
        """A dump of the settings without those that this run does not use."""
        return spec

    @staticmethod
    def recorded(spec: Any) -> Run:
        """The run whose `spec` this was, also in an earlier version.

        Raises:
            ValueError: It is no spec, or one that this version does not know.
        """
        settings = understood(spec)
        return kind(_known(settings.get("method"))).model_validate(settings)

    @cached_property
    def hash(self) -> str:
        """16 hex digits of the spec's SHA-256: equal hashes promise equal results, with the same versions.

        Every episode asks for it; it is computed once and travels to other ranks with the run.
        """
        return fingerprint(self.spec())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, and so with a hash of its own."""
        copy = super().model_copy(update=update, deep=deep)
        copy.__dict__.pop("hash", None)
        return copy


def kind(method: str) -> type[Run]:
    """The kind of run that a method's algorithm trains.

    Raises:
        KeyError: There is no such method.
    """
    declared: type[Run] = module(method, "settings").RUN
    return declared
