"""Both engines play the same episodes and train the same policies, and an episode depends on nothing before it.

Implicit policies choose among the same candidates, so their returns are equal bit for bit. An explicit action is a sum
that PyTorch forms in another order, and a tanh of another library: the last bit differs, which is all that may differ
in a step, and grows where the simulation is chaotic. There we look at envs that are not.
"""

import csv
import json

import numpy as np
import pytest

from itt import rollouts
from itt.algorithms.es import search
from itt.envs import CATALOG, describe, make
from itt.rollouts import architecture_of, compiled, resolve
from itt.rollouts.compiled import player as compiled_player
from itt.rollouts import reference as reference_player
from itt.rollouts.compiled.player import CompiledPlayer, SimulatorPlayer
from itt.rollouts.reference import ReferencePlayer
from itt.seeding import Key, env_seed
from itt.study import single
