"""A group of settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


def spelled(pattern: str, words: str) -> BeforeValidator:
    """Says in `words` what text has to be, where it is none of the pattern: stands beside `Field(pattern=...)`."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise PydanticCustomError("spelling", "must be {words}", {"words": words})
        return value

    return BeforeValidator(check)


class Section(BaseModel):
    """A frozen group of settings that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _no_truth_values(cls, data: Any) -> Any:
        # YAML reads yes, no, on and off as truth values and pydantic would take them for 1 and 0.
        if isinstance(data, Mapping):
            for key, value in data.items():
                for part in value if isinstance(value, (list, tuple)) else (value,):
                    if isinstance(part, bool):
                        raise ValueError(f"{key}: {str(part).lower()} is not a value of this setting")
        return data
