"""Every environment under one Gymnasium API: what it is, to read without a simulator, and `make` to play.

spec.py             what an environment is
catalog.py          the paper's 15, a row each
making.py           `describe` and `make`
gymnasium_envs.py, dm_control_envs.py, pybullet_envs.py: an adapter for each family of simulators
brought.py          environments that people bring, whose promises are verified; spaces.py: the spaces that are served

Two laws hold for every environment of the catalog: an episode is a function of its seed and actions alone, and nothing
is printed.
"""

from itt.envs.catalog import CATALOG
from itt.envs.making import describe, make
from itt.envs.promises import promised
from itt.envs.spec import EnvSpec

__all__ = ["CATALOG", "EnvSpec", "describe", "make", "promised"]
