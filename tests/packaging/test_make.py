"""The two commands that README opens with, as far as they can be checked without running them."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()


def make(*arguments, directory=ROOT):
    return subprocess.run(["make", *arguments], cwd=directory, capture_output=True, text=True, check=False)


@pytest.fixture
def empty_checkout(tmp_path):
    """What `make` needs of a checkout, without a .venv."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def python_whose_pip_fails(tmp_path):
    """An interpreter that makes environments in which every installation breaks off."""
    script = tmp_path / "python"
    script.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        '*venv*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;\n'
        "*pip*) echo broken off; exit 1;;\n"
        "esac\n"
    )
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_readme_opens_with_both_commands(command):
    first_lines = (ROOT / "README.md").read_text().splitlines()[:40]
    assert any(line.strip().startswith(command) for line in first_lines)


def test_every_command_of_make_that_the_docs_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
    documents = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / ".ci" / "run", *(ROOT / "docs").rglob("*.md")]
    named = {target for text in documents for target in re.findall(r"(?:`|^\s*)make ([a-z-]+)", text.read_text(), re.M)}
    assert named <= targets


def test_an_interrupted_installation_is_not_taken_for_a_finished_one(empty_checkout, python_whose_pip_fails):
    broken_off = make("install", f"PYTHON={python_whose_pip_fails}", directory=empty_checkout)
    assert broken_off.returncode != 0
    again = make("install", f"PYTHON={python_whose_pip_fails}", directory=empty_checkout)
    assert "broken off" in again.stdout


def test_a_python_that_is_not_there_is_told_in_one_line_and_nothing_is_made(empty_checkout):
    refused = make("install", "PYTHON=no-such-python", directory=empty_checkout)
    assert refused.returncode == 2
    assert refused.stderr.startswith("no-such-python not found: install Python 3.11, or say make PYTHON=...\n")
    assert not (empty_checkout / ".venv").exists()


def test_a_kind_of_mpi_that_make_does_not_know_is_refused():
    refused = make("help", "MPI=openmpi")
    assert refused.returncode == 2
    assert "MPI=openmpi: unknown; MPI=wheel installs the mpich wheel, MPI=site uses the MPI of this machine" in (
        refused.stderr
    )


def test_every_marker_of_a_test_tells_its_budget_in_minutes():
    markers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["markers"]
    assert all(re.search(r"; \d+ minutes$", marker) for marker in markers)
