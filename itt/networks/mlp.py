"""A stack of linear layers with ReLU between."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn


class MLP(nn.Module):
    """x -> W_n relu(... relu(W_1 x + b_1)) + b_n. (..., sizes[0]) -> (..., sizes[-1])."""

    def __init__(self, sizes: Sequence[int], random: np.random.Generator) -> None:
        """Layers of the given sizes, inputs first; see `glorot_uniform` for what they begin with."""
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(m, n) for m, n in pairwise(sizes))
        for layer in self.layers:
            glorot_uniform(cast(nn.Linear, layer), random)

    def forward(self, x: Tensor) -> Tensor:
        """Of any number of rows."""
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return cast(Tensor, self.layers[-1](x))


def glorot_uniform(layer: nn.Linear, random: np.random.Generator) -> None:
    """W ~ U(-l, l) with l = sqrt(6 / (inputs + outputs)), b = 0 (Glorot and Bengio 2010, Eq. 16)."""
    limit = math.sqrt(6.0 / (layer.in_features + layer.out_features))
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(random.uniform(-limit, limit, layer.weight.shape)))
        layer.bias.zero_()
