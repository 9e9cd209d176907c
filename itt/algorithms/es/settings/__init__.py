"""Every setting of a run by evolution strategies, in sections: type, limits, default, unit and source.

These are the defaults of the code. A study starts from the paper's settings (config/paper.yaml), which override them
for each env; see `itt.study`.
"""

from itt.algorithms.es.settings.candidates import Candidates
from itt.algorithms.es.settings.es import (
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
from itt.algorithms.es.settings.methods import METHODS, Method, Traits
from itt.algorithms.es.settings.policy import Activation, Kernel, Policy, Tower
from itt.algorithms.es.settings.run import ESRun, ESSettings
from itt.algorithms.es.settings.search import (
    STANDING,
    DerivativeFree,
    Exact,
    RandomFeatureTree,
    Search,
    SignedRandomProjections,
)
from itt.algorithms.es.settings.variants import VARIANTS

__all__ = [
    "ES",
    "METHODS",
    "RUN",
    "STANDING",
    "VARIANTS",
    "Activation",
    "Adam",
    "Ascent",
    "Candidates",
    "ClipUp",
    "Constant",
    "Decay",
    "DerivativeFree",
    "ESRun",
    "ESSettings",
    "Exact",
    "Kernel",
    "Lazy",
    "Method",
    "Momentum",
    "Optimiser",
    "Policy",
    "RandomFeatureTree",
    "Schedule",
    "Search",
    "SignedRandomProjections",
    "Target",
    "Tower",
    "Traits",
    "WarmStart",
]

RUN = ESRun
"""What `itt.algorithms` asks for."""
