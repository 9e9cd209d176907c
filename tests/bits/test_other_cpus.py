"""The same spec and versions give the same bytes on any x86-64 CPU with AVX2 and FMA.

Each emulation makes a library believe that the CPU is another one, in a process that trains everything in trainings.py.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

TRAININGS, COMMITTED = Path(__file__).with_name("trainings.py"), Path(__file__).with_name("sha256.json")
BEYOND = [name for name in __cpu_dispatch__ if __cpu_features__[name] and name != "X86_V3"]
"""What NumPy would use here beyond AVX2 and FMA."""
NUMPY = {"NPY_DISABLE_CPU_FEATURES": " ".join(BEYOND)} if BEYOND else {}
HASWELL = {"OPENBLAS_CORETYPE": "Haswell"}
TORCH = {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
GLIBC = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512DQ,-AVX512BW"}
NUMBA = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""}
"""The features, too: a name alone leaves the code those of this machine."""
without_more = pytest.mark.skipif(not BEYOND, reason="this CPU has nothing beyond AVX2 and FMA to be disabled")


@cache
def trained(**environment):
    done = subprocess.run(
        [sys.executable, TRAININGS], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param(HASWELL | NUMPY | TORCH | GLIBC, id="all but Numba on Haswell"),
        pytest.param(HASWELL, id="OpenBLAS on Haswell", marks=pytest.mark.slow),
        pytest.param({"OPENBLAS_CORETYPE": "Nehalem"}, id="OpenBLAS on Nehalem", marks=pytest.mark.slow),
        pytest.param(NUMPY, id="NumPy with AVX2", marks=[without_more, pytest.mark.slow]),
        pytest.param(TORCH | GLIBC, id="PyTorch and glibc with AVX2", marks=pytest.mark.slow),
        # This one compiles everything once more.
        pytest.param(HASWELL | NUMPY | TORCH | GLIBC | NUMBA, id="everything on Haswell", marks=pytest.mark.slow),
    ],
)
def test_every_training_has_the_same_bytes_on_another_cpu(environment):
    assert trained(**environment) == trained()


@pytest.mark.slow
def test_what_theory_measures_has_the_same_bytes_on_another_cpu(started, tmp_path):
    tables = []
    for name, environment in (("here", {}), ("there", HASWELL | NUMPY | GLIBC)):
        done = started("theory", "--out", tmp_path / name, "--estimates", 2, **environment)
        assert done.code == 0, done.err
        tables.append((tmp_path / name / "theory.csv").read_bytes())
    assert tables[0] == tables[1]


def test_every_training_has_the_bytes_that_were_committed():
    committed, here = json.loads(COMMITTED.read_text()), trained()
    if committed["versions"] != here["versions"]:
        pytest.skip(f"other versions: {committed['versions']} there, {here['versions']} here")
    assert here["sha256"] == committed["sha256"]
