"""What the compiled policy is made of: numbers and arrays, one set of types for all methods."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import METHODS, ESRun
from itt.candidates import all_actions
from itt.envs import EnvSpec
from itt.native.vectors import WIDTH
from itt.policies import Architecture, encoded_size
from itt.rollouts.compiled import towers
from itt.rollouts.compiled.generator import LANES
from itt.rollouts.compiled.searches import CODES, EXACT, Room, room
from itt.rollouts.compiled.towers import ACTIVATION, LINEAR, OUTPUTS, TANH

ITT, IOT, EXPLICIT = (METHODS[name].code for name in ("itt", "iot", "explicit"))
DOT, SOFTMAX, ANGULAR = 0, 1, 2
STANDING, FRESH, SUBSAMPLED = 0, 1, 2
_KERNELS = {"dot": DOT, "softmax": SOFTMAX, "angular": ANGULAR}
# Entries of `keys`.
CANDIDATES, SUBSAMPLE, SELECTION = 0, 1, 2
FEW = 32
"""Up to so many candidates a float32 pass saves nothing."""
# Rows of `buffers`.
INPUT, SPARE, LATENT, QUERY, VALUES, OTHER, BOUNDS, ZERO = range(8)


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
    """(8, 2 w)"""
    built: Room
    """what the search has built"""


def make(run: ESRun, spec: EnvSpec, architecture: Architecture) -> Actor:
    """An actor for a run, with its arrays empty; see `policy.begin`."""
    method, settings = run.traits.code, run.candidates
    (state, *others), places = towers.tables(architecture.towers)
    action = others[0] if method == ITT else np.empty((0, 5), dtype=np.int64)
    folded = int(method == ITT and action[-1, ACTIVATION] == LINEAR)

    encoded = encoded_size(run.policy, spec.action, spec.discrete, spec.parts)
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
    filtered = method != EXPLICIT and search == EXACT and not (sample or angular or heavy) and count > FEW

    sizes = [layer.outputs for tower in architecture.towers for layer in tower]
    widest = -(-max(encoded, spec.observation + encoded, *sizes) // WIDTH) * WIDTH
    kept = action[: len(action) - folded]
    features = int(state[0, OUTPUTS]) if method == IOT else int(kept[-1, OUTPUTS]) if len(kept) else encoded
    padded = -(-pool // LANES) * LANES
    low, high = np.array(spec.low, dtype=np.float32), np.array(spec.high, dtype=np.float32)
    actions = np.zeros((encoded, padded), dtype=np.float32)
    if spec.discrete:
        actions[:, :pool] = all_actions(spec.action, run.policy.encoding == "one_hot", spec.parts).T
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
        actions=actions,
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
        buffers=np.zeros((8, 2 * widest)),
        built=room(run.search, run.policy.kernel, int(state[-1, OUTPUTS]), pool if search != EXACT else 0),
    )
