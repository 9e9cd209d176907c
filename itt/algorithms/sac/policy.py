"""A trained policy as it is saved, and how it acts: without noise, in the env's own bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from itt.algorithms.sac.settings import POLICY
from itt.envs import EnvSpec
from itt.experience import Lens
from itt.networks import named_arrays, tanh_gaussian
from itt.networks.mlp import MLP

Arrays = dict[str, NDArray[Any]]
_LENS = "observation_"


def saved(network: Mapping[str, NDArray[Any]], lens: Lens | None) -> Arrays:
    """What a policy consists of, for a file.

    Args:
        network: Its MLP's parameters, named `policy/...`; other arrays are left out.
        lens: What it sees observations through, if it does.
    """
    found = {name: array for name, array in network.items() if name.startswith(POLICY)}
    return found | ({} if lens is None else {f"{_LENS}{name}": array for name, array in lens._asdict().items()})


class Policy:
    """A policy that `saved` gave the arrays of."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], spec: EnvSpec) -> None:
        """Reads them, to act in an env.

        Raises:
            ValueError: They are not those of such a policy, or of one for another env.
        """
        weights = [arrays[name] for name in sorted(arrays) if name.startswith(POLICY) and name.endswith("weight")]
        if not weights or any(weight.ndim != 2 or weight.dtype.kind != "f" for weight in weights):
            raise ValueError("there is no policy in these arrays")
        sizes = [weights[0].shape[1], *(weight.shape[0] for weight in weights)]
        self._network = MLP(sizes, np.random.Generator(np.random.SFC64(0)))
        named_arrays.load(self._network, arrays, POLICY)
        if (sizes[0], sizes[-1]) != (spec.observation, 2 * spec.action):
            raise ValueError(f"this policy is not for {spec.name}: it maps {sizes[0]} numbers to {sizes[-1]}")
        self.low, self.high = np.array(spec.low), np.array(spec.high)
        lens = [arrays[name] for part in Lens._fields if (name := f"{_LENS}{part}") in arrays]
        if len(lens) not in (0, len(Lens._fields)):
            raise ValueError("of what it sees observations through a part is missing")
        if any(array.shape not in ((sizes[0],), ()) or array.dtype.kind != "f" for array in lens):
            raise ValueError("what it sees observations through does not fit it")
        self.lens = Lens(*lens) if lens else None
        self._rows = np.zeros((2, sizes[0]), np.float32)  # a single row would round otherwise than a batch

    def act(self, observation: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The mean action of an observation as the env gave it, (s,) -> (A,)."""
        self._rows[:] = observation
        if self.lens is not None:
            self.lens.see(self._rows)
        with torch.no_grad():
            action = tanh_gaussian.mean_action(self._network(torch.from_numpy(self._rows)))[0].numpy()
        return within(action, self.low, self.high)


def within(action: NDArray[np.float32], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """From (-1, 1)^A to the env's bounds, (A,)."""
    return low + (action.astype(np.float64) + 1.0) * 0.5 * (high - low)
