"""pip, conda and the package's own metadata agree about versions."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

import itt

ROOT = Path(__file__).parents[2]
PEERS = "bench"
"""The extra that nothing but `itt bench` looks for, with 1.4 GB; a result file says which versions it found."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins(lines):
    found = [line.split("==") for line in lines]
    return {canonicalize_name(name): version for name, version in found}


def constraints():
    return pins(re.findall(r"^[^#\s]+", (ROOT / "constraints.txt").read_text(), re.M))


def direct_dependencies():
    listed = [
        *PROJECT["dependencies"],
        *(item for extra, items in PROJECT["optional-dependencies"].items() if extra != PEERS for item in items),
    ]
    return [item for item in map(Requirement, listed) if item.name != PROJECT["name"]]


def test_conda_users_get_the_same_versions():
    environment = YAML(typ="safe").load(ROOT / "environment.yml")
    conda, [of_pip] = environment["dependencies"][:-1], environment["dependencies"][-1].values()
    assert pins(of_pip) == constraints()
    assert "python=3.11" in conda


@pytest.mark.parametrize("requirement", direct_dependencies(), ids=str)
def test_every_dependency_is_pinned_to_a_version_that_the_project_allows(requirement):
    assert requirement.specifier.contains(constraints()[canonicalize_name(requirement.name)])


def test_all_means_all_but_the_tools_of_developers_and_the_peers_of_benchmarks():
    [everything] = map(Requirement, PROJECT["optional-dependencies"]["all"])
    # mpi-site is what mpi adds a library to.
    assert everything.extras == PROJECT["optional-dependencies"].keys() - {"all", "dev", "mpi-site", PEERS}


def test_the_version_is_told_the_same_everywhere():
    citation = YAML(typ="safe").load(ROOT / "CITATION.cff")
    assert PROJECT["version"] == itt.__version__ == str(citation["version"])
