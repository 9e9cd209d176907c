"""Linear algebra with the same bits on every CPU.

BLAS and LAPACK choose their loops, and with them the order of sums, by the CPU and by the number of threads; NumPy
chooses its `exp`, `log` and `power` likewise. What enters theta or a choice is computed here instead, or in plain
NumPy: additions, multiplications, divisions, roots, `sum`, `mean`, `std`, `einsum` and stable sorts have the same bits
wherever they run (docs/architecture.md, "The same bits").

    sums.py             weighted sums and lengths
    products.py         matrix products, each sum term by term
    gram_schmidt.py     orthonormal rows
    orthogonal.py       random rows: orthogonal, and Gaussian one by one
    householder.py      orthonormal rows with the signs of LAPACK
    cholesky.py         a factor of a covariance
    elementwise.py      exp, log, tanh, ... of the C library

Heavy pieces are compiled, beside a readable twin in NumPy: the same sums in the same order.
"""
