"""The compiled policy: from a state to an action, with no Python in between."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from itt import seeding
from itt.algorithms.es.settings import ESRun
from itt.candidates import build, pool_key
from itt.native.kernel import inlined_kernel, kernel
from itt.policies import Theta
from itt.policies.latents import latents
from itt.rollouts.compiled import generator, searches, towers
from itt.rollouts.compiled.actor import (
    CANDIDATES,
    EXPLICIT,
    FEW,
    INPUT,
    IOT,
    ITT,
    LATENT,
    SELECTION,
    SOFTMAX,
    SPARE,
    SUBSAMPLE,
    Actor,
    make,
)
from itt.rollouts.compiled.exact_search import bound, find, prepare
from itt.rollouts.compiled.scores import coordinate, exact_block, exact_score, state_latent, state_part
from itt.rollouts.compiled.searches import EXACT, fill
from itt.rollouts.compiled.towers import ACTIVATION, OUTPUTS, ROUNDING, START, TANH
from itt.seeding import Key, Purpose

__all__ = ["Actor", "act", "begin", "choose", "make"]


def begin(actor: Actor, run: ESRun, theta: Theta, key: Key) -> float | None:
    """Fills in theta, shape (D,), and the candidates that stand in the episode `key`.

    Returns:
        The CPU time, in seconds, that it took to compute what is kept of candidates that stand; None where nothing is,
        or where the episode before had the same candidates and the same action tower.
    """
    started = time.thread_time()
    pool = pool_key(run.candidates, key)
    drawn = seeding.words(pool, Purpose.CANDIDATES)[0]
    kept = slice(int(actor.action[0, START]) if len(actor.action) else 0, len(theta))
    stands = drawn == actor.keys[CANDIDATES] and actor.theta[kept].tobytes() == theta[kept].tobytes()
    actor.theta[:-1] = theta
    with np.errstate(over="ignore"):  # what float32 cannot hold is scored in float64
        actor.theta32[:] = theta
    np.take(actor.theta, actor.places, out=actor.columns)
    actor.keys[CANDIDATES] = drawn
    actor.keys[SUBSAMPLE] = seeding.words(key, Purpose.SUBSAMPLE)[0]
    actor.keys[SELECTION] = seeding.words(key, Purpose.SELECTION)[0]
    if stands and actor.pool:
        return None
    if actor.discrete:
        actor.size[: len(actor.actions)] = np.abs(actor.actions).max(axis=1)
    else:
        actor.size[: len(actor.low)] = np.abs(actor.bounds).max(axis=0) * (1.0 + ROUNDING)
    actor.error[:] = 0.0
    prepare(actor)
    if actor.search != EXACT:
        tower = towers.layers(actor.action)
        found = latents(tower, theta[kept], actor.actions.T[: actor.pool])
        fill(actor.built, build(run.search, run.policy.kernel, found, pool))
    return time.thread_time() - started if actor.pool and not actor.discrete else None


@inlined_kernel
def act(actor: Any, state: Any, transition: Any, action: Any) -> None:
    """Chooses an action: state, shape (s,) -> action, shape (a,), or the index of a discrete one in action[0]."""
    for i in range(len(state)):
        actor.buffers[INPUT, i] = state[i]
    if actor.method == EXPLICIT and not actor.discrete:
        _explicit(actor, action)
        return
    chosen = choose(actor, transition)
    if actor.discrete:
        action[0] = chosen
    else:
        for j in range(len(action)):
            action[j] = coordinate(actor, transition, chosen, j)


@inlined_kernel
def choose(actor: Any, transition: Any) -> Any:
    """The index in A* of the choice for the state in the input buffer."""
    if actor.method == EXPLICIT:
        towers.run(actor.columns, actor.state, actor.buffers[INPUT], actor.buffers[SPARE])
        for n in range(actor.candidates):
            actor.exact[n] = actor.buffers[INPUT, n]
        return _among_exact(actor, transition)
    if actor.method == IOT:
        state_part(actor)
    else:
        state_latent(actor)
    if actor.search != EXACT:
        return searches.choose(actor.search, actor.built, actor.buffers[LATENT], actor.keys[SELECTION], transition)
    if actor.filtered:
        if actor.method == ITT and is_zero(actor.buffers[LATENT], actor.state[-1, OUTPUTS]) and bound(actor) == 0.0:
            return 0  # all scores are zero
        chosen = find(actor, transition)
        if chosen >= 0:
            return chosen
    if actor.candidates <= FEW:
        for n in range(actor.candidates):
            actor.exact[n] = exact_score(actor, transition, n)
    else:
        for block in range(len(actor.scores)):
            exact_block(actor, transition, block)
    return _among_exact(actor, transition)


@inlined_kernel
def _explicit(actor: Any, action: Any) -> None:
    """The explicit policy's output as an action: stretched from tanh's range to the bounds, and clipped to them."""
    towers.run(actor.columns, actor.state, actor.buffers[INPUT], actor.buffers[SPARE])
    squashed = actor.state[-1, ACTIVATION] == TANH
    for j in range(len(action)):
        low, high = actor.bounds[0, j], actor.bounds[1, j]
        value = actor.buffers[INPUT, j]
        if squashed:
            value = low + (value + 1.0) / 2.0 * (high - low)
        action[j] = min(max(value, low), high)


@kernel
def _among_exact(actor: Any, transition: Any) -> Any:
    """One of the `exact` scores: the first best (Eq. 5) or a draw (Eq. 3); see `itt.candidates.selection`."""
    best, top, total = 0, -math.inf, 0.0
    for n in range(actor.candidates):
        if actor.exact[n] > top:  # never true of NaN
            best, top = n, actor.exact[n]
    if not actor.sample or not math.isfinite(top):
        return best
    for n in range(actor.candidates):
        if math.isnan(actor.exact[n]):
            actor.exact[n] = total
            continue
        weight = actor.exact[n] - top
        if actor.method == ITT and actor.kernel == SOFTMAX:
            weight = math.exp(min(top, 700.0)) * math.expm1(weight)
        total += math.exp(weight)
        actor.exact[n] = total
    goal = generator.unit(actor.keys[SELECTION], transition) * total
    for n in range(actor.candidates):
        if actor.exact[n] > goal:
            return n
    return actor.candidates - 1


@inlined_kernel
def is_zero(vector: Any, size: Any) -> Any:
    """Whether the first `size` numbers of a vector are all zero."""
    total = 0.0
    for i in range(size):
        total += abs(vector[i])
    return total == 0.0
