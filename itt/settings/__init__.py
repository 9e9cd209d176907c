"""Every setting of a run, in sections: type, limits, default, unit and source.

These are the defaults of the code. A study starts from the paper's settings (config/paper.yaml), which override them
for each env; see `itt.study`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from itt.settings.candidates import Candidates
from itt.settings.env import EnvSettings, env_label
from itt.settings.es import (
    ES,
    Adam,
    Ascent,
    ClipUp,
    Constant,
    Decay,
    Lazy,
    Momentum,
    Optimiser,
    Schedule,
    Target,
    WarmStart,
)
from itt.settings.methods import METHODS, Method, Traits
from itt.settings.policy import Activation, Kernel, Policy, Tower
from itt.settings.search import STANDING, DerivativeFree, Exact, RandomFeatureTree, Search, SignedRandomProjections
from itt.settings.section import Section, spelled

__all__ = [
    "ES",
    "METHODS",
    "STANDING",
    "Activation",
    "Adam",
    "Algorithm",
    "Ascent",
    "Candidates",
    "ClipUp",
    "Constant",
    "Decay",
    "DerivativeFree",
    "EnvSettings",
    "Exact",
    "Kernel",
    "Lazy",
    "Method",
    "Momentum",
    "Optimiser",
    "Policy",
    "RandomFeatureTree",
    "Record",
    "Schedule",
    "Search",
    "Section",
    "Settings",
    "SignedRandomProjections",
    "Target",
    "Tower",
    "Traits",
    "WarmStart",
    "env_label",
    "spelled",
]

Algorithm = ES
"""The union of all training algorithms, told apart by `name`; there is one today."""


class Record(Section):
    """What is written while a run goes on. None of it changes a result."""

    checkpoint_seconds: float = Field(30, ge=0, description="at most this long between checkpoints; 0: each iteration")


class Settings(EnvSettings):
    """Everything about a run but its place in the grid."""

    candidates: Candidates = Candidates()
    policy: Policy = Policy()
    search: Search = Exact()
    algorithm: Algorithm = ES()
    engine: Literal["auto", "compiled", "reference"] = Field(
        "auto", description="what plays an episode; auto: compiled wherever the settings have a compiled twin"
    )
    record: Record = Record()
