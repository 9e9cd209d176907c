"""Two values of an observation and an action, of which the smaller one is believed (Fujimoto et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from itt.networks.mlp import MLP


class TwinQ(nn.Module):
    """Q_1 and Q_2 of [observation, action], each an MLP of its own."""

    def __init__(self, sizes: Sequence[int], random: np.random.Generator) -> None:
        """Two MLPs of `sizes`, whose first is s + A and whose last is 1; Q_1 is drawn first."""
        super().__init__()
        self.networks = nn.ModuleList(MLP(sizes, random) for _ in range(2))

    def forward(self, observation: Tensor, action: Tensor) -> tuple[Tensor, Tensor]:
        """(B, s), (B, A) -> Q_1 and Q_2, (B,) each."""
        both = torch.cat((observation, action), dim=-1)
        first, second = (cast(Tensor, network(both)).squeeze(-1) for network in self.networks)
        return first, second
