"""The episode, compiled: observe, act, step, until it is over."""

from __future__ import annotations

from typing import Any

from itt.envs.divergence import MAX_STATE, MAX_VALUE
from itt.native.kernel import kernel
from itt.rollouts.compiled import physics as env
from itt.rollouts.compiled import policy
from itt.rollouts.compiled import sight as eyes
from itt.rollouts.compiled.simulation import beyond


@kernel
def play(
    physics: Any, actor: Any, state: Any, action: Any, sight: Any, normalised: Any, value: Any, steps: Any, until: Any
) -> Any:
    """An episode, or the next steps of one, from where `physics.begin` or the steps before left it.

    Args:
        physics: The env.
        actor: The policy, after `actor.begin`.
        state: Room for an observation, shape (s,).
        action: Room for an action, shape (a,), or (1,) for an index.
        sight: After `sight.begin`, if `normalised`.
        normalised: Whether the policy sees normalised states.
        value: The sum of rewards so far, 0.0 at first.
        steps: How many steps were played, 0 at first.
        until: How many are to have been played, at most.

    Returns:
        The sum of rewards, the number of steps, whether the env has ended the episode, and whether that is because it
        diverged (`itt.envs.divergence`).
    """
    seen = sight.seen if normalised else state
    env.observe(physics, state)
    while steps < until:
        if normalised:
            eyes.see(sight, state)
        policy.act(actor, seen, steps, action)
        reward, terminated, diverged = env.step(physics, action)
        env.observe(physics, state)
        steps += 1
        if diverged or not abs(value + reward) <= MAX_VALUE or beyond(state, MAX_STATE):
            return value, steps, True, True
        value += reward
        if terminated:
            return value, steps, True, False
    return value, steps, False, False
