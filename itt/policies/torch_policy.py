"""The three methods as PyTorch modules: what a reader checks against Sec. 2, and the reference engine's policy.

Everything is float64: the scores of neighbouring candidates can differ by less than float32 resolves. Sums are taken
term by term and functions are the C library's, so that all numbers have the compiled engine's bits: PyTorch's own
depend on the CPU, and may tell equal candidates apart.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from itt.algorithms.es.settings import Kernel
from itt.linear.elementwise import arccos
from itt.linear.products import product
from itt.policies.activations import ACTIVATIONS
from itt.policies.architecture import Architecture, Layer, Theta


class Matrix(nn.Linear):
    """W x. (..., inputs) -> (..., outputs)."""

    def __init__(self, layer: Layer) -> None:
        """The matrix of a layer."""
        super().__init__(layer.inputs, layer.outputs, bias=False, dtype=torch.float64)

    def forward(self, x: Tensor) -> Tensor:
        """x W^T for rows x."""
        return _product(x.reshape(-1, self.in_features), self.weight.T).reshape(*x.shape[:-1], self.out_features)


class Activation(nn.Module):
    """A layer's activation, number by number."""

    def __init__(self, layer: Layer) -> None:
        """The activation of a layer."""
        super().__init__()
        self.in_place = ACTIVATIONS[layer.activation].in_place

    def forward(self, x: Tensor) -> Tensor:
        """Of any shape."""
        values = x.clone()
        self.in_place(values.numpy())
        return values


class Tower(nn.Sequential):
    """A stack of bias-free linear layers. (..., inputs) -> (..., outputs)."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        """A tower of the given layers, not initialised (see `load_theta`)."""
        modules: list[nn.Module] = []
        for layer in layers:
            modules += [Matrix(layer), Activation(layer)]
        super().__init__(*modules)
        self.squashed = layers[-1].activation == "tanh"


class TwoTower(nn.Module):
    """ITT (Sec. 2.2): -E(s, a) = K(l_S(s), l_A(a))."""

    def __init__(self, architecture: Architecture, kernel: Kernel) -> None:
        """A state tower and an action tower that meet in `kernel`."""
        super().__init__()
        self.state = Tower(architecture.towers[0])
        self.action = Tower(architecture.towers[1])
        self.kernel = kernel

    def prepare(self, candidates: Tensor) -> Tensor:
        """l_A(A*): (N, a) -> (N, d). What can be kept while the candidates and the action tower stand."""
        return cast(Tensor, self.action(candidates))

    def scores(self, state: Tensor, prepared: Tensor) -> Tensor:
        """(s,), (N, d) -> (N,): x.y for the kernels `dot` and `softmax`, which order alike; K of Eq. 8 for `angular`.

        The angle to a latent of length zero is taken as pi / 2.
        """
        latent = self.state(state)
        products = _product(prepared, latent[:, None])[:, 0]
        if self.kernel != "angular":
            return products
        lengths = _lengths(prepared) * _lengths(latent[None])
        cosines = torch.where(lengths > 0, products / lengths, 0.0).clamp(-1.0, 1.0)
        return 1.0 - 2.0 / np.pi * torch.from_numpy(arccos(cosines.numpy()))


class OneTower(nn.Module):
    """IOT (Sec. 1): -E(s, a) is one network of the concatenated [s, a]."""

    def __init__(self, architecture: Architecture) -> None:
        """One tower with a single output."""
        super().__init__()
        self.tower = Tower(architecture.towers[0])

    def prepare(self, candidates: Tensor) -> Tensor:
        """The candidates themselves, (N, a): one tower has nothing to compute before it knows the state."""
        return candidates

    def scores(self, state: Tensor, prepared: Tensor) -> Tensor:
        """(s,), (N, a) -> (N,): -E of every candidate."""
        inputs = torch.cat((state.expand(len(prepared), -1), prepared), dim=1)
        return cast(Tensor, self.tower(inputs)).squeeze(1)


class Explicit(nn.Module):
    """The explicit policy: state to action, or to one score a discrete action."""

    def __init__(self, architecture: Architecture) -> None:
        """One tower with as many outputs as the action has coordinates, or as there are actions."""
        super().__init__()
        self.tower = Tower(architecture.towers[0])

    def forward(self, state: Tensor) -> Tensor:
        """(s,) -> (a,) or (n,)."""
        return cast(Tensor, self.tower(state))


def _product(left: Tensor, right: Tensor) -> Tensor:
    """left right, each sum in order. (n, k), (k, m) -> (n, m)."""
    return torch.from_numpy(product(left.detach().numpy(), right.detach().numpy()))


def _lengths(rows: Tensor) -> Tensor:
    """|x| of each row, likewise. (n, k) -> (n,)."""
    squares = _product(rows * rows, torch.ones(rows.shape[1], 1, dtype=rows.dtype))[:, 0]
    return torch.from_numpy(np.sqrt(squares.numpy()))


def module(architecture: Architecture, kernel: Kernel) -> TwoTower | OneTower | Explicit:
    """The PyTorch twin of an architecture."""
    if architecture.method == "itt":
        return TwoTower(architecture, kernel)
    return OneTower(architecture) if architecture.method == "iot" else Explicit(architecture)


def load_theta(policy: nn.Module, theta: Theta) -> None:
    """Copies the flat theta, shape (D,), into the module's matrices."""
    vector_to_parameters(torch.from_numpy(np.array(theta)), policy.parameters())


def flatten(policy: nn.Module) -> NDArray[np.float64]:
    """The module's matrices as one flat theta, shape (D,); the inverse of `load_theta`."""
    return cast(NDArray[np.float64], parameters_to_vector(policy.parameters()).detach().numpy().copy())
