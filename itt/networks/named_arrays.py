"""A module's parameters as named NumPy arrays, and back: what goes into files, where no pickle may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


def arrays(module: nn.Module, prefix: str = "") -> dict[str, NDArray[Any]]:
    """Copies of all parameters by torch's own names after `prefix`."""
    return {f"{prefix}{name}": tensor.detach().cpu().numpy().copy() for name, tensor in module.named_parameters()}


def load(module: nn.Module, found: Mapping[str, NDArray[Any]], prefix: str = "") -> None:
    """Copies arrays into the parameters of their names.

    Raises:
        ValueError: One is missing or has another shape; nothing was copied.
    """
    targets = {f"{prefix}{name}": tensor for name, tensor in module.named_parameters()}
    for name, tensor in targets.items():
        if name not in found:
            raise ValueError(f"{name} is missing")
        if found[name].shape != tuple(tensor.shape):
            raise ValueError(f"{name} has shape {found[name].shape}, this network wants {tuple(tensor.shape)}")
    with torch.no_grad():
        for name, tensor in targets.items():
            tensor.copy_(torch.from_numpy(np.asarray(found[name])))
