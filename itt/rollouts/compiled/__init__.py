"""The compiled engine: the whole episode in Numba, with MuJoCo's own C functions and no Python between steps."""
