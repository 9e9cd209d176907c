"""What an env's space promises of observations, held to at every step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.envs.spec import EnvSpec
from itt.errors import UserError


def promised(spec: EnvSpec, state: Any) -> NDArray[np.float64]:
    """A state as a vector, shape (s,), if it has the length that the env's space promises.

    Checked at every step, where an env's own simulator plays: what is read and written from it on relies on it.

    Raises:
        UserError: It has another.
    """
    vector = np.asarray(state, dtype=np.float64)
    if vector.shape != (spec.observation,):
        raise UserError(
            f"environment {spec.name} gave an observation of {vector.size} numbers, but its space promises "
            f"{spec.observation}"
        )
    return vector
