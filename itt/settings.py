"""Every setting of a run, in sections: type, limits, default, unit and source.

These are the defaults of the code. A study starts from the paper's settings (config/paper.yaml), which override them
for each env; see `itt.study`.
"""

from __future__ import annotations

import math
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
    observations: Literal["raw", "normalised"] = Field(
        "raw",
        description="what the policy sees; normalised: (s - mean) / std over all states of the perturbations' episodes "
        "in the iterations before (ARS-V2)",
    )
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


class SignedRandomProjections(Section):
    """Hashing for the maximum inner product (Sec. 2.3.1), for ITT with candidates that stand; see docs/search.md."""

    name: Literal["srp"] = "srp"
    mode: Literal["tuned", "paper", "released"] = Field(
        "tuned",
        description="what the settings below are where they are not given. tuned: what we found best; paper: Sec. 3.2; "
        "released: the effect of the published code's hash, nearly a random subset, for comparison only",
    )
    projections: int | None = Field(
        None,
        ge=1,
        le=24,
        description="m, the bits of a hash over all |A*|; a table of half as many has one less. null: 6, in mode tuned "
        "log2(|A*|) - 3, from 1 to 16",
    )
    latents: Literal["plain", "whitened"] = Field(
        "whitened", description="what is hashed: Eq. 6 of the latents, or of latents with mean 0 and covariance I"
    )
    thresholds: Literal["none", "median"] = Field(
        "none", description="what a projection is compared with: 0, or its median over A* (Sec. 3.2)"
    )
    probing: Literal["hamming", "margin"] = Field(
        "margin",
        description="hamming: buckets in the order of their Hamming distance; margin: bits of which the state is "
        "least sure are turned over first",
    )
    tables: int = Field(5, ge=1, le=64, description="hash tables, each with projections of its own")
    longest: float = Field(
        0.25,
        gt=0,
        le=1,
        description="share of a table's candidates that the next one holds, too: the longest of what is hashed, in "
        "which the largest products are; 1: all",
    )
    min_candidates: int | None = Field(
        None,
        ge=1,
        description="buckets are searched until so many candidates are scored, the same number in each table, where "
        "one that several hold counts in each; |A*|: all. null: |A*| / 2^m, in mode tuned |A*| / 128 but at least 32",
    )
    bound: Literal["max_norm", "sqrt_d"] = Field(
        "max_norm",
        description="C in Eq. 6: the greatest length over A*, or B sqrt(d) where the action tower's output is within B",
    )

    @model_validator(mode="before")
    @classmethod
    def _what_the_mode_says(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("mode") in ("paper", "released"):
            return {
                "latents": "plain",
                "thresholds": "median",
                "probing": "hamming",
                "tables": 1,
                "longest": 1.0,
            } | dict(data)
        return data

    @model_validator(mode="after")
    def _released_is_one_table(self) -> SignedRandomProjections:
        table = (self.latents, self.thresholds, self.probing, self.tables, self.longest)
        rest = (self.bound, self.min_candidates)
        if self.mode == "released" and (table, rest) != (("plain", "median", "hamming", 1, 1.0), ("max_norm", None)):
            raise ValueError("mode: released is one hash as it was published: of the rest, give projections alone")
        if self.bound == "sqrt_d" and self.latents == "whitened":
            raise ValueError("bound: sqrt_d bounds the action tower's own outputs, so it needs latents: plain")
        return self

    def bits(self, count: int) -> int:
        """m for |A*| = `count`."""
        return self.projections or (min(max(count.bit_length() - 4, 1), 16) if self.mode == "tuned" else 6)

    def amounts(self, count: int) -> list[int]:
        """How many of `count` candidates each table holds."""
        amounts = [count]
        while len(amounts) < self.tables:
            amounts.append(math.ceil(self.longest * amounts[-1]))
        return amounts

    def wanted(self, count: int) -> int:
        """How many of `count` candidates are scored at least."""
        few = max(-(-count // 128), 32) if self.mode == "tuned" else -(-count // 2 ** self.bits(count))
        return self.min_candidates or min(few, count)


class RandomFeatureTree(Section):
    """Sampling by Eq. 3 with positive random features (Sec. 2.3.2), for ITT with candidates that stand."""

    name: Literal["rft"] = "rft"
    features: int = Field(64, ge=1, le=2**16, description="r, the positive random features psi of Eq. 10")
    signs: int = Field(64, ge=1, le=2**12, description="m, the signs phi of Eq. 9; for the kernel angular only")
    split: Literal["random", "principal"] = Field(
        "random", description="how a node's candidates are halved: at random, or across their principal direction"
    )


Search = Annotated[Exact | DerivativeFree | SignedRandomProjections | RandomFeatureTree, Field(discriminator="name")]


STANDING = ("srp", "rft")
"""Searches that are built from candidates, and so need some that stand."""


class Lazy(Section):
    """Updates of the action tower less often than of the state tower (Sec. 2.3, 3.3)."""

    period: int = Field(5, ge=2, description="p: the action tower moves at iterations 0, p, 2 p, ...")
    growth: float = Field(
        1.0, ge=1, le=1000, description="g: 0, p, p + pg, p + pg + pg^2, ..., each gap rounded down (Sec. 2.3)"
    )


class Constant(Section):
    """The same at every iteration."""

    name: Literal["constant"] = "constant"


class Decay(Section):
    """A factor that goes from 1 at iteration 0 to `final` at iteration `iterations`, and stays there."""

    name: Literal["linear", "exponential", "cosine"] = Field(description="the shape of the way between")
    final: float = Field(0.1, gt=0, le=100, description="the factor at the end; above 1 it grows")
    iterations: int = Field(ge=1, le=10**7, description="when it is reached; not tied to the length of the run")


Schedule = Annotated[Constant | Decay, Field(discriminator="name")]


class Ascent(Section):
    """Plain gradient ascent (Eq. 12)."""

    name: Literal["ascent"] = "ascent"


class Momentum(Section):
    """Ascent along a decaying sum of gradients (Polyak 1964)."""

    name: Literal["momentum"] = "momentum"
    decay: float = Field(0.9, ge=0, lt=1, description="factor on the sum before each gradient is added")


class Adam(Section):
    """Adam (Kingma and Ba 2015)."""

    name: Literal["adam"] = "adam"
    decay: float = Field(0.9, ge=0, lt=1, description="beta_1, of the mean of gradients")
    square_decay: float = Field(0.999, ge=0, lt=1, description="beta_2, of the mean of their squares")
    damping: float = Field(1e-8, gt=0, description="epsilon, added to the root of the mean square")


class ClipUp(Section):
    """ClipUp (Toklu et al. 2020): only the direction of a gradient counts, and the speed is limited."""

    name: Literal["clipup"] = "clipup"
    decay: float = Field(0.9, ge=0, lt=1, description="factor on the velocity before each push of length eta")
    speed: float | None = Field(None, gt=0, description="longest step; null: 2 eta, as its authors advise")


Optimiser = Annotated[Ascent | Momentum | Adam | ClipUp, Field(discriminator="name")]


class Target(Section):
    """A return at which a training ends early."""

    score: float = Field(description="reached by the mean `return` of the newest rows of metrics.csv")
    rows: int = Field(10, ge=1, le=10**6, description="how many rows; a row an iteration, so at most `iterations`")


class WarmStart(Section):
    """A saved policy whose theta is theta_0. What the run is depends on that theta, not on the file's name."""

    policy: str | None = Field(None, min_length=1, description="a policy.npz, from the folder of the command")
    sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="of theta's bytes and, where observations are normalised, those of their moments; null: filled in "
        "when the run starts",
    )

    @model_validator(mode="after")
    def _names_a_policy(self) -> WarmStart:
        if self.policy is None and self.sha256 is None:
            raise ValueError("policy: is missing; the policy.npz of a finished run")
        return self


class ES(Section):
    """Evolution strategies with orthogonal directions (Sec. 3.1); docs/es-toolbox.md tells of the tools besides."""

    name: Literal["es"] = "es"
    iterations: int = Field(500, ge=1, le=10**7, description="number of updates of theta (Table 2)")
    sigma: float = Field(1.0, gt=0, description="smoothing (Table 3)")
    eta: float = Field(0.01, gt=0, description="step size of Eq. 12")
    sigma_schedule: Schedule = Field(Constant(), description="a factor on sigma")
    eta_schedule: Schedule = Field(Constant(), description="a factor on eta")
    directions: int | None = Field(None, ge=1, le=10**6, description="M; null: D, the number of parameters")
    sampling: Literal["orthogonal", "gaussian", "hadamard", "released"] = Field(
        "orthogonal",
        description="orthogonal: Gaussian marginals, pairwise orthogonal in blocks of D; gaussian: independent; "
        "hadamard: nearly both of the first at the cost of the second; released: as the published code, QR without a "
        "sign correction",
    )
    estimator: Literal["antithetic", "forward"] = Field("antithetic", description="antithetic: Eq. 11; forward: Eq. 14")
    episodes: int = Field(1, ge=1, le=1000, description="F(theta) is the mean over so many episodes")
    random_numbers: Literal["independent", "pair"] = Field(
        "independent", description="pair: theta + sigma epsilon_i and theta - sigma epsilon_i play the same episodes"
    )
    survival_bonus: float = Field(
        0.0,
        ge=0,
        description="taken off the reward of every step in the estimate, as ARS does where an env pays for not falling "
        "(Hopper: 1); the returns that are recorded keep it",
    )
    shaping: Literal["none", "centered_ranks", "z_score", "return_std"] = Field(
        "none", description="what stands for the returns in the estimate"
    )
    top_directions: int | None = Field(
        None, ge=1, description="b: only the b directions with the best returns count (ARS); null: all M"
    )
    optimiser: Optimiser = Field(Ascent(), description="what makes a step of a gradient")
    weight_decay: float = Field(0.0, ge=0, description="lambda: ascent on F(theta) - lambda / 2 |theta|^2")
    lazy: Lazy | None = Field(None, description="null: both towers move at every iteration")
    target: Target | None = Field(None, description="null: all iterations are done")
    initial: WarmStart | None = Field(None, description="null: theta_0 is drawn")
    initial_std: float = Field(1.0, ge=0, description="theta_0 ~ N(0, initial_std^2 I); unused with initial")

    @model_validator(mode="after")
    def _tools_that_go_together(self) -> ES:
        if self.estimator == "forward":
            if self.top_directions is not None:
                raise ValueError("top_directions: ranks pairs, so it needs estimator: antithetic")
            if self.random_numbers == "pair":
                raise ValueError("random_numbers: forward differences have no pairs; allowed: independent")
        if self.directions is not None and self.top_directions is not None and self.top_directions > self.directions:
            raise ValueError(f"top_directions: at most directions ({self.directions}), not {self.top_directions}")
        if self.target is not None and self.target.rows > self.iterations:
            raise ValueError(
                f"target.rows: at most iterations ({self.iterations}), not {self.target.rows}: there is a row for each"
            )
        if self.optimiser.name == "ascent" and self.weight_decay * self._largest_eta() >= 2.0:
            raise ValueError(
                f"weight_decay: below {2.0 / self._largest_eta():g} (2 / eta), not {self.weight_decay:g}: plain ascent "
                "multiplies theta by 1 - eta weight_decay, so it would explode"
            )
        return self

    def _largest_eta(self) -> float:
        """The largest step size that the run begins with or comes to and keeps."""
        schedule = self.eta_schedule
        if isinstance(schedule, Constant) or schedule.iterations >= self.iterations:
            return self.eta
        return self.eta * max(1.0, schedule.final)


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
