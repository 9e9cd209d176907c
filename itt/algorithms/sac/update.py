"""One update of all networks, as arXiv:1812.05905 tells it (Algorithm 1). `update_fast` has the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Adam

from itt.algorithms.sac import losses
from itt.algorithms.sac.networks import Networks, Shape, entropy_of
from itt.algorithms.sac.settings import SAC
from itt.experience import Batch
from itt.networks import named_arrays, tanh_gaussian

Arrays = dict[str, NDArray[Any]]
DAMPING = 1e-7
"""Adam's epsilon, TensorFlow's default, as in the template."""
NETWORKS = ("policy", "q", "target")
OPTIMISED = ("policy", "q", "alpha")


class Told(NamedTuple):
    """What an update found, means over its batch: losses (of Q the sum of both), and what they are made of."""

    q_loss: float
    policy_loss: float
    alpha_loss: float
    alpha: float
    entropy: float
    q: float


class Update(Protocol):
    """What both forms of an update do."""

    def learn(self, batch: Batch, noise: NDArray[np.float32], move_targets: bool) -> Told:
        """One step of each Q, of the policy and of alpha, in this order, and of the targets if they are to move.

        Args:
            batch: As networks see it.
            noise: epsilon of three drawn actions, (3, B, A): of the next observations in the target of Q, of the
                observations in the policy's loss, and of the same, once the policy has learned, in alpha's.
            move_targets: Whether the target networks follow now.
        """

    def act(self, observations: NDArray[np.float32], noise: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """Actions in (-1, 1)^A of observations as networks see them, (n, s) -> (n, A); without noise the mean ones.

        Products of a single row round otherwise than those of several: n is at least 2.
        """

    def arrays(self) -> Arrays:
        """All parameters and all that the optimisers remember."""

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Goes on from what `arrays` gave, of either form."""

    def gradients(self) -> Arrays:
        """Those of the newest update, by parameter."""


class ReadableUpdate:
    """An update in PyTorch's own words."""

    def __init__(self, settings: SAC, shape: Shape, networks: Networks, device: str, dtype: torch.dtype) -> None:
        """Takes over the networks."""
        self.settings, self.entropy = settings, entropy_of(settings, shape.action)
        self.device, self.dtype = torch.device(device), dtype
        self.policy = networks.policy.to(self.device, dtype)
        self.q, self.target = networks.q.to(self.device, dtype), networks.target.to(self.device, dtype)
        initial = torch.tensor(settings.initial_alpha, dtype=torch.float64).log().to(self.device, dtype)
        self.log_alpha = nn.Parameter(initial)
        self.optimisers = {
            "policy": Adam(self.policy.parameters(), settings.policy_lr, eps=DAMPING),
            "q": Adam(self.q.parameters(), settings.q_lr, eps=DAMPING),
            "alpha": Adam([self.log_alpha], settings.alpha_lr, eps=DAMPING),
        }

    def learn(self, batch: Batch, noise: NDArray[np.float32], move_targets: bool) -> Told:
        """See `Update`."""
        s = self.settings
        observation, action, following = map(self._tensor, (batch.observation, batch.action, batch.following))
        reward, terminal = self._tensor(batch.reward), self._tensor(batch.terminal)
        for_target, for_policy, for_alpha = map(self._tensor, noise)
        alpha = self.log_alpha.exp().detach()

        with torch.no_grad():
            next_action, log_density = tanh_gaussian.drawn(self.policy(following), for_target)
            next_q = torch.minimum(*self.target(following, next_action))
            target = losses.q_target(reward, terminal, next_q, log_density, alpha, s.reward_scale, s.discount)
        first, second = self.q(observation, action)
        q_loss = losses.q_loss(first, target) + losses.q_loss(second, target)
        self._step("q", q_loss)

        drawn, log_density = tanh_gaussian.drawn(self.policy(observation), for_policy)
        self.q.requires_grad_(False)
        policy_loss = losses.policy_loss(log_density, torch.minimum(*self.q(observation, drawn)), alpha)
        self._step("policy", policy_loss)
        self.q.requires_grad_(True)

        with torch.no_grad():
            _, log_density = tanh_gaussian.drawn(self.policy(observation), for_alpha)
        alpha_loss = losses.alpha_loss(log_density, self.log_alpha.exp(), self.entropy)
        self._step("alpha", alpha_loss)

        if move_targets:
            with torch.no_grad():
                for follower, leader in zip(self.target.parameters(), self.q.parameters(), strict=True):
                    follower.lerp_(leader, s.target_tau)
        told = (q_loss, policy_loss, alpha_loss, alpha, -log_density.mean(), (first + second).mean() / 2)
        return Told(*torch.stack([one.detach() for one in told]).tolist())

    @torch.no_grad()
    def act(self, observations: NDArray[np.float32], noise: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """See `Update`."""
        outputs = self.policy(self._tensor(observations))
        if noise is None:
            actions = tanh_gaussian.mean_action(outputs)
        else:
            actions, _ = tanh_gaussian.drawn(outputs, self._tensor(noise))
        return actions.to("cpu", torch.float32).numpy()

    def arrays(self) -> Arrays:
        """See `Update`."""
        found = {"alpha/log_alpha": self.log_alpha.detach().cpu().numpy().copy()}
        for name in NETWORKS:
            found |= named_arrays.arrays(getattr(self, name), f"{name}/")
        for name, parameter, _, state in self._optimised():
            for moment in ("exp_avg", "exp_avg_sq"):
                value = state.get(moment, torch.zeros_like(parameter))
                found[f"adam/{moment}/{name}"] = value.detach().cpu().numpy().copy()
        found["adam/steps"] = np.array(self._steps())
        return found

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """See `Update`."""
        for name in NETWORKS:
            named_arrays.load(getattr(self, name), arrays, f"{name}/")
        with torch.no_grad():
            self.log_alpha.copy_(self._tensor(arrays["alpha/log_alpha"]))
        for name, parameter, optimiser, _ in self._optimised():
            optimiser.state[parameter] = {
                "step": torch.tensor(float(arrays["adam/steps"])),
                **{key: self._tensor(arrays[f"adam/{key}/{name}"]).clone() for key in ("exp_avg", "exp_avg_sq")},
            }

    def gradients(self) -> Arrays:
        """See `Update`."""
        return {
            name: parameter.grad.cpu().numpy().copy()
            for name, parameter, *_ in self._optimised()
            if parameter.grad is not None
        }

    def _step(self, name: str, loss: Tensor) -> None:
        optimiser = self.optimisers[name]
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    def _steps(self) -> int:
        state = self.optimisers["alpha"].state.get(self.log_alpha)
        return int(state["step"]) if state else 0

    def _optimised(self) -> list[tuple[str, nn.Parameter, Adam, dict[str, Any]]]:
        """(name, parameter, its optimiser, what that remembers of it) of all that is learned."""
        named = [
            *((f"policy/{name}", parameter, "policy") for name, parameter in self.policy.named_parameters()),
            *((f"q/{name}", parameter, "q") for name, parameter in self.q.named_parameters()),
            ("alpha/log_alpha", self.log_alpha, "alpha"),
        ]
        return [
            (name, parameter, self.optimisers[owner], self.optimisers[owner].state.get(parameter, {}))
            for name, parameter, owner in named
        ]

    def _tensor(self, values: Any) -> Tensor:
        return torch.as_tensor(np.asarray(values), device=self.device).to(self.dtype)
