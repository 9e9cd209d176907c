"""N candidates behind the action tower of a policy, and the latents of states that it came to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import Candidates, ESRun, Tower
from itt.bench import trained
from itt.candidates import Box, source
from itt.envs import EnvSpec, describe
from itt.policies import Architecture, architecture
from itt.policies.latents import latents
from itt.seeding import Key
from itt.study import single

Values = NDArray[np.float64]
GAUSSIAN = "gaussian"


@dataclass(frozen=True)
class Task:
    """What every search is asked.

    Attributes:
        source: The env whose policy it comes from, or GAUSSIAN: a Gaussian matrix on [-1, 1]^d and Gaussian queries.
        run: Settings under which N candidates stand, and latents are the states: the state tower is the identity.
        spec: An env to go with it.
        architecture: Its towers.
        theta: The identity, then the action tower.
        key: The candidates'.
        latents: l_A of the candidates, (N, d).
        queries: Latents of states, (Q, d).
    """

    source: str
    run: ESRun
    spec: EnvSpec
    architecture: Architecture
    theta: Values
    key: Key
    latents: Values
    queries: Values

    @property
    def candidates(self) -> int:
        """N."""
        return len(self.latents)

    @property
    def size(self) -> int:
        """d."""
        return int(self.latents.shape[1])


def tasks(candidates: int, size: int) -> list[Task]:
    """Tasks of N candidates with latents of d numbers: of the trained policies of that size, or else a Gaussian one.

    Of very many candidates there are fewer policies, 8 to 1.
    """
    if size in trained.FILES:
        run, thetas, queries = trained.read(size)
        spec, policies = describe(run.env), min(max(2**22 // candidates, 1), trained.POLICIES)
        action_part = architecture("itt", run.policy, spec.observation, spec.action, False).action_part
        towers = thetas[:policies, action_part]
        return [
            _task(spec.name, run, spec, tower, candidates, asked, Key(0, direction=number))
            for number, (tower, asked) in enumerate(zip(towers, queries[:policies], strict=True))
        ]
    random = np.random.default_rng(0)
    run = ESRun.of(single("HalfCheetah-v2", "itt", overrides=["policy.action.layers=1"]), "a search's task")
    spec = replace(describe(run.env), action=size, low=(-1.0,) * size, high=(1.0,) * size)
    matrix = random.standard_normal((size, size)) / np.sqrt(size)
    asked = random.standard_normal((trained.QUERIES, size))
    return [_task(GAUSSIAN, run, spec, matrix.ravel(), candidates, asked, Key(0))]


def _task(name: str, run: ESRun, spec: EnvSpec, tower: Values, count: int, queries: Values, key: Key) -> Task:
    size = queries.shape[1]
    policy = run.policy.model_copy(update={"state": Tower(layers=1), "latent": size})
    run = run.model_copy(update={"candidates": Candidates(count=count, resample="iteration"), "policy": policy})
    towers = architecture("itt", policy, size, spec.action, False)
    box = Box(np.array(spec.low, dtype=np.float32), np.array(spec.high, dtype=np.float32))
    actions = source(run.candidates, box, key).at(0)
    return Task(
        source=name,
        run=run,
        spec=replace(spec, observation=size),
        architecture=towers,
        theta=np.concatenate([np.eye(size).ravel(), tower]),
        key=key,
        latents=np.ascontiguousarray(latents(towers.towers[1], tower, actions).T),
        queries=queries,
    )
