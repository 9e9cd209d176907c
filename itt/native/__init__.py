"""Compiled code: all that is known here of Numba's insides and of LLVM stands in this room.

    kernel.py           how functions are compiled, and what they may do: the contract
    vectors.py          pieces of matrix products, whose sums have a fixed order
    hashing.py          the hash behind the candidates
    instructions.py     single instructions
    cache.py            where compiled functions are kept

Each piece that writes LLVM's instructions says in its docstring what it computes, and tests hold it against NumPy.
"""

import os

# Intel's SVML, if it is installed, computes `exp` and its like with other bits in loops that it can vectorise. Numba
# looks for it once, when it is imported.
os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"

import numba

from itt.errors import UserError
from itt.native.cache import cache_folder

if numba.config.USING_SVML:  # type: ignore[attr-defined]
    raise UserError(
        "Numba was imported before itt, and uses Intel's SVML, whose numbers depend on the CPU; import itt first, or "
        "set NUMBA_DISABLE_INTEL_SVML=1"
    )

# Before the first function is decorated: that is when Numba decides where it will be kept.
numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
