"""Numba never computes with Intel's SVML, whose numbers depend on the CPU, whether it is installed or not."""

import subprocess
import sys

BEFORE = "import numba; numba.config.USING_SVML = True; "
"""What Numba says of itself where SVML is installed and was not forbidden before Numba's import."""


def ran(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_numba_is_told_before_it_looks_for_it():
    done = ran("import itt.native, numba; print(numba.config.DISABLE_INTEL_SVML, numba.config.USING_SVML)")
    assert done.stdout.split() == ["1", "False"], done.stderr


def test_who_imported_numba_before_and_has_it_is_told_what_to_do():
    assert "set NUMBA_DISABLE_INTEL_SVML=1" in ran(BEFORE + "import itt.native").stderr.splitlines()[-1]
