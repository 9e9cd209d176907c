"""Exact search: the best of all candidates, at the speed of float32.

A float32 pass over all candidates finds the best and everything within its rounding error, and only that is settled in
float64. So both engines choose the same candidate. For ITT the error is bounded by a proof; for IOT, whose every layer
would make such a bound looser, it is measured at each choice (`measured`).

What does not change is computed once:
* the action tower of candidates that stand, once an episode at most;
* its last matrix never, if it is linear: l_S . (W h) = (W^T l_S) . h moves it to the state's side;
* the state's part of IOT's first layer once a step, its action part once an episode if the candidates stand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from itt.native.instructions import larger
from itt.native.kernel import inlined_kernel, kernel
from itt.rollouts.compiled import generator, towers
from itt.rollouts.compiled.actor import BOUNDS, CANDIDATES, FRESH, IOT, ITT, LATENT, QUERY, STANDING, SUBSAMPLE, ZERO
from itt.rollouts.compiled.generator import LANES
from itt.rollouts.compiled.scores import exact_block, exact_score
from itt.rollouts.compiled.towers import ACTIVATION, INPUTS, LINEAR, OUTPUTS, RELU, ROUNDING, START, bound_layer

_FINE, _COARSE = 1e-30, 1e30
"""Between these no score is near where float32 underflows or overflows, of which the bound knows nothing."""
_HUGE = 1e300
"""So far from where float64 overflows, rounding does not matter."""
_MARGIN = 16.0
"""How many times the largest of LANES errors that were seen an error may be."""
_SEVERAL = 8
"""From so many candidates of a block on, the whole block costs less than each alone. ReLU makes ties common."""


@kernel
def prepare(actor: Any) -> None:
    """The candidates that stand, their features, and the bounds on features."""
    if actor.pool and not actor.discrete:
        both = generator.mixed(actor.keys[CANDIDATES], 0)
        for column in range(0, actor.actions.shape[1], LANES):
            generator.fill(both, actor.low, actor.span, actor.pool, column, actor.drawn)
            for j in range(len(actor.drawn)):
                for lane in range(LANES):
                    actor.actions[j, column + lane] = actor.drawn[j, lane]
    if not actor.filtered:
        return
    if actor.method == ITT:
        for number in range(len(actor.action) - actor.folded):
            start, outputs, inputs, activation, _ = actor.action[number]
            spare = actor.buffers[BOUNDS]
            bound_layer(actor.theta, start, outputs, inputs, inputs, activation, actor.size, actor.error, spare)
        if actor.folded and not _stays_finite(actor):
            for i in range(len(actor.error)):
                actor.error[i] = np.inf  # float32 says nothing of such candidates
    for block in range(len(actor.features)):
        _keep(actor, actor.actions, block * LANES)
        for i in range(actor.features.shape[1]):
            for lane in range(LANES):
                actor.features[block, i, lane] = actor.first[i, lane]


@kernel
def _stays_finite(actor: Any) -> Any:
    """Whether the action tower's last matrix, which is moved to the state's side, gives finite latents in float64."""
    start, outputs, inputs, _, _ = actor.action[-1]
    for i in range(outputs):
        total = 0.0
        for j in range(inputs):
            total += abs(actor.theta[start + i * inputs + j]) * (actor.size[j] + actor.error[j])
        if not total < _HUGE:
            return False
    return True


@inlined_kernel
def _keep(actor: Any, source: Any, column: Any) -> None:
    """The features of LANES candidates, from the columns of `source` from `column` on into `first`."""
    zero = actor.buffers[ZERO]
    if actor.method == IOT:
        start, outputs, inputs = actor.state[0, START], actor.state[0, OUTPUTS], actor.state[0, INPUTS]
        size = len(actor.actions)
        first = start + inputs - size
        towers.layer(actor.theta32, first, outputs, size, inputs, zero, LINEAR, source, column, actor.first)
        return
    layers = len(actor.action) - actor.folded
    if layers == 0:
        base = np.uintp(column)
        for j in range(len(actor.actions)):
            for lane in range(LANES):
                actor.first[j, lane] = source[j, base + np.uintp(lane)]
        return
    target, spare = (actor.first, actor.second) if layers % 2 else (actor.second, actor.first)
    for number in range(layers):
        start, outputs, inputs, activation, _ = actor.action[number]
        towers.layer(actor.theta32, start, outputs, inputs, inputs, zero, activation, source, column, target)
        source, column = target, 0
        target, spare = spare, target


@inlined_kernel
def find(actor: Any, transition: Any) -> Any:
    """The index of the best score: a float32 pass, then float64 for whatever its rounding leaves open."""
    features = actor.features.shape[1]
    for i in range(features):
        actor.query[i] = actor.buffers[QUERY, i]
    fresh = generator.mixed(actor.keys[CANDIDATES], transition)
    subsampled = generator.mixed(actor.keys[SUBSAMPLE], transition)
    for block in range(len(actor.scores)):
        start, row = block * LANES, actor.scores[block : block + 1]
        if actor.source == STANDING:
            _score(actor, actor.features[block], row)
            continue
        if actor.source == FRESH:
            generator.fill(fresh, actor.low, actor.span, actor.candidates, start, actor.drawn)
            _keep(actor, actor.drawn, 0)
        else:
            for lane in range(LANES):
                place = generator.index_below(subsampled, start + lane, actor.pool)
                for i in range(features):
                    actor.first[i, lane] = actor.features[place // LANES, i, place % LANES]
        _score(actor, actor.first, row)
    for lane in range(len(actor.scores) * LANES - actor.candidates):
        actor.scores[-1, LANES - 1 - lane] = -np.inf
    return _settled(actor, transition, _largest(actor.scores, actor.first[0]))


@inlined_kernel
def _score(actor: Any, source: Any, row: Any) -> None:
    """The float32 scores of LANES candidates with the features `source`, (features, LANES), into row[0]."""
    zero = actor.buffers[ZERO]
    if actor.method == ITT:
        features = len(source)
        towers.layer(actor.query, 0, 1, features, features, zero, LINEAR, source, 0, row)
        return
    target, spare = actor.second, actor.first
    for i in range(actor.state[0, OUTPUTS]):
        part = np.float32(actor.buffers[LATENT, i])
        floor = np.float32(0.0 if actor.state[0, ACTIVATION] == RELU else -np.inf)
        for lane in range(LANES):
            target[i, lane] = larger(source[i, lane] + part, floor)
    for number in range(1, len(actor.state)):
        start, outputs, inputs, activation, _ = actor.state[number]
        towers.layer(actor.theta32, start, outputs, inputs, inputs, zero, activation, target, 0, spare)
        target, spare = spare, target
    for lane in range(LANES):
        row[0, lane] = target[0, lane]


@kernel
def _largest(scores: Any, lanes: Any) -> Any:
    """The largest score; lane by lane first, which vectorises."""
    for lane in range(LANES):
        lanes[lane] = scores[0, lane]
    for block in range(1, len(scores)):
        for lane in range(LANES):
            lanes[lane] = larger(lanes[lane], scores[block, lane])
    half = LANES // 2
    while half:
        for lane in range(half):
            lanes[lane] = larger(lanes[lane], lanes[half + lane])
        half //= 2
    return lanes[0]


@inlined_kernel
def _settled(actor: Any, transition: Any, best: Any) -> Any:
    """The index of the best score in float64, given the best in float32; -1 where float32 says nothing."""
    if actor.method == ITT:
        tolerance = bound(actor)
        if not _FINE < tolerance < _COARSE:
            return -1
    else:
        if not _all_finite(actor.scores, actor.candidates):
            return -1
        tolerance = measured(actor, transition, best)
    threshold = np.float32(best - 2.0 * tolerance)
    chosen, highest = 0, -np.inf
    for block in range(len(actor.scores)):
        near = np.int32(0)
        for lane in range(LANES):
            near += np.int32(actor.scores[block, lane] >= threshold)
        if near == 0:
            continue
        if near > _SEVERAL:
            exact_block(actor, transition, block)
        for lane in range(LANES):
            if actor.scores[block, lane] >= threshold:
                n = block * LANES + lane
                score = actor.exact[n] if near > _SEVERAL else exact_score(actor, transition, n)
                if score > highest:
                    chosen, highest = n, score
    return chosen


@inlined_kernel
def bound(actor: Any) -> Any:
    """ITT: how far a float32 score of this state can be from the exact one."""
    total, terms = 0.0, actor.features.shape[1] + 2
    for i in range(actor.features.shape[1]):
        reach = actor.error[i] + terms * ROUNDING * (actor.size[i] + actor.error[i])
        total += abs(actor.buffers[QUERY, i]) * reach
    return total


@inlined_kernel
def measured(actor: Any, transition: Any, best: Any) -> Any:
    """IOT: _MARGIN times the largest error in the block that holds the best.

    The worst case grows with every layer by the sum of a row's weights, errors as they are by the root of the sum of
    their squares: over DMCS' six layers that is a thousand times less, and one candidate in five would be left open.
    Rounding errors that are sums of many small ones are close to normal (Higham and Mary 2019), so the largest of 128
    is some 2.7 standard deviations and the margin more than forty. A block that happens to be exact, as
    one of dead ReLUs is, says nothing of the others: half a unit in the best score's last place is the least error.
    """
    block = 0
    while not _holds(actor.scores[block], best):
        block += 1
    exact_block(actor, transition, block)
    worst = 0.0
    for lane in range(min(LANES, actor.candidates - block * LANES)):
        worst = max(worst, abs(actor.exact[block * LANES + lane] - np.float64(actor.scores[block, lane])))
    return _MARGIN * max(worst, 2.0**-24 * abs(best))


@kernel
def _all_finite(scores: Any, count: Any) -> Any:
    """Whether the first `count` scores are far from where float32 overflows."""
    finite = np.int32(0)
    for block in range(len(scores)):
        for lane in range(LANES):
            finite += np.int32(abs(scores[block, lane]) < np.float32(_COARSE))
    return finite == count


@kernel
def _holds(row: Any, value: Any) -> Any:
    """Whether one of LANES float32 numbers is `value`."""
    found = np.int32(0)
    for lane in range(LANES):
        found += np.int32(row[lane] == value)
    return found > 0
