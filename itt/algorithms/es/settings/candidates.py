"""Where A* comes from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from itt.settings.section import Section


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
