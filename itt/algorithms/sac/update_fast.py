"""The update of `update.py` with gradients by hand, in about half the time.

All parameters of an optimiser lie in one flat array, and large intermediate arrays are there before the first update.
Products are torch's; all that is done to their numbers is one compiled pass each (`elementwise.py`). The random numbers
and the order of steps are those of the readable form, and gradients differ by rounding only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import softplus

from itt.algorithms.sac import elementwise
from itt.algorithms.sac.networks import Networks, Shape, entropy_of
from itt.algorithms.sac.settings import SAC
from itt.algorithms.sac.update import DAMPING, Arrays, Told
from itt.experience import Batch
from itt.networks import named_arrays, tanh_gaussian

DECAY, SQUARE_DECAY = 0.9, 0.999
"""Adam's beta_1 and beta_2."""


class Layers:
    """A piece of a flat array as the weights and biases of an MLP; gradients and Adam's moments have the same form.

    Attributes:
        weights: (outputs, inputs) of each layer.
        turned: The same, transposed.
        biases: (outputs,) of each layer.
    """

    def __init__(self, sizes: tuple[int, ...], flat: NDArray[Any]) -> None:
        """Views into `flat`, which has `count(sizes)` numbers."""
        self.weights: list[Tensor] = []
        self.biases: list[NDArray[Any]] = []
        start = 0
        for inputs, outputs in pairwise(sizes):
            weight = flat[start : start + inputs * outputs].reshape(outputs, inputs)
            start += inputs * outputs
            self.weights.append(torch.from_numpy(weight))
            self.biases.append(flat[start : start + outputs])
            start += outputs
        self.turned = [weight.T for weight in self.weights]
        self.output_bias = torch.from_numpy(self.biases[-1])
        self.output_weight = self.weights[-1][0].numpy()

    def named(self) -> dict[str, NDArray[Any]]:
        """Each array under the name that torch has for it in an `MLP`."""
        found = {}
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            found[f"layers.{k}.weight"], found[f"layers.{k}.bias"] = weight.numpy(), bias
        return found


def count(sizes: tuple[int, ...]) -> int:
    """The parameters of an MLP."""
    return sum((m + 1) * n for m, n in pairwise(sizes))


class Room:
    """What an MLP's pass over B rows works in: its layers' outputs, and the gradients of the hidden ones."""

    def __init__(self, sizes: tuple[int, ...], rows: int, dtype: torch.dtype) -> None:
        """For `rows` = B rows."""
        self.hidden = [torch.empty(rows, n, dtype=dtype) for n in sizes[1:-1]]
        self.gradients = [torch.empty(rows, n, dtype=dtype) for n in sizes[1:-1]]
        self.outputs = torch.empty(rows, sizes[-1], dtype=dtype)
        self.seen = [hidden.numpy() for hidden in self.hidden]
        self.sent = [gradient.numpy() for gradient in self.gradients]
        self.found = self.outputs.numpy()


def forward(layers: Layers, inputs: Tensor, room: Room) -> NDArray[Any]:
    """The MLP's outputs, (B, sizes[0]) -> (B, sizes[-1]); `room` keeps what `backward` needs."""
    for k, hidden in enumerate(room.hidden):
        torch.mm(inputs, layers.turned[k], out=hidden)
        elementwise.bias_relu(room.seen[k], layers.biases[k])
        inputs = hidden
    torch.addmm(layers.output_bias, inputs, layers.turned[-1], out=room.outputs)
    return room.found


def backward(layers: Layers, inputs: Tensor, room: Room, gradient: Layers) -> None:
    """Gradients of the weights and biases, from that of the sums of the last hidden layer, which stands in `room`."""
    for k in range(len(room.hidden) - 1, -1, -1):
        torch.mm(room.gradients[k].T, room.hidden[k - 1] if k else inputs, out=gradient.weights[k])
        if k:
            torch.mm(room.gradients[k], layers.weights[k], out=room.gradients[k - 1])
            elementwise.through_relu_summed(room.sent[k - 1], room.seen[k - 1], gradient.biases[k - 1])


def backward_to_inputs(layers: Layers, room: Room, places: NDArray[np.int64], columns: Tensor) -> NDArray[Any]:
    """The gradient of some inputs, whose `columns` of the first weights are given, at the rows `places` of a pass.

    Begins with that of the sums of the last hidden layer, which stands in the first rows of `room`.
    """
    rows = len(places)
    for k in range(len(room.hidden) - 1, 0, -1):
        torch.mm(room.gradients[k][:rows], layers.weights[k], out=room.gradients[k - 1][:rows])
        elementwise.through_relu_at(room.sent[k - 1][:rows], room.seen[k - 1], places)
    return torch.mm(room.gradients[0][:rows], columns).numpy()


class Optimised:
    """Flat parameters of networks of one shape, their gradients, and Adam's moments."""

    def __init__(self, sizes: tuple[int, ...], networks: int, rate: float, dtype: Any) -> None:
        """For so many networks, with step size `rate`."""
        self.number = np.dtype(dtype).type
        self.flat, self.gradient, self.mean, self.square = np.zeros((4, networks * count(sizes)), dtype)
        self.rate, self.steps = rate, 0
        self.layers, self.gradients, self.means, self.squares = (
            [Layers(sizes, part) for part in np.split(flat, networks)]
            for flat in (self.flat, self.gradient, self.mean, self.square)
        )

    def step(self) -> None:
        """One of Adam."""
        self.steps += 1
        values = (
            DECAY, 1.0 - DECAY, SQUARE_DECAY, 1.0 - SQUARE_DECAY, self.rate / (1.0 - DECAY**self.steps),
            (1.0 - SQUARE_DECAY**self.steps) ** -0.5, DAMPING,
        )  # fmt: skip
        elementwise.adam(self.flat, self.gradient, self.mean, self.square, *map(self.number, values))


class FastUpdate:
    """An update without autograd; see `update.Update` for what its methods do."""

    def __init__(self, settings: SAC, shape: Shape, networks: Networks, dtype: torch.dtype) -> None:
        """Begins with the networks' parameters."""
        self.settings, self.shape, self.entropy = settings, shape, entropy_of(settings, shape.action)
        self.dtype, kind = dtype, torch.empty(0, dtype=dtype).numpy().dtype
        self.number, rows = kind.type, settings.batch_size
        self.clip = self.number(tanh_gaussian.CLIP)
        self.policy = Optimised(shape.policy, 1, settings.policy_lr, kind)
        self.q = Optimised(shape.q, 2, settings.q_lr, kind)
        self.alpha = Optimised((0, 1), 1, settings.alpha_lr, kind)
        self.alpha.flat[:] = math.log(settings.initial_alpha)  # its bias is log alpha
        self.target = np.zeros_like(self.q.flat)
        self.targets = [Layers(shape.q, part) for part in np.split(self.target, 2)]
        for name, array in self._named().items():
            owner, _, parameter = name.partition("/")
            array[...] = named_arrays.arrays(getattr(networks, owner))[parameter]
        s = shape.observation
        self.action_columns = [layers.weights[0][:, s:] for layers in self.q.layers]

        self.policy_room = Room(shape.policy, rows, dtype)
        self.q_rooms = [Room(shape.q, rows, dtype) for _ in range(2)]
        self.acting_rooms: dict[int, Room] = {}
        self.pair = np.empty((rows, s + shape.action), kind)
        self.pair_tensor = torch.from_numpy(self.pair)
        self.head_gradient = torch.empty(rows, 2 * shape.action, dtype=dtype)
        self.of_action = np.empty((rows, shape.action), kind)
        self.places = np.zeros((2, rows), np.int64)
        self.log_density, self.wanted = np.empty((2, rows), kind)
        self.of_q = np.empty((2, rows), kind)

    def learn(self, batch: Batch, noise: NDArray[np.float32], move_targets: bool) -> Told:
        """See `Update`."""
        s, number = self.settings, self.number
        if self.dtype != torch.float32:
            batch = Batch(batch.rows.astype(number), self.shape.observation, self.shape.action)
            noise = noise.astype(number)
        observation, following = torch.from_numpy(batch.observation), torch.from_numpy(batch.following)
        alpha = number(math.exp(self.alpha.flat[0]))

        _, _, latent = self._draw(following, noise[0])
        elementwise.beside(batch.rows, self.pair.shape[1] + 2, latent.tanh().numpy(), self.pair)
        next_1, next_2 = (
            forward(layers, self.pair_tensor, room) for layers, room in zip(self.targets, self.q_rooms, strict=True)
        )
        elementwise.q_targets(
            batch.rows, self.pair.shape[1], next_1, next_2, self.log_density, alpha, number(s.reward_scale),
            number(s.discount), self.wanted,
        )  # fmt: skip
        found = [self._q_gradient(k, torch.from_numpy(batch.pair)) for k in range(2)]
        self.q.step()

        xi, std, latent = self._draw(observation, noise[1])
        action = latent.tanh()
        elementwise.beside(batch.rows, 0, action.numpy(), self.pair)
        q_1, q_2 = (
            forward(layers, self.pair_tensor, room) for layers, room in zip(self.q.layers, self.q_rooms, strict=True)
        )
        policy_loss, ones = elementwise.smaller_q(q_1, q_2, self.log_density, alpha, self.places)
        self._action_gradient(ones)
        self._policy_gradient(observation, noise[1], alpha, xi, std, action)
        self.policy.step()

        self._draw(observation, noise[2])
        entropy = -float(self.log_density.mean())
        alpha_loss = -float(alpha) * (self.entropy - entropy)
        self.alpha.gradient[:] = alpha_loss  # by log alpha, as alpha = e^(log alpha)
        self.alpha.step()

        if move_targets:
            elementwise.follow(self.target, self.q.flat, number(s.target_tau))
        (loss_1, mean_1), (loss_2, mean_2) = found
        return Told(loss_1 + loss_2, policy_loss, alpha_loss, float(alpha), entropy, (mean_1 + mean_2) / 2)

    def act(self, observations: NDArray[np.float32], noise: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """See `Update`."""
        rows = len(observations)
        if rows not in self.acting_rooms:
            self.acting_rooms[rows] = Room(self.shape.policy, rows, self.dtype)
        inputs = torch.from_numpy(observations.astype(self.number, copy=False))
        outputs = forward(self.policy.layers[0], inputs, self.acting_rooms[rows])
        actions, still = np.zeros((2, rows, self.shape.action), self.number)
        elementwise.played(
            outputs, still if noise is None else noise.astype(self.number, copy=False), self.clip, actions
        )
        found: NDArray[np.float32] = actions.astype(np.float32, copy=False)
        return found

    def arrays(self) -> Arrays:
        """See `Update`."""
        found = {name: array.copy() for name, array in self._named().items()}
        found["alpha/log_alpha"] = self.alpha.flat[0].copy()
        for moment, flat in (("exp_avg", "mean"), ("exp_avg_sq", "square")):
            for name, array in self._by_parameter(f"{flat}s").items():
                found[f"adam/{moment}/{name}"] = array.copy()
        found["adam/steps"] = np.array(self.alpha.steps)
        return found

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """See `Update`."""
        for name, array in self._named().items():
            array[...] = arrays[name]
        self.alpha.flat[:] = arrays["alpha/log_alpha"]
        for moment, flat in (("exp_avg", "mean"), ("exp_avg_sq", "square")):
            for name, array in self._by_parameter(f"{flat}s").items():
                array[...] = arrays[f"adam/{moment}/{name}"]
        self.policy.steps = self.q.steps = self.alpha.steps = int(arrays["adam/steps"])

    def gradients(self) -> Arrays:
        """See `Update`."""
        return {name: array.copy() for name, array in self._by_parameter("gradients").items()}

    def _draw(self, inputs: Tensor, noise: NDArray[Any]) -> tuple[Tensor, Tensor, Tensor]:
        """Draws an action for each row, with its log-density into `log_density`.

        Returns:
            Of the head, (B, A) each: xi clipped, std, and u, of which the action is the tanh.
        """
        forward(self.policy.layers[0], inputs, self.policy_room)
        mean, spread = self.policy_room.outputs.chunk(2, dim=1)
        xi = spread.clamp(-tanh_gaussian.CLIP, tanh_gaussian.CLIP)
        std = softplus(xi)
        latent = torch.addcmul(mean, std, torch.from_numpy(noise))
        elementwise.densities(
            noise, std.log().numpy(), latent.numpy(), softplus(latent * -2.0).numpy(), self.log_density
        )
        return xi, std, latent

    def _q_gradient(self, k: int, pair: Tensor) -> tuple[float, float]:
        """That of Q_k's loss; the loss and the mean of Q_k."""
        layers, room, gradient, of_q = self.q.layers[k], self.q_rooms[k], self.q.gradients[k], self.of_q[k]
        found: tuple[float, float] = elementwise.q_gradient(forward(layers, pair, room), self.wanted, of_q)
        torch.mv(room.hidden[-1].T, torch.from_numpy(of_q), out=gradient.weights[-1][0])
        gradient.biases[-1][0] = of_q.sum()
        elementwise.through_single_output_summed(
            of_q, layers.output_weight, room.seen[-1], room.sent[-1], gradient.biases[-2]
        )
        backward(layers, pair, room, gradient)
        return found

    def _action_gradient(self, ones: int) -> None:
        """of_action <- that of -mean min(Q_1, Q_2). Each row passes back through the smaller Q alone: half the work."""
        batch = len(self.of_action)
        slope = self.number(-1.0 / batch)
        for k, rows in enumerate((ones, batch - ones)):
            layers, room = self.q.layers[k], self.q_rooms[k]
            places = self.places[k, : max(rows, 2)]  # a single row would round otherwise than several
            sent = room.sent[-1][: len(places)]
            elementwise.through_single_output_at(slope, layers.output_weight, room.seen[-1], places, sent)
            found = backward_to_inputs(layers, room, places, self.action_columns[k])
            self.of_action[places[:rows]] = found[:rows]

    def _policy_gradient(
        self, observation: Tensor, noise: NDArray[Any], alpha: Any, xi: Tensor, std: Tensor, action: Tensor
    ) -> None:
        """That of the policy's loss, through the actions, whose own gradient is known."""
        room, layers, gradient = self.policy_room, self.policy.layers[0], self.policy.gradients[0]
        elementwise.policy_head_gradient(
            room.found, noise, std.numpy(), xi.sigmoid().numpy(), action.numpy(), self.of_action, alpha,
            self.clip, self.head_gradient.numpy(),
        )  # fmt: skip
        torch.mm(self.head_gradient.T, room.hidden[-1], out=gradient.weights[-1])
        elementwise.row_sums(self.head_gradient.numpy(), gradient.biases[-1])
        torch.mm(self.head_gradient, layers.weights[-1], out=room.gradients[-1])
        elementwise.through_relu_summed(room.sent[-1], room.seen[-1], gradient.biases[-2])
        backward(layers, observation, room, gradient)

    def _named(self) -> Arrays:
        """All networks' parameters, as views."""
        found = {f"policy/{name}": array for name, array in self.policy.layers[0].named().items()}
        for owner, pair in (("q", self.q.layers), ("target", self.targets)):
            for k, layers in enumerate(pair):
                found |= {f"{owner}/networks.{k}.{name}": array for name, array in layers.named().items()}
        return found

    def _by_parameter(self, what: str) -> Arrays:
        """What an `Optimised` has of each parameter, as views."""
        found = {f"policy/{name}": array for name, array in getattr(self.policy, what)[0].named().items()}
        for k, layers in enumerate(getattr(self.q, what)):
            found |= {f"q/networks.{k}.{name}": array for name, array in layers.named().items()}
        return found | {"alpha/log_alpha": getattr(self.alpha, what)[0].biases[0].reshape(())}
