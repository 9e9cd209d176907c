"""What a policy is: its towers, its kernel, and how one candidate is taken."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from itt.settings.section import Section

Activation = Literal["relu", "tanh", "linear"]
Kernel = Literal["dot", "softmax", "angular"]


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
