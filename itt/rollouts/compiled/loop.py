"""The episode, compiled: observe, act, step, until it is over."""

from __future__ import annotations

from typing import Any

from itt.native.kernel import kernel
from itt.rollouts.compiled import physics as env
from itt.rollouts.compiled import policy
from itt.rollouts.compiled import sight as eyes


@kernel
def play(physics: Any, actor: Any, limit: Any, state: Any, action: Any, sight: Any, normalised: Any) -> Any:
    """One episode from the state that `physics.begin` left.

    Args:
        physics: The env.
        actor: The policy, after `actor.begin`.
        limit: Steps after which the episode is truncated.
        state: Room for an observation, shape (s,).
        action: Room for an action, shape (a,), or (1,) for an index.
        sight: After `sight.begin`, if `normalised`.
        normalised: Whether the policy sees normalised states.

    Returns:
        The sum of rewards, the number of steps, and whether the simulation diverged.
    """
    value, steps = 0.0, 0
    seen = sight.seen if normalised else state
    while True:
        env.observe(physics, state)
        if normalised:
            eyes.see(sight, state)
        policy.act(actor, seen, steps, action)
        reward, terminated, diverged = env.step(physics, action)
        value += reward
        steps += 1
        if terminated or diverged or steps >= limit:
            return value, steps, diverged
