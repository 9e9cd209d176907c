"""One training by evolution strategies: its sections, which combinations of settings make sense, and its spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from itt.algorithms.es.settings.candidates import Candidates
from itt.algorithms.es.settings.es import ES
from itt.algorithms.es.settings.methods import METHODS, Method, Traits
from itt.algorithms.es.settings.policy import Policy
from itt.algorithms.es.settings.search import STANDING, Exact, RandomFeatureTree, Search, SignedRandomProjections
from itt.algorithms.es.settings.small import small
from itt.algorithms.es.settings.variants import VARIANTS
from itt.errors import UserError
from itt.observations import unpacked
from itt.run import Run, Source
from itt.settings import Settings
from itt.settings_file import Layer

MOST_SHARES = 2**28
"""Numbers in a random feature tree: 1 GiB."""


class ESSettings(Settings):
    """The sections of a run by evolution strategies."""

    candidates: Candidates = Candidates()
    policy: Policy = Policy()
    search: Search = Exact()
    algorithm: ES = ES()
    engine: Literal["auto", "compiled", "reference"] = Field(
        "auto", description="what plays an episode; auto: compiled wherever the settings have a compiled twin"
    )


class ESRun(ESSettings, Run):
    """A run of the methods itt, iot and explicit."""

    sections: ClassVar[type[Settings]] = ESSettings
    variants: ClassVar[dict[str, Layer]] = VARIANTS
    published: ClassVar[str | None] = "paper.yaml"
    unit: ClassVar[str] = "iteration"

    method: Method

    @model_validator(mode="after")
    def _combinations_that_make_sense(self) -> ESRun:
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
    def traits(self) -> Traits:
        """What the run's method is."""
        return METHODS[self.method]

    @property
    def length(self) -> int:
        """Iterations: each has a row."""
        return self.algorithm.iterations

    @property
    def rollouts_are_measured(self) -> bool:
        """Where the compiled engine plays."""
        return self.engine == "compiled"

    @property
    def shares_work(self) -> bool:
        """Episodes of an iteration."""
        return True

    @staticmethod
    def lengthens(key: str, old: Any, new: Any) -> bool:
        """More iterations, or a target that is higher or no longer there."""
        if key in ("algorithm.iterations", "algorithm.target.score"):
            return bool(old < new)
        return key == "algorithm.target" and new is None

    def small(self) -> Layer:
        """See `itt.algorithms.es.settings.small`."""
        return small(self.algorithm, self.candidates, self.search)

    def beneath(self, layers: Sequence[Layer]) -> dict[str, Any]:
        """All settings but those of the search where a layer has a mode, which says what is not given."""
        settings = self.model_dump()
        searches = [layer.get("search") for layer in layers]
        if any(isinstance(search, Mapping) and "mode" in search for search in searches):
            settings["search"] = {"name": self.search.name}
        return settings

    def parameters(self, arrays: Mapping[str, NDArray[Any]]) -> int:
        """D."""
        return int(arrays["theta"].size)

    def check_policy(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """theta, shape (D,), and moments of observations where the policy sees them normalised."""
        theta = arrays["theta"]
        if theta.ndim != 1 or theta.dtype != np.float64:
            raise ValueError(f"theta: a vector of float64, not {theta.dtype} of shape {theta.shape}")
        if self.policy.observations == "normalised":
            unpacked(arrays)

    @classmethod
    def of(cls, run: Run, what: str) -> ESRun:
        """The run, which has to be of this kind for `what`, as a message calls it.

        Raises:
            UserError: It is not.
        """
        if not isinstance(run, cls):
            raise UserError(f"{what}: of the methods {', '.join(METHODS)}, not {run.method}")
        return run

    @property
    def source(self) -> Source | None:
        """The policy.npz whose theta is theta_0, if that is not drawn."""
        initial = self.algorithm.initial
        return None if initial is None else Source(initial.policy, initial.sha256)

    def with_source(self, policy: str | None) -> ESRun:
        """The run with that policy, if it starts from one, in another place; None: that is not told. The hash stays."""
        if (initial := self.algorithm.initial) is None:
            return self
        initial = initial.model_copy(update={"policy": policy})
        return self.model_copy(update={"algorithm": self.algorithm.model_copy(update={"initial": initial})})

    def used(self, spec: dict[str, Any]) -> dict[str, Any]:
        """Without what belongs to other methods, and to a theta_0 that is drawn where it is not."""
        for key in {key for traits in METHODS.values() for key in traits.settings} - set(self.traits.settings):
            del spec["policy"][key]
        if not self.traits.candidates:
            del spec["candidates"], spec["search"]
        if self.algorithm.initial is not None:
            del spec["algorithm"]["initial_std"]  # nothing is drawn
            if self.algorithm.initial.sha256 is not None:
                del spec["algorithm"]["initial"]["policy"]  # where it lies is no part of a result, what it holds is
        return spec
