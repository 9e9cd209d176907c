"""Snakemake, started as a user would start it, with a working directory of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Finished = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def snakemake_in() -> Callable[..., Finished]:
    """Runs the project's Snakefile from its root, with results and bookkeeping below the given folder."""

    def start(directory: Path, *arguments: str | Path) -> Finished:
        # A profile in the environment of whoever runs the tests must not change them.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SNAKEMAKE_")}
        command = [sys.executable, "-m", "snakemake", "--directory", directory, *arguments]
        return subprocess.run(map(str, command), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    return start


@pytest.fixture
def snakemake(snakemake_in: Callable[..., Finished], tmp_path: Path) -> Callable[..., Finished]:
    """The same in an empty folder, from where the studies of the project are found as from its root."""
    (tmp_path / "config").symlink_to(ROOT / "config")
    return lambda *arguments: snakemake_in(tmp_path, *arguments)
