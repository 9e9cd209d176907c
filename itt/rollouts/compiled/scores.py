"""A state's latent, and scores of candidates in float64: the same bits as one by one or a block at a time.

They are what `itt.policies.torch_policy` defines.
"""

from __future__ import annotations

import math
from typing import Any

from itt.native.kernel import inlined_kernel, kernel
from itt.native.vectors import WIDTH, add_columns
from itt.rollouts.compiled import generator, towers
from itt.rollouts.compiled.actor import (
    ANGULAR,
    CANDIDATES,
    FRESH,
    INPUT,
    IOT,
    LATENT,
    OTHER,
    QUERY,
    SPARE,
    STANDING,
    SUBSAMPLE,
    VALUES,
    ZERO,
)
from itt.rollouts.compiled.generator import LANES
from itt.rollouts.compiled.towers import ACTIVATION, COLUMNS, INPUTS, OUTPUTS, START


@inlined_kernel
def state_latent(actor: Any) -> None:
    """ITT: l_S(s), and the weights that it gives to the features of a candidate."""
    latent = actor.buffers[INPUT]
    towers.run(actor.columns, actor.state, latent, actor.buffers[SPARE])
    size = actor.state[-1, OUTPUTS]
    for i in range(size):
        actor.buffers[LATENT, i] = latent[i]
        actor.buffers[QUERY, i] = latent[i]
    if actor.folded:
        last = actor.action[-1]
        for j in range(last[INPUTS]):
            actor.buffers[QUERY, j] = 0.0
        for i in range(size):
            row = last[START] + i * last[INPUTS]
            for j in range(last[INPUTS]):
                actor.buffers[QUERY, j] += actor.theta[row + j] * actor.buffers[LATENT, i]


@inlined_kernel
def state_part(actor: Any) -> None:
    """IOT: the state's share of the first layer's sums."""
    outputs, inputs, columns = actor.state[0, OUTPUTS], actor.state[0, INPUTS], actor.state[0, COLUMNS]
    sums = actor.buffers[LATENT]
    for i in range(0, outputs, WIDTH):
        for k in range(WIDTH):
            sums[i + k] = 0.0
        begin, part = columns + i * inputs, inputs - len(actor.actions)
        add_columns(actor.columns, begin, part, actor.buffers[INPUT], sums, i)


@inlined_kernel
def _pooled(actor: Any, both: Any, n: Any) -> Any:
    """Where candidate n of a transition stands in the pool."""
    return n if actor.source == STANDING else generator.index_below(both, n, actor.pool)


@inlined_kernel
def coordinate(actor: Any, transition: Any, n: Any, j: Any) -> Any:
    """Coordinate j of candidate n of a transition."""
    if actor.source == FRESH:
        both = generator.mixed(actor.keys[CANDIDATES], transition)
        return generator.coordinate(both, actor.low, actor.span, actor.candidates, n, j)
    return actor.actions[j, _pooled(actor, generator.mixed(actor.keys[SUBSAMPLE], transition), n)]


@kernel
def exact_score(actor: Any, transition: Any, n: Any) -> Any:
    """The score of candidate n in float64, as `itt.policies.torch_policy` defines it."""
    values, other, encoded = actor.buffers[VALUES], actor.buffers[OTHER], len(actor.actions)
    for j in range(encoded):
        values[j] = coordinate(actor, transition, n, j)
    if actor.method == IOT:
        outputs, inputs, columns = actor.state[0, OUTPUTS], actor.state[0, INPUTS], actor.state[0, COLUMNS]
        for i in range(0, outputs, WIDTH):
            for k in range(WIDTH):
                other[i + k] = actor.buffers[LATENT, i + k]
            begin = columns + i * inputs + WIDTH * (inputs - encoded)
            add_columns(actor.columns, begin, encoded, values, other, i)
        for i in range(outputs):
            other[i] = towers.activate(other[i], actor.state[0, ACTIVATION])
        towers.run(actor.columns, actor.state[1:], other, values)
        return other[0]
    towers.run(actor.columns, actor.action, values, other)
    product, left, right = 0.0, 0.0, 0.0
    for i in range(actor.state[-1, OUTPUTS]):
        product += values[i] * actor.buffers[LATENT, i]
        left += values[i] * values[i]
        right += actor.buffers[LATENT, i] * actor.buffers[LATENT, i]
    return _angular(product, left, right) if actor.kernel == ANGULAR else product


@kernel
def exact_block(actor: Any, transition: Any, block: Any) -> None:
    """`exact_score` of LANES candidates at once, the same bits: into `exact`."""
    start, encoded = block * LANES, len(actor.actions)
    source, target, zero = actor.wide, actor.wider, actor.buffers[ZERO]
    if actor.source == FRESH:
        both = generator.mixed(actor.keys[CANDIDATES], transition)
        generator.fill(both, actor.low, actor.span, actor.candidates, start, actor.drawn)
        for j in range(encoded):
            for lane in range(LANES):
                source[j, lane] = actor.drawn[j, lane]
    else:
        both = generator.mixed(actor.keys[SUBSAMPLE], transition)
        for lane in range(min(LANES, actor.candidates - start)):
            place = _pooled(actor, both, start + lane)
            for j in range(encoded):
                source[j, lane] = actor.actions[j, place]
    if actor.method == IOT:
        for number in range(len(actor.state)):
            begin, outputs, inputs, activation, _ = actor.state[number]
            if number == 0:
                first, latent = begin + inputs - encoded, actor.buffers[LATENT]
                towers.layer(actor.theta, first, outputs, encoded, inputs, latent, activation, source, 0, target)
            else:
                towers.layer(actor.theta, begin, outputs, inputs, inputs, zero, activation, source, 0, target)
            source, target = target, source
        for lane in range(LANES):
            actor.exact[start + lane] = source[0, lane]
        return
    for number in range(len(actor.action)):
        begin, outputs, inputs, activation, _ = actor.action[number]
        towers.layer(actor.theta, begin, outputs, inputs, inputs, zero, activation, source, 0, target)
        source, target = target, source
    for lane in range(LANES):
        product, left, right = 0.0, 0.0, 0.0
        for i in range(actor.state[-1, OUTPUTS]):
            product += source[i, lane] * actor.buffers[LATENT, i]
            left += source[i, lane] * source[i, lane]
            right += actor.buffers[LATENT, i] * actor.buffers[LATENT, i]
        actor.exact[start + lane] = _angular(product, left, right) if actor.kernel == ANGULAR else product


@kernel
def _angular(product: Any, left: Any, right: Any) -> Any:
    """Eq. 8, from a dot product and two squared lengths."""
    lengths = math.sqrt(left) * math.sqrt(right)
    cosine = min(max(product / lengths, -1.0), 1.0) if lengths > 0.0 else 0.0
    return 1.0 - 2.0 / math.pi * math.acos(cosine)
