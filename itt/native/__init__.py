"""Compiled code: all that is known here of Numba's insides and of LLVM stands in this room.

    kernel.py           how functions are compiled, and what they may do: the contract
    vectors.py          pieces of matrix products, whose sums have a fixed order
    hashing.py          the hash behind the candidates
    instructions.py     single instructions
    cache.py            where compiled functions are kept

Each piece that writes LLVM's instructions says in its docstring what it computes, and tests hold it against NumPy.
"""

import numba

from itt.native.cache import cache_folder

# Before the first function is decorated: that is when Numba decides where it will be kept.
numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
