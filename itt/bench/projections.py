"""What each setting of SRP is worth: the figures behind its defaults, on random HalfCheetah policies.

A policy is theta ~ N(0, I), as a run begins and as perturbations with sigma = 1 look; its states are Gaussian. States
whose latent is zero have nothing to find and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import Candidates, ESRun, SignedRandomProjections
from itt.bench.findings import best_of_a_subset
from itt.candidates import Box, projections, source
from itt.candidates.projections import Buckets
from itt.envs import describe
from itt.policies import architecture_of
from itt.policies.latents import latents
from itt.seeding import Key
from itt.study import single

Values = NDArray[np.float64]

COUNT = 16384
STATES = 20
"""A tower."""

PAPER = {"mode": "paper"}
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("released", {"mode": "released"}),
    ("paper, m = 6", PAPER),
    ("paper, m = 6, states compared with 0", PAPER | {"ignore": True}),
    ("paper, m = 6, states compared with the medians as they are", PAPER | {"raw": True}),
    ("paper, m = 6, no medians", PAPER | {"thresholds": "none"}),
    ("paper, m = 11, N / 128", PAPER | {"projections": 11, "min_candidates": 128}),
    ("paper, m = 11, N / 128, no medians", PAPER | {"projections": 11, "min_candidates": 128, "thresholds": "none"}),
    ("tuned, 1 table, plain, hamming", {"tables": 1, "latents": "plain", "probing": "hamming"}),
    ("tuned, 1 table, plain", {"tables": 1, "latents": "plain"}),
    ("tuned, 1 table, hamming", {"tables": 1, "probing": "hamming"}),
    ("tuned, 1 table, medians", {"tables": 1, "thresholds": "median"}),
    ("tuned, 1 table", {"tables": 1}),
    ("tuned, 2 tables of all", {"tables": 2, "longest": 1.0}),
    ("tuned, 5 tables of all", {"longest": 1.0}),
    ("tuned, 3 tables, each of an eighth", {"tables": 3, "longest": 0.125}),
    ("tuned", {}),
    ("tuned, plain", {"latents": "plain"}),
    ("tuned, hamming", {"probing": "hamming"}),
    ("tuned, N / 64", {"min_candidates": 256}),
]
"""Settings by the name of their row. `ignore`: states meet no thresholds, though candidates do; `raw`: they meet the
candidates' own, whatever length a state has."""


def problems(towers: int) -> Iterator[tuple[Values, Values]]:
    """Latents of candidates and of states, (d, N) and (STATES or fewer, d), of one policy after another."""
    spec = describe("HalfCheetah-v2")
    architecture = architecture_of(ESRun.of(single(spec.name, "itt"), "projections"), spec)
    box = Box(np.array(spec.low, dtype=np.float32), np.array(spec.high, dtype=np.float32))
    for number in range(towers):
        random = np.random.default_rng(number)
        theta = random.standard_normal(architecture.size)
        pool = source(Candidates(count=COUNT, resample="iteration"), box, Key(0, direction=number)).at(0)
        seen = random.standard_normal((STATES, spec.observation)).astype(np.float32)
        states = latents(architecture.towers[0], theta, seen).T
        values = latents(architecture.towers[1], theta[architecture.action_part], pool)
        alive = states[np.abs(states).sum(axis=1) > 0]
        if len(alive) and values.std() > 0:
            yield values, alive


def measure(towers: int) -> list[dict[str, Any]]:
    """A row a setting: `scanned` candidates a choice, `recall_at_1`, both of SRP and of random subsets of equal size,
    and `gap_closed`: (score - random) / (exact - random), as `itt.bench.search.measure` has it.
    """
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name, _ in ROWS}
    for number, (values, states) in enumerate(problems(towers)):
        for name, given in ROWS:
            settings = {key: value for key, value in given.items() if key not in ("ignore", "raw")}
            index = projections.build(SignedRandomProjections(**settings), values, np.random.default_rng(number))
            if "ignore" in given:
                index = index._replace(thresholds=np.zeros_like(index.thresholds))
            for state in states:
                found[name].append(_asked(_raw(index, values, state) if "raw" in given else index, values, state))
    rows = []
    for name, asked in found.items():
        scanned, hit, random_hit, score, random_score = np.mean(asked, axis=0)
        gap = (score - random_score) / (1.0 - random_score)
        rows.append(
            {
                "settings": name,
                "scanned": round(float(scanned)),
                "recall_at_1": round(float(hit), 3),
                "random_recall": round(float(random_hit), 3),
                "gap_closed": round(float(gap), 2),
                "states": len(asked),
            }
        )
    return rows


def _raw(index: Buckets, values: Values, state: Values) -> Buckets:
    """The tables as a state finds them whose projections are compared with the medians of plain latents themselves."""
    longest = np.sqrt(np.square(values).sum(axis=0).max())
    return index._replace(thresholds=index.thresholds * longest / np.linalg.norm(state))


def _asked(index: Buckets, values: Values, state: Values) -> tuple[float, ...]:
    scores = state @ values
    scores = (scores - scores.min()) / (scores.max() - scores.min())
    scanned = sum(end - start for number in range(len(index.omega)) for start, end in index.places(state, number))
    random = best_of_a_subset(-np.sort(-scores), scanned)
    score = float(scores[index.choose(state)])
    return scanned, float(score == 1.0), min(scanned / len(scores), 1.0), score, random
