"""How the candidate is found that a policy takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from itt.settings.section import Section


class Exact(Section):
    """All candidates are scored."""

    name: Literal["exact"] = "exact"


class DerivativeFree(Section):
    """The derivative-free optimiser of implicit behavioural cloning (Florence et al. 2021), for IOT.

    Score the samples, resample them by softmax of the scores, add Gaussian noise, shrink the noise, repeat.
    """

    name: Literal["dfo"] = "dfo"
    rounds: int = Field(3, ge=1, le=100, description="times the samples are scored and resampled")
    std: float = Field(0.33, gt=0, description="noise of the first round, in half-widths of the action box")
    shrink: float = Field(0.5, gt=0, le=1, description="factor on the noise after each round")


class SignedRandomProjections(Section):
    """Hashing for the maximum inner product (Sec. 2.3.1), for ITT with candidates that stand; see docs/search.md."""

    name: Literal["srp"] = "srp"
    mode: Literal["tuned", "paper", "released"] = Field(
        "tuned",
        description="what the settings below are where they are not given. tuned: what we found best; paper: Sec. 3.2; "
        "released: the effect of the published code's hash, nearly a random subset, for comparison only",
    )
    projections: int | None = Field(
        None,
        ge=1,
        le=24,
        description="m, the bits of a hash over all |A*|; a table of half as many has one less. null: 6, in mode tuned "
        "log2(|A*|) - 3, from 1 to 16",
    )
    latents: Literal["plain", "whitened"] = Field(
        "whitened", description="what is hashed: Eq. 6 of the latents, or of latents with mean 0 and covariance I"
    )
    thresholds: Literal["none", "median"] = Field(
        "none", description="what a projection is compared with: 0, or its median over A* (Sec. 3.2)"
    )
    probing: Literal["hamming", "margin"] = Field(
        "margin",
        description="hamming: buckets in the order of their Hamming distance; margin: bits of which the state is "
        "least sure are turned over first",
    )
    tables: int = Field(5, ge=1, le=64, description="hash tables, each with projections of its own")
    longest: float = Field(
        0.25,
        gt=0,
        le=1,
        description="share of a table's candidates that the next one holds, too: the longest of what is hashed, in "
        "which the largest products are; 1: all",
    )
    min_candidates: int | None = Field(
        None,
        ge=1,
        description="buckets are searched until so many candidates are scored, about as many in each table; one that "
        "several tables hold counts in each. |A*|: all. null: |A*| / 2^m, in mode tuned |A*| / 128 but at least 32",
    )
    bound: Literal["max_norm", "sqrt_d"] = Field(
        "max_norm",
        description="C in Eq. 6: the greatest length over A*, or B sqrt(d) where the action tower's output is within B",
    )

    @model_validator(mode="before")
    @classmethod
    def _what_the_mode_says(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("mode") in ("paper", "released"):
            return {
                "latents": "plain",
                "thresholds": "median",
                "probing": "hamming",
                "tables": 1,
                "longest": 1.0,
            } | dict(data)
        return data

    @model_validator(mode="after")
    def _released_is_one_table(self) -> SignedRandomProjections:
        table = (self.latents, self.thresholds, self.probing, self.tables, self.longest)
        rest = (self.bound, self.min_candidates)
        if self.mode == "released" and (table, rest) != (("plain", "median", "hamming", 1, 1.0), ("max_norm", None)):
            raise ValueError("mode: released is one hash as it was published: of the rest, give projections alone")
        if self.bound == "sqrt_d" and self.latents == "whitened":
            raise ValueError("bound: sqrt_d bounds the action tower's own outputs, so it needs latents: plain")
        return self

    def bits(self, count: int) -> int:
        """m for |A*| = `count`."""
        return self.projections or (min(max(count.bit_length() - 4, 1), 16) if self.mode == "tuned" else 6)

    def amounts(self, count: int) -> list[int]:
        """How many of `count` candidates each table holds."""
        amounts = [count]
        while len(amounts) < self.tables:
            amounts.append(math.ceil(self.longest * amounts[-1]))
        return amounts

    def wanted(self, count: int) -> int:
        """How many of `count` candidates are scored at least."""
        few = max(-(-count // 128), 32) if self.mode == "tuned" else -(-count // 2 ** self.bits(count))
        return self.min_candidates or min(few, count)


class RandomFeatureTree(Section):
    """Sampling by Eq. 3 with positive random features (Sec. 2.3.2), for ITT with candidates that stand."""

    name: Literal["rft"] = "rft"
    features: int = Field(64, ge=1, le=2**16, description="r, the positive random features psi of Eq. 10")
    signs: int = Field(64, ge=1, le=2**12, description="m, the signs phi of Eq. 9; for the kernel angular only")
    split: Literal["random", "principal"] = Field(
        "random", description="how a node's candidates are halved: at random, or across their principal direction"
    )


Search = Annotated[Exact | DerivativeFree | SignedRandomProjections | RandomFeatureTree, Field(discriminator="name")]


STANDING = ("srp", "rft")
"""Searches that are built from candidates, and so need some that stand."""
