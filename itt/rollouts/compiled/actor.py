"""The compiled policy: from a state to an action, with no Python in between.

Scores are float64, as in the reference engine, but few of them are computed: a float32 pass over all candidates finds
the best and everything within its rounding error, and only that is settled in float64. So both engines choose the same
candidate, and the speed is that of float32. For ITT the error is bounded by a proof; for IOT, whose every layer would
make such a bound looser, it is measured at each choice (`_measured`).

What does not change is computed once:
* the action tower of candidates that stand, once an episode;
* its last matrix never, if it is linear: l_S . (W h) = (W^T l_S) . h moves it to the state's side;
* the state's part of IOT's first layer once a step, its action part once an episode if the candidates stand.
"""

from __future__ import annotations

import math
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt import seeding
from itt.candidates import all_actions, build, pool_key
from itt.envs import EnvSpec
from itt.policies import Architecture, Theta, encoded_size, latents
from itt.rollouts.compiled import generator, searches, towers
from itt.rollouts.compiled.generator import LANES
from itt.rollouts.compiled.kernel import inlined_kernel, kernel, larger
from itt.rollouts.compiled.searches import CODES, EXACT, Room, fill, room
from itt.rollouts.compiled.towers import (
    ACTIVATION,
    COLUMNS,
    INPUTS,
    LINEAR,
    OUTPUTS,
    RELU,
    ROUNDING,
    START,
    TANH,
    bound_layer,
)
from itt.rollouts.compiled.vectors import WIDTH, add_columns
from itt.seeding import Key, Purpose
from itt.study import Run

ITT, IOT, EXPLICIT = 0, 1, 2
DOT, SOFTMAX, ANGULAR = 0, 1, 2
STANDING, FRESH, SUBSAMPLED = 0, 1, 2
_METHODS = {"itt": ITT, "iot": IOT, "explicit": EXPLICIT}
_KERNELS = {"dot": DOT, "softmax": SOFTMAX, "angular": ANGULAR}
_CANDIDATES, _SUBSAMPLE, _SELECTION = 0, 1, 2
_FEW = 32
"""Up to so many candidates a float32 pass saves nothing."""
_FINE, _COARSE = 1e-30, 1e30
"""Between these no score is near where float32 underflows or overflows, of which the bound knows nothing."""
_MARGIN = 16.0
"""How many times the largest of LANES errors that were seen an error may be."""
_SEVERAL = 8
"""From so many candidates of a block on, the whole block costs less than each alone. ReLU makes ties common."""
# Rows of `buffers`.
_INPUT, _SPARE, _LATENT, _QUERY, _VALUES, _OTHER, _SIZE, _ERROR, _BOUNDS, _ZERO = range(10)


class Actor(NamedTuple):
    """A policy in an episode. One set of field types for all methods, so that everything compiles once.

    The arrays are filled anew for every episode. `a` is the size of an action as a tower sees it, w the widest layer; N
    is rounded up to whole blocks of LANES.
    """

    method: int
    kernel: int
    sample: bool
    discrete: bool
    filtered: bool
    """whether a float32 pass comes first"""
    source: int
    search: int
    candidates: int
    """|A*| at a transition"""
    pool: int
    """how many candidates stand; 0 if they are fresh"""
    theta: NDArray[np.float64]
    """and a zero behind it, (D + 1,)"""
    theta32: NDArray[np.float32]
    columns: NDArray[np.float64]
    """theta's matrices as `towers.run` wants them"""
    places: NDArray[np.int64]
    """where `columns` stands in theta"""
    state: NDArray[np.int64]
    """layers of the tower that sees the state"""
    action: NDArray[np.int64]
    """layers of ITT's action tower"""
    folded: int
    """how many of those, at the end, are moved to the state's side: 1 or 0"""
    low: NDArray[np.float32]
    span: NDArray[np.float32]
    bounds: NDArray[np.float64]
    """of the env's actions, (2, a)"""
    keys: NDArray[np.uint64]
    actions: NDArray[np.float32]
    """the candidates that stand, (a, N)"""
    features: NDArray[np.float32]
    """what is kept of them, (N / LANES, features, LANES): block by block, as they are read"""
    size: NDArray[np.float64]
    """how large a feature can be, (w,)"""
    error: NDArray[np.float64]
    """how far a float32 feature can be from the exact one, (w,)"""
    scores: NDArray[np.float32]
    """(N / LANES, LANES)"""
    exact: NDArray[np.float64]
    """float64 scores, (N,)"""
    query: NDArray[np.float32]
    """the weights of the features in this state, (w,)"""
    drawn: NDArray[np.float32]
    first: NDArray[np.float32]
    second: NDArray[np.float32]
    """blocks of candidates on their way through a tower, (w, LANES) each"""
    wide: NDArray[np.float64]
    wider: NDArray[np.float64]
    """the same in float64"""
    buffers: NDArray[np.float64]
    """(10, 2 w)"""
    built: Room
    """what the search has built"""


def make(run: Run, spec: EnvSpec, architecture: Architecture) -> Actor:
    """An actor for a run, with its arrays empty; see `begin`."""
    method, settings = _METHODS[run.method], run.candidates
    (state, *others), places = towers.tables(architecture.towers)
    action = others[0] if method == ITT else np.empty((0, 5), dtype=np.int64)
    folded = int(method == ITT and action[-1, ACTIVATION] == LINEAR)

    encoded = encoded_size(run.policy, spec.action, spec.discrete)
    source, count, pool = STANDING, settings.count, settings.count
    if spec.discrete:
        count = pool = spec.action
    elif method == EXPLICIT:
        count = pool = 0
    elif settings.resample == "transition":
        source, pool = FRESH, 0
    elif settings.subsample is not None:
        source, count = SUBSAMPLED, settings.subsample
    sample, angular = run.policy.selection == "sample", method == ITT and run.policy.kernel == "angular"
    heavy = method == IOT and TANH in state[:, ACTIVATION]  # errors jump where tanh turns: not to be measured
    search = EXACT if method == EXPLICIT else CODES[run.search.name]
    filtered = method != EXPLICIT and search == EXACT and not (sample or angular or heavy) and count > _FEW

    sizes = [layer.outputs for tower in architecture.towers for layer in tower]
    widest = -(-max(encoded, spec.observation + encoded, *sizes) // WIDTH) * WIDTH
    kept = action[: len(action) - folded]
    features = int(state[0, OUTPUTS]) if method == IOT else int(kept[-1, OUTPUTS]) if len(kept) else encoded
    padded = -(-pool // LANES) * LANES
    low, high = np.array(spec.low, dtype=np.float32), np.array(spec.high, dtype=np.float32)
    return Actor(
        method=method,
        kernel=_KERNELS[run.policy.kernel],
        sample=sample,
        discrete=spec.discrete,
        filtered=filtered,
        source=source,
        search=search,
        candidates=count,
        pool=pool,
        theta=np.zeros(architecture.size + 1),
        theta32=np.zeros(architecture.size, dtype=np.float32),
        columns=np.zeros(len(places)),
        places=places,
        state=state,
        action=action,
        folded=folded,
        low=low,
        span=high - low,
        bounds=np.array([spec.low, spec.high], dtype=np.float64).reshape(2, -1),
        keys=np.zeros(3, dtype=np.uint64),
        actions=np.zeros((encoded, padded), dtype=np.float32),
        features=np.zeros((padded // LANES if filtered else 0, features, LANES), dtype=np.float32),
        size=np.zeros(widest),
        error=np.zeros(widest),
        scores=np.zeros((-(-count // LANES), LANES), dtype=np.float32),
        exact=np.zeros(-(-count // LANES) * LANES),
        query=np.zeros(widest, dtype=np.float32),
        drawn=np.zeros((encoded, LANES), dtype=np.float32),
        first=np.zeros((widest, LANES), dtype=np.float32),
        second=np.zeros((widest, LANES), dtype=np.float32),
        wide=np.zeros((widest, LANES)),
        wider=np.zeros((widest, LANES)),
        buffers=np.zeros((10, 2 * widest)),
        built=room(run.search, run.policy.kernel, int(state[-1, OUTPUTS]), pool if search != EXACT else 0),
    )


def begin(actor: Actor, run: Run, theta: Theta, key: Key) -> float | None:
    """Fills in theta, shape (D,), and the candidates that stand in the episode `key`.

    Returns:
        The CPU time, in seconds, that it took to compute what is kept of candidates that stand; None where nothing is,
        or where the episode before had the same candidates and the same action tower.
    """
    started = time.thread_time()
    pool = pool_key(run.candidates, key)
    drawn = seeding.words(pool, Purpose.CANDIDATES)[0]
    kept = slice(int(actor.action[0, START]) if len(actor.action) else 0, len(theta))
    stands = drawn == actor.keys[_CANDIDATES] and actor.theta[kept].tobytes() == theta[kept].tobytes()
    actor.theta[:-1] = theta
    actor.theta32[:] = theta
    np.take(actor.theta, actor.places, out=actor.columns)
    actor.keys[_CANDIDATES] = drawn
    actor.keys[_SUBSAMPLE] = seeding.words(key, Purpose.SUBSAMPLE)[0]
    actor.keys[_SELECTION] = seeding.words(key, Purpose.SELECTION)[0]
    if stands and actor.pool:
        return None
    if actor.discrete:
        actions = all_actions(actor.pool, run.policy.encoding == "one_hot")
        actor.actions[:, : actor.pool] = actions.T
        actor.size[: actions.shape[1]] = np.abs(actions).max(axis=0)
    else:
        actor.size[: len(actor.low)] = np.abs(actor.bounds).max(axis=0) * (1.0 + ROUNDING)
    actor.error[:] = 0.0
    _prepare(actor)
    if actor.search != EXACT:
        tower = towers.layers(actor.action)
        found = latents(tower, theta[kept], actor.actions.T[: actor.pool])
        fill(actor.built, build(run.search, run.policy.kernel, found, pool))
    return time.thread_time() - started if actor.pool and not actor.discrete else None


@kernel
def act(actor: Any, state: Any, transition: Any, action: Any) -> None:
    """Chooses an action: state, shape (s,) -> action, shape (a,), or the index of a discrete one in action[0]."""
    for i in range(len(state)):
        actor.buffers[_INPUT, i] = state[i]
    if actor.method == EXPLICIT and not actor.discrete:
        _explicit(actor, action)
        return
    chosen = choose(actor, transition)
    if actor.discrete:
        action[0] = chosen
    else:
        for j in range(len(action)):
            action[j] = _coordinate(actor, transition, chosen, j)


@inlined_kernel
def choose(actor: Any, transition: Any) -> Any:
    """The index in A* of the choice for the state in the input buffer."""
    if actor.method == EXPLICIT:
        towers.run(actor.columns, actor.state, actor.buffers[_INPUT], actor.buffers[_SPARE])
        for n in range(actor.candidates):
            actor.exact[n] = actor.buffers[_INPUT, n]
        return _among_exact(actor, transition)
    if actor.method == IOT:
        _state_part(actor)
    else:
        _latent(actor)
    if actor.search != EXACT:
        return searches.choose(actor.search, actor.built, actor.buffers[_LATENT], actor.keys[_SELECTION], transition)
    if actor.filtered:
        if actor.method == ITT and _is_zero(actor.buffers[_LATENT], actor.state[-1, OUTPUTS]):
            return 0  # all scores are zero
        chosen = _best(actor, transition)
        if chosen >= 0:
            return chosen
    if actor.candidates <= _FEW:
        for n in range(actor.candidates):
            actor.exact[n] = _exact_score(actor, transition, n)
    else:
        for block in range(len(actor.scores)):
            _exact_block(actor, transition, block)
    return _among_exact(actor, transition)


@inlined_kernel
def _explicit(actor: Any, action: Any) -> None:
    """The explicit policy's output as an action: stretched from tanh's range to the bounds, and clipped to them."""
    towers.run(actor.columns, actor.state, actor.buffers[_INPUT], actor.buffers[_SPARE])
    squashed = actor.state[-1, ACTIVATION] == TANH
    for j in range(len(action)):
        low, high = actor.bounds[0, j], actor.bounds[1, j]
        value = actor.buffers[_INPUT, j]
        if squashed:
            value = low + (value + 1.0) / 2.0 * (high - low)
        action[j] = min(max(value, low), high)


@kernel
def _among_exact(actor: Any, transition: Any) -> Any:
    """One of the `exact` scores: the first best (Eq. 5) or a draw (Eq. 3); see `itt.candidates.selection`."""
    best = 0
    for n in range(1, actor.candidates):
        if actor.exact[n] > actor.exact[best]:
            best = n
    if not actor.sample:
        return best
    top, total = actor.exact[best], 0.0
    for n in range(actor.candidates):
        weight = actor.exact[n] - top
        if actor.method == ITT and actor.kernel == SOFTMAX:
            weight = math.exp(min(top, 700.0)) * math.expm1(weight)
        total += math.exp(weight)
        actor.exact[n] = total
    goal = generator.unit(actor.keys[_SELECTION], transition) * total
    for n in range(actor.candidates):
        if actor.exact[n] > goal:
            return n
    return actor.candidates - 1


@inlined_kernel
def _latent(actor: Any) -> None:
    """ITT: l_S(s), and the weights that it gives to the features of a candidate."""
    latent = actor.buffers[_INPUT]
    towers.run(actor.columns, actor.state, latent, actor.buffers[_SPARE])
    size = actor.state[-1, OUTPUTS]
    for i in range(size):
        actor.buffers[_LATENT, i] = latent[i]
        actor.buffers[_QUERY, i] = latent[i]
    if actor.folded:
        last = actor.action[-1]
        for j in range(last[INPUTS]):
            actor.buffers[_QUERY, j] = 0.0
        for i in range(size):
            row = last[START] + i * last[INPUTS]
            for j in range(last[INPUTS]):
                actor.buffers[_QUERY, j] += actor.theta[row + j] * actor.buffers[_LATENT, i]


@inlined_kernel
def _state_part(actor: Any) -> None:
    """IOT: the state's share of the first layer's sums."""
    outputs, inputs, columns = actor.state[0, OUTPUTS], actor.state[0, INPUTS], actor.state[0, COLUMNS]
    sums = actor.buffers[_LATENT]
    for i in range(0, outputs, WIDTH):
        for k in range(WIDTH):
            sums[i + k] = 0.0
        begin, part = columns + i * inputs, inputs - len(actor.actions)
        add_columns(actor.columns, begin, part, actor.buffers[_INPUT], sums, i)


@inlined_kernel
def _pooled(actor: Any, both: Any, n: Any) -> Any:
    """Where candidate n of a transition stands in the pool."""
    return n if actor.source == STANDING else generator.index_below(both, n, actor.pool)


@inlined_kernel
def _coordinate(actor: Any, transition: Any, n: Any, j: Any) -> Any:
    """Coordinate j of candidate n of a transition."""
    if actor.source == FRESH:
        both = generator.mixed(actor.keys[_CANDIDATES], transition)
        return generator.coordinate(both, actor.low, actor.span, actor.candidates, n, j)
    return actor.actions[j, _pooled(actor, generator.mixed(actor.keys[_SUBSAMPLE], transition), n)]


@kernel
def _exact_score(actor: Any, transition: Any, n: Any) -> Any:
    """The score of candidate n in float64, as `itt.policies.torch_policy` defines it."""
    values, other, encoded = actor.buffers[_VALUES], actor.buffers[_OTHER], len(actor.actions)
    for j in range(encoded):
        values[j] = _coordinate(actor, transition, n, j)
    if actor.method == IOT:
        outputs, inputs, columns = actor.state[0, OUTPUTS], actor.state[0, INPUTS], actor.state[0, COLUMNS]
        for i in range(0, outputs, WIDTH):
            for k in range(WIDTH):
                other[i + k] = actor.buffers[_LATENT, i + k]
            begin = columns + i * inputs + WIDTH * (inputs - encoded)
            add_columns(actor.columns, begin, encoded, values, other, i)
        for i in range(outputs):
            other[i] = towers.activate(other[i], actor.state[0, ACTIVATION])
        towers.run(actor.columns, actor.state[1:], other, values)
        return other[0]
    towers.run(actor.columns, actor.action, values, other)
    product, left, right = 0.0, 0.0, 0.0
    for i in range(actor.state[-1, OUTPUTS]):
        product += values[i] * actor.buffers[_LATENT, i]
        left += values[i] * values[i]
        right += actor.buffers[_LATENT, i] * actor.buffers[_LATENT, i]
    return _angular(product, left, right) if actor.kernel == ANGULAR else product


@kernel
def _angular(product: Any, left: Any, right: Any) -> Any:
    """Eq. 8, from a dot product and two squared lengths."""
    lengths = math.sqrt(left) * math.sqrt(right)
    cosine = min(max(product / lengths, -1.0), 1.0) if lengths > 0.0 else 0.0
    return 1.0 - 2.0 / math.pi * math.acos(cosine)


@kernel
def _exact_block(actor: Any, transition: Any, block: Any) -> None:
    """`_exact_score` of LANES candidates at once, the same bits: into `exact`."""
    start, encoded = block * LANES, len(actor.actions)
    source, target, zero = actor.wide, actor.wider, actor.buffers[_ZERO]
    if actor.source == FRESH:
        both = generator.mixed(actor.keys[_CANDIDATES], transition)
        generator.fill(both, actor.low, actor.span, actor.candidates, start, actor.drawn)
        for j in range(encoded):
            for lane in range(LANES):
                source[j, lane] = actor.drawn[j, lane]
    else:
        both = generator.mixed(actor.keys[_SUBSAMPLE], transition)
        for lane in range(min(LANES, actor.candidates - start)):
            place = _pooled(actor, both, start + lane)
            for j in range(encoded):
                source[j, lane] = actor.actions[j, place]
    if actor.method == IOT:
        for number in range(len(actor.state)):
            begin, outputs, inputs, activation, _ = actor.state[number]
            if number == 0:
                first, latent = begin + inputs - encoded, actor.buffers[_LATENT]
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
            product += source[i, lane] * actor.buffers[_LATENT, i]
            left += source[i, lane] * source[i, lane]
            right += actor.buffers[_LATENT, i] * actor.buffers[_LATENT, i]
        actor.exact[start + lane] = _angular(product, left, right) if actor.kernel == ANGULAR else product


@kernel
def _prepare(actor: Any) -> None:
    """The candidates that stand, their features, and the bounds on features."""
    if actor.pool and not actor.discrete:
        both = generator.mixed(actor.keys[_CANDIDATES], 0)
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
            spare = actor.buffers[_BOUNDS]
            bound_layer(actor.theta, start, outputs, inputs, inputs, activation, actor.size, actor.error, spare)
    for block in range(len(actor.features)):
        _keep(actor, actor.actions, block * LANES)
        for i in range(actor.features.shape[1]):
            for lane in range(LANES):
                actor.features[block, i, lane] = actor.first[i, lane]


@inlined_kernel
def _keep(actor: Any, source: Any, column: Any) -> None:
    """The features of LANES candidates, from the columns of `source` from `column` on into `first`."""
    zero = actor.buffers[_ZERO]
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
def _best(actor: Any, transition: Any) -> Any:
    """The index of the best score: a float32 pass, then float64 for whatever its rounding leaves open."""
    features = actor.features.shape[1]
    for i in range(features):
        actor.query[i] = actor.buffers[_QUERY, i]
    fresh = generator.mixed(actor.keys[_CANDIDATES], transition)
    subsampled = generator.mixed(actor.keys[_SUBSAMPLE], transition)
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
    zero = actor.buffers[_ZERO]
    if actor.method == ITT:
        features = len(source)
        towers.layer(actor.query, 0, 1, features, features, zero, LINEAR, source, 0, row)
        return
    target, spare = actor.second, actor.first
    for i in range(actor.state[0, OUTPUTS]):
        part = np.float32(actor.buffers[_LATENT, i])
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
        tolerance = _bound(actor)
        if not _FINE < tolerance < _COARSE:
            return -1
    else:
        if not _all_finite(actor.scores, actor.candidates):
            return -1
        tolerance = _measured(actor, transition, best)
    threshold = np.float32(best - 2.0 * tolerance)
    chosen, highest = 0, -np.inf
    for block in range(len(actor.scores)):
        near = np.int32(0)
        for lane in range(LANES):
            near += np.int32(actor.scores[block, lane] >= threshold)
        if near == 0:
            continue
        if near > _SEVERAL:
            _exact_block(actor, transition, block)
        for lane in range(LANES):
            if actor.scores[block, lane] >= threshold:
                n = block * LANES + lane
                score = actor.exact[n] if near > _SEVERAL else _exact_score(actor, transition, n)
                if score > highest:
                    chosen, highest = n, score
    return chosen


@inlined_kernel
def _bound(actor: Any) -> Any:
    """ITT: how far a float32 score of this state can be from the exact one."""
    total, terms = 0.0, actor.features.shape[1] + 2
    for i in range(actor.features.shape[1]):
        reach = actor.error[i] + terms * ROUNDING * (actor.size[i] + actor.error[i])
        total += abs(actor.buffers[_QUERY, i]) * reach
    return total


@inlined_kernel
def _measured(actor: Any, transition: Any, best: Any) -> Any:
    """IOT: _MARGIN times the largest error in the block that holds the best.

    The worst case grows with every layer by the sum of a row's weights, errors as they are by the root of the sum of
    their squares: over DMCS' six layers that is a thousand times less, and one candidate in five would be left open.
    Rounding errors that are sums of many small ones are close to normal (Higham and Mary 2019), so the largest of 128
    is some 2.7 standard deviations and the margin more than forty.
    """
    block = 0
    while not _holds(actor.scores[block], best):
        block += 1
    _exact_block(actor, transition, block)
    worst = 0.0
    for lane in range(min(LANES, actor.candidates - block * LANES)):
        worst = max(worst, abs(actor.exact[block * LANES + lane] - np.float64(actor.scores[block, lane])))
    return _MARGIN * worst


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


@inlined_kernel
def _is_zero(vector: Any, size: Any) -> Any:
    """Whether the first `size` numbers of a vector are all zero."""
    total = 0.0
    for i in range(size):
        total += abs(vector[i])
    return total == 0.0
