"""Settings of soft actor-critic. docs/sac.md maps the names of the template that they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from numpy.typing import NDArray
from pydantic import Field, model_validator

from itt.run import Run
from itt.settings import Section, Settings
from itt.settings_file import Layer

POLICY = "policy/"
"""Begins the names of the policy's weights and biases in a saved policy."""
Rate = Annotated[float, Field(gt=0, le=1)]
Width = Annotated[int, Field(ge=1, le=4096)]


class InputNormaliser(Section):
    """What networks see of observations; see `itt.experience.normalisers`."""

    name: Literal["frozen", "running", "none"] = Field(
        "frozen",
        description="frozen: statistics of the warm-up, for good; running: of all observations so far; none: the "
        "observations themselves",
    )
    variance_scaling: float = Field(1.0, gt=0, description="a factor on the standard deviation that is divided by")
    clip: float | None = Field(None, gt=0, description="the largest size of what is seen; null: any")

    @model_validator(mode="after")
    def _nothing_idle(self) -> InputNormaliser:
        if self.name == "none" and (self.variance_scaling != 1.0 or self.clip is not None):
            raise ValueError(
                "name: none neither scales nor clips; allowed with variance_scaling or clip: frozen, running"
            )
        return self


class SAC(Section):
    """Soft actor-critic: a squashed Gaussian policy, two Qs, and a temperature that holds the policy's entropy."""

    name: Literal["sac"] = "sac"
    steps: int = Field(1_000_000, ge=1, le=10**9, description="env steps; after the warm-up there is an update a step")
    warm_up_steps: int = Field(
        5000, ge=0, le=10**8, description="the first steps: actions are drawn uniformly, and nothing is learned"
    )
    batch_size: int = Field(256, ge=2, le=2**16, description="transitions that an update is made of")
    buffer_capacity: int = Field(1_000_000, ge=2, le=10**9, description="transitions that are kept")
    buffer_in: Literal["memory", "disk"] = Field(
        "memory", description="disk: a file without a name in the run's folder stands for memory"
    )
    hidden_sizes: tuple[Width, ...] = Field(
        (256, 256), min_length=1, max_length=8, description="widths of the hidden layers of the policy and of each Q"
    )
    policy_lr: Rate = Field(3e-4, description="Adam's step size for the policy")
    q_lr: Rate = Field(3e-4, description="Adam's step size for each Q")
    alpha_lr: Rate = Field(3e-4, description="Adam's step size for log alpha")
    initial_alpha: float = Field(0.1, gt=0, le=1e6, description="the temperature before the first update")
    target_entropy: float | None = Field(None, description="H, which alpha holds the entropy to; null: -A")
    reward_scale: float = Field(1.0, gt=0, le=1e6, description="a factor on rewards in what Q learns")
    discount: float = Field(0.99, ge=0, lt=1, description="gamma")
    target_tau: float = Field(0.005, gt=0, le=1, description="tau: target <- (1 - tau) target + tau Q")
    target_delay: int = Field(1, ge=1, description="updates from one change of the targets to the next")
    normaliser: InputNormaliser = InputNormaliser()
    transitions: Literal["bootstrap", "as_coded"] = Field(
        "bootstrap",
        description="bootstrap: an episode that time cuts short goes on in thought; as_coded: as in the template, it "
        "counts as ended, and the next observation is what stands in the buffer's next slot",
    )
    row_interval: int = Field(1000, ge=1, description="steps from one row of metrics.csv to the next")
    evaluation_interval: int = Field(10_000, ge=1, description="steps from one evaluation to the next")
    evaluation_episodes: int = Field(10, ge=1, le=1000, description="episodes of it, played without noise")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto: cuda where there is one, else cpu")
    update: Literal["auto", "fast", "readable"] = Field(
        "auto", description="fast: gradients by hand, on cpu; readable: autograd; auto: fast on cpu, readable on cuda"
    )
    threads: int = Field(1, ge=1, le=256, description="of torch, on cpu")

    @model_validator(mode="after")
    def _what_goes_together(self) -> SAC:
        if self.normaliser.name == "frozen" and self.warm_up_steps < 2:
            raise ValueError(
                f"warm_up_steps: at least 2, not {self.warm_up_steps}: with normaliser.name: frozen its observations "
                "are what the statistics are of"
            )
        seen = min(self.warm_up_steps, self.buffer_capacity)
        if self.batch_size > seen:
            raise ValueError(
                f"batch_size: at most {seen}, not {self.batch_size}: the transitions that are there at the first "
                "update, by warm_up_steps and buffer_capacity"
            )
        for name, interval in (("evaluation_interval", "row_interval"), ("steps", "evaluation_interval")):
            if (steps := getattr(self, name)) % (every := getattr(self, interval)):
                raise ValueError(f"{name}: a multiple of {interval} ({every}), not {steps}")
        if self.update == "fast" and self.device == "cuda":
            raise ValueError("update: fast is for the cpu; allowed with device: cuda: readable, auto")
        return self


class SACSettings(Settings):
    """The sections of a run by soft actor-critic."""

    algorithm: SAC = SAC()


class SACRun(SACSettings, Run):
    """A run of the method sac."""

    sections: ClassVar[type[Settings]] = SACSettings
    variants: ClassVar[Mapping[str, Layer]] = {"vanilla": {}}
    unit: ClassVar[str] = "row"

    @property
    def length(self) -> int:
        """A row before the first step, and one after every `row_interval`."""
        return self.algorithm.steps // self.algorithm.row_interval + 1

    @staticmethod
    def lengthens(key: str, old: Any, new: Any) -> bool:
        """More steps."""
        return key == "algorithm.steps" and bool(old < new)

    def small(self) -> Layer:
        """Some updates after a short warm-up, two evaluations, small networks."""
        settings = self.algorithm
        batch, warm_up = min(settings.batch_size, 16), min(settings.warm_up_steps, 60)
        return {
            "episode_steps": min(self.episode_steps or 50, 50),
            "algorithm": {
                "steps": 100,
                "row_interval": 50,
                "evaluation_interval": 100,
                "evaluation_episodes": min(settings.evaluation_episodes, 2),
                "warm_up_steps": max(warm_up, batch),
                "batch_size": batch,
                "buffer_capacity": min(settings.buffer_capacity, 80),
                "hidden_sizes": tuple(min(width, 16) for width in settings.hidden_sizes),
            },
        }

    def used(self, spec: dict[str, Any]) -> dict[str, Any]:
        """Without where its buffer is, which changes no result."""
        del spec["algorithm"]["buffer_in"]
        return spec

    def parameters(self, arrays: Mapping[str, NDArray[Any]]) -> int:
        """Weights and biases of the policy."""
        return sum(array.size for name, array in arrays.items() if name.startswith(POLICY))

    def check_policy(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """That there is a policy; whether it fits its env is seen when it acts."""
        if not any(name.startswith(POLICY) for name in arrays):
            raise LookupError(f"no array called {POLICY}...")


RUN = SACRun
"""What `itt.algorithms` asks for."""
