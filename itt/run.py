"""One training, fully resolved: what it is, which combinations of settings make sense, and its hash."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from itt.settings import (
    METHODS,
    STANDING,
    Method,
    RandomFeatureTree,
    Settings,
    SignedRandomProjections,
    Traits,
    env_label,
    spelled,
)
from itt.spec import fingerprint, understood, written

BY_HAND = "by-hand"
"""The study to which a run belongs that was started without a study file."""

MOST_SHARES = 2**28
"""Numbers in a random feature tree: 1 GiB."""

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


class Run(Settings):
    """One training, fully resolved: (env, method, variant, seed) and all its settings."""

    study: Label = BY_HAND
    env: EnvName
    method: Method
    variant: Label = "vanilla"
    seed: int = Field(0, ge=0, lt=2**32)

    @model_validator(mode="after")
    def _combinations_that_make_sense(self) -> Run:
        if self.algorithm.lazy is not None and not self.traits.latents:
            raise ValueError(f"algorithm.lazy: needs method itt, which has an action tower (here: {self.method})")
        if self.candidates.subsample is not None and not self.traits.candidates:
            raise ValueError("candidates.subsample: needs method itt or iot; explicit has no candidates")
        if self.search.name == "dfo" and self.method != "iot":
            raise ValueError(f"search.name: dfo needs method iot (here: {self.method})")
        if self.search.name == "dfo" and self.candidates.resample != "transition":
            raise ValueError("search.name: dfo draws its own samples, so it needs candidates.resample: transition")
        if self.search.name in STANDING:
            self._check_standing(self.search.name)
        if self.search.name == "srp":
            self._check_projections(self.search)
        if self.search.name == "rft":
            self._check_features(self.search)
        return self

    def _check_standing(self, name: str) -> None:
        """A search that builds something from A* needs towers that part, and candidates that outlive a transition."""
        if not self.traits.latents:
            raise ValueError(
                f"search.name: {name} needs method itt, whose candidates have latents (here: {self.method})"
            )
        if self.candidates.resample == "transition" or self.candidates.subsample is not None:
            raise ValueError(
                f"search.name: {name} needs candidates that stand: candidates.resample: iteration or once, without "
                "subsample"
            )

    def _check_projections(self, search: SignedRandomProjections) -> None:
        if self.policy.selection != "argmax":
            raise ValueError("search.name: srp finds the best candidate, so it needs policy.selection: argmax")
        if self.policy.kernel == "angular":
            raise ValueError("search.name: srp needs policy.kernel: dot or softmax, which Eq. 6 and 7 are about")
        count, m = self.candidates.count, search.bits(self.candidates.count)
        if count < 2**m:
            raise ValueError(f"search.projections: 2^m may not exceed |A*|, {count} here; m is {m}")
        if search.bound == "sqrt_d" and self.policy.action.output != "tanh":
            raise ValueError("search.bound: sqrt_d needs a bounded action tower, policy.action.output: tanh")

    def _check_features(self, search: RandomFeatureTree) -> None:
        if self.policy.selection != "sample":
            raise ValueError("search.name: rft draws by Eq. 3, so it needs policy.selection: sample")
        if self.policy.kernel == "softmax":
            raise ValueError(
                "search.name: rft needs policy.kernel: dot, whose draws go by exp(x.y), or angular; softmax "
                "exponentiates twice, for which Sec. 2.3.2 has no features"
            )
        if search.features * self.candidates.count > MOST_SHARES:
            raise ValueError(
                f"search.features: at most {MOST_SHARES // self.candidates.count} for {self.candidates.count} "
                f"candidates, not {search.features}: a tree keeps 4 bytes for each of both"
            )

    @property
    def env_label(self) -> str:
        """The env's name in paths and tables; see `itt.settings.env_label`."""
        return env_label(self.env, self.env_kwargs)

    @property
    def traits(self) -> Traits:
        """What the run's method is."""
        return METHODS[self.method]

    @property
    def folder(self) -> Path:
        """Where the run is recorded, below `results/<study>/`. A `/` in an env's name becomes `--`."""
        return Path("runs", self.env_label.replace("/", "--"), self.method, self.variant, f"seed{self.seed}")

    def spec(self) -> dict[str, Any]:
        """What the result is a function of, as `itt.spec` writes it: no names of study or variant, nothing that this
        method does not use."""
        spec = self.model_dump(mode="json", exclude={"study", "variant", "record"})
        for key in {key for traits in METHODS.values() for key in traits.settings} - set(self.traits.settings):
            del spec["policy"][key]
        if not self.traits.candidates:
            del spec["candidates"], spec["search"]
        if self.algorithm.initial is not None:
            del spec["algorithm"]["initial_std"]  # nothing is drawn
            if self.algorithm.initial.sha256 is not None:
                del spec["algorithm"]["initial"]["policy"]  # where it lies is no part of a result, what it holds is
        return written(spec)

    @classmethod
    def recorded(cls, spec: Any) -> Run:
        """The run whose `spec` this was, also in an earlier version.

        Raises:
            ValueError: It is no spec, or one that this version does not know.
        """
        return cls.model_validate(understood(spec))

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
