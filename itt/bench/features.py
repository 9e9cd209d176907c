"""How near a random feature tree's law is to Eq. 3: by N, d, lengths of latents, features and split."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from itt.candidates.feature_tree import build
from itt.seeding import Key, Purpose, generator
from itt.settings import RandomFeatureTree

CANDIDATES, SIZES, LENGTHS, FEATURES = (2**8, 2**12), (2, 6, 20), (0.5, 1.0, 2.0, 4.0), (16, 64, 256)
TREES = 8
"""Trees, each with candidates and a state of its own, behind a row."""


def measure() -> Iterator[dict[str, Any]]:
    """Rows with the mean total variation of both splits, over the same candidates, states and projections.

    Latents of candidates and states have the same length and uniform directions; kernel `dot`.
    """
    for candidates, size, length, features in product(CANDIDATES, SIZES, LENGTHS, FEATURES):
        means = {}
        for split in ("random", "principal"):
            settings = RandomFeatureTree.model_validate({"features": features, "split": split})
            means[split] = float(np.mean([_distance(settings, candidates, size, length, n) for n in range(TREES)]))
        yield {
            "candidates": candidates,
            "dim": size,
            "length": length,
            "features": features,
            **{f"total_variation_{split}": mean for split, mean in means.items()},
            "repeats": TREES,
        }


def _distance(settings: RandomFeatureTree, candidates: int, size: int, length: float, number: int) -> float:
    """Half the sum of absolute differences between a tree's law and the softmax of x.y."""
    points = np.random.default_rng(number).standard_normal((size, candidates + 1))
    points *= length / np.linalg.norm(points, axis=0)
    state, latents = points[:, 0], points[:, 1:]
    tree = build(settings, "dot", latents, generator(Key(number), Purpose.SEARCH))
    products = state @ latents
    weights = np.exp(products - products.max())
    return float(np.abs(tree.law(state) - weights / weights.sum()).sum() / 2)
