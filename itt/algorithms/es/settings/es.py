"""Evolution strategies and their toolbox."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from itt.settings.section import Section, spelled

_SHA256 = "^[0-9a-f]{64}$"
Sha256 = Annotated[str, Field(pattern=_SHA256), spelled(_SHA256, "64 digits 0 to f, as sha256sum prints")]


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
    sha256: Sha256 | None = Field(
        None,
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
    eta: float = Field(
        0.01,
        gt=0,
        description="step size of Eq. 12; to be chosen anew with another shaping or optimiser",
    )
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
        largest_eta = self.eta * max(1.0, getattr(self.eta_schedule, "final", 1.0))
        if self.optimiser.name == "ascent" and self.weight_decay * largest_eta >= 2.0:
            raise ValueError(
                f"weight_decay: below {2.0 / largest_eta:g}, not {self.weight_decay:g}: plain ascent multiplies theta "
                f"by 1 - eta weight_decay, so with an eta of {largest_eta:g} it would explode"
            )
        return self
