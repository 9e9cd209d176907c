"""What `itt bench search` asks: latents of states that trained policies came to, and the action towers beside them.

The files under trained/ come from trainings that are far from finished; docs/benchmarks.md has the commands. A file is
a policy of `itt.record.policy_file` with two arrays more: `thetas`, (P, D), the trained theta and what ES plays around
it, and `latents`, l_S of the states that each came to, (P, Q, d).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.saved import learned_of
from itt.algorithms.es.settings import ESRun
from itt.errors import UserError
from itt.policies import architecture_of
from itt.policies.latents import latents
from itt.record import policy_file
from itt.record.files import write_atomically
from itt.resolve import env_of, resolve
from itt.rollouts.compiled import physics, policy
from itt.rollouts.compiled.player import CompiledPlayer, player
from itt.seeding import Key, Purpose, env_seed, generator

Values = NDArray[np.float64]
POLICIES, QUERIES = 8, 100
"""theta and its perturbations; states of each."""
FILES = {size: Path(__file__).parent / "trained" / f"{env}.npz" for size, env in (
    (2, "Swimmer-v2"), (6, "HalfCheetah-v2"), (20, "fish-swim")
)}  # fmt: skip
"""By d."""


class Trained(NamedTuple):
    """P policies of one run and their states."""

    run: ESRun
    thetas: Values
    """(P, D)"""
    latents: Values
    """(P, Q, d)"""


def read(size: int) -> Trained:
    """The policies with latents of `size` numbers."""
    with np.load(FILES[size], allow_pickle=False) as file:
        return Trained(ESRun.of(policy_file.read(FILES[size]).run, "latents"), file["thetas"], file["latents"])


def record(folder: Path, out: Path) -> Path:
    """Plays a trained policy and perturbations of it, an episode each, and writes them with latents of their states.

    Args:
        folder: A finished run of method itt in an env with compiled physics, whose episodes do not end early.
        out: The file; returned.

    Raises:
        UserError: It is no such run.
    """
    saved = policy_file.read(folder / "policy.npz")
    run, (trained, met) = ESRun.of(saved.run, f"{folder}: latents"), learned_of(saved)
    who = player(resolve(run), env_of(run))
    if not run.traits.latents or not isinstance(who, CompiledPlayer):
        raise UserError(f"{folder}: latents are recorded of method itt, in envs with compiled physics")
    if met is not None:
        raise UserError(f"{folder}: latents are recorded of policies that see raw observations")
    epsilons = generator(Key(0), Purpose.DIRECTIONS).standard_normal((POLICIES - 1, len(trained)))
    thetas = trained + np.concatenate([0.0 * epsilons[:1], run.algorithm.sigma * epsilons])
    recorded = np.array([_latents(who, theta) for theta in thetas])
    buffer = io.BytesIO()
    policy_file.write(out, run, saved.arrays)
    with np.load(out, allow_pickle=False) as file:
        np.savez(buffer, allow_pickle=False, **file, thetas=thetas, latents=recorded)
    write_atomically(out, buffer.getvalue())
    return out


def _latents(who: CompiledPlayer, theta: Values) -> Values:
    """l_S of QUERIES states of an episode, (QUERIES, d)."""
    states = _states(who, theta)
    if len(states) < QUERIES:
        raise UserError(f"{who.run.env}: an episode has {len(states)} steps; at least {QUERIES} are needed")
    chosen = states[np.linspace(0, len(states) - 1, QUERIES).astype(int)]
    towers = architecture_of(who.run)
    return latents(towers.towers[0], theta[: towers.action_part.start], chosen).T


def _states(who: CompiledPlayer, theta: Values) -> Values:
    """The states of one episode of an evaluation, (steps, s)."""
    key, states = Key(0, evaluation=True), []
    policy.begin(who.actor, who.run, theta, key)
    physics.begin(who.physics, who.env, env_seed(key))
    over = False
    while not over:
        physics.observe(who.physics, who.state)
        states.append(who.state.copy())
        policy.act(who.actor, who.state, len(states) - 1, who.action)
        _, terminated, diverged = physics.step(who.physics, who.action)
        over = terminated or diverged or len(states) >= who.limit
    return np.array(states)
