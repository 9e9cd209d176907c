"""Implicit Two-Tower policies trained by evolution strategies: a reproduction that others can extend.

The rooms of this package and what flows between them are described in docs/architecture.md.
"""

import os

# Ranks are the parallelism, so every process computes with one thread. It also keeps results bit for bit: LAPACK rounds
# differently with another number of threads. It must be said before NumPy loads its BLAS.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

__version__ = "0.1.0"
