"""Every setting of a run, in sections: type, limits, default, unit and source.

These are the defaults of the code. A study starts from the paper's settings (config/paper.yaml), which override them
for each env; see `itt.study`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Method = Literal["itt", "iot", "explicit"]
Activation = Literal["relu", "tanh", "linear"]
Kernel = Literal["dot", "softmax", "angular"]
METHODS: tuple[Method, ...] = get_args(Method)


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
