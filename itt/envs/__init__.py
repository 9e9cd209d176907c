"""Every environment under one Gymnasium API: a catalog to read without a simulator, and `make` to play.

catalog.py says what an environment is, making.py opens it; each family of simulators has its adapter. Two laws hold for
every environment made here: an episode is a function of its seed and actions alone, and nothing is printed.
"""

from itt.envs.catalog import CATALOG, EnvSpec, describe
from itt.envs.making import make

__all__ = ["CATALOG", "EnvSpec", "describe", "make"]
