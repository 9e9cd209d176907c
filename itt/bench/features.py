"""How near a random feature tree's law is to Eq. 3: by kernel, N, d, lengths of latents, features and split."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from itt.algorithms.es.settings import Kernel, RandomFeatureTree
from itt.bench.findings import similarity, total_variation
from itt.candidates.feature_tree import build
from itt.seeding import Key, Purpose, generator

CANDIDATES, SIZES, LENGTHS, FEATURES = (2**8, 2**12), (2, 6, 20), (0.5, 1.0, 2.0, 4.0), (16, 64, 256)
KERNELS: tuple[tuple[Kernel, float], ...] = (*(("dot", length) for length in LENGTHS), ("angular", 1.0))
"""With the lengths of latents, which `angular` does not see."""
TREES = 8
"""Trees, each with candidates and a state of its own, behind a row."""


def measure() -> Iterator[dict[str, Any]]:
    """Rows with the mean total variation of both splits, over the same candidates, states and projections.

    Latents of candidates and states have the same length and uniform directions. There are as many signs as features.
    """
    for (kernel, length), candidates, size, features in product(KERNELS, CANDIDATES, SIZES, FEATURES):
        means = {}
        for split in ("random", "principal"):
            settings = RandomFeatureTree.model_validate({"features": features, "signs": features, "split": split})
            distances = [_distance(settings, kernel, candidates, size, length, n) for n in range(TREES)]
            means[split] = float(np.mean(distances))
        yield {
            "kernel": kernel,
            "candidates": candidates,
            "dim": size,
            "length": length,
            "features": features,
            **{f"total_variation_{split}": mean for split, mean in means.items()},
            "repeats": TREES,
        }


def _distance(
    settings: RandomFeatureTree, kernel: Kernel, candidates: int, size: int, length: float, number: int
) -> float:
    """Total variation between the law of a tree of its own and Eq. 3."""
    points = np.random.default_rng(number).standard_normal((size, candidates + 1))
    points *= length / np.linalg.norm(points, axis=0)
    state, latents = points[:, 0], points[:, 1:]
    tree = build(settings, kernel, latents, generator(Key(number), Purpose.SEARCH))
    return total_variation(tree.law(state), similarity(kernel, state, latents))
