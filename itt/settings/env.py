"""How an environment is made, and how long its episodes may be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from itt.settings.section import Section


class EnvSettings(Section):
    """Settings of the environment itself. The defaults leave it as it is."""

    episode_steps: int | None = Field(
        None, ge=1, description="steps after which an episode ends; null: the env's own limit, which always holds too"
    )
    env_kwargs: dict[str, Any] = Field(
        default_factory=dict,
        description="keyword arguments that the env is made with (gymnasium.make, or dm_control's suite.load)",
    )

    @model_validator(mode="after")
    def _kwargs_are_json(self) -> EnvSettings:
        """They are part of a run's hash and of its records."""
        for key, value in self.env_kwargs.items():
            try:
                same = json.loads(json.dumps(value, allow_nan=False)) == value
            except (TypeError, ValueError):
                same = False
            if not same:
                raise ValueError(
                    f"env_kwargs.{key}: must be made of numbers, texts, truth values, null, lists and mappings whose "
                    f"keys are texts, not {value!r}"
                )
        return self


def env_label(env: str, kwargs: Mapping[str, Any]) -> str:
    """The env's name in paths and tables. Made with keyword arguments it is another env, told apart by their hash."""
    if not kwargs:
        return env
    return f"{env}@{hashlib.sha256(json.dumps(kwargs, sort_keys=True).encode()).hexdigest()[:8]}"
