"""A job on the compiled engine starts fast: it imports what plays and nothing else, and finds everything compiled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba import typeof

import itt
from itt.algorithms.es.settings import METHODS
from itt.envs import CATALOG, make
from itt.policies import architecture_of
from itt.resolve import resolve
from itt.rollouts.compiled import physics, policy
from itt.study import single

NOT_FOR_A_JOB = {"torch", "pandas", "seaborn", "matplotlib", "snakemake", "scipy.stats", "mpi4py", "pygame"}
GRAPHICS = {"OpenGL", "egl", "osmesa"}
"""In the names of modules that make a GL context. Gymnasium's MuJoCo envs import glfw as well, but leave it alone."""
SIMULATORS = {"mujoco", "dm_control", "pybullet", "Box2D"}


def imported(env, out):
    """The names of all modules that `itt train` imports in a process of its own for one iteration."""
    command = [sys.executable, "-X", "importtime", "-m", "itt.cli", "train", "--env", env, "--method", "itt"]
    settings = ("algorithm.iterations=1", "algorithm.directions=1", "candidates.count=50")
    arguments = [part for setting in settings for part in ("--set", setting)]
    inherited = {key: value for key, value in os.environ.items() if key not in ("MUJOCO_GL", "DISPLAY")}
    done = subprocess.run(
        [*command, "--out", str(out), *arguments],
        env=inherited | {"PYTHONPATH": str(Path(itt.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    names = {line.rpartition("|")[2].strip() for line in lines}
    assert {"itt.rollouts.compiled.loop", "gymnasium", "numba"} <= names
    return names


@pytest.mark.parametrize(
    ("env", "needed"), [("CartPole-v1", set()), ("Swimmer-v2", {"mujoco"}), ("fish-swim", {"mujoco", "dm_control"})]
)
def test_a_training_imports_its_simulator_and_nothing_heavy_beside_it(tmp_path, env, needed):
    names = imported(env, tmp_path / "run")

    assert names & NOT_FOR_A_JOB == set()
    assert names & SIMULATORS == needed
    assert not [name for name in names if GRAPHICS & set(name.split("."))]


def kernels():
    """The compiled functions of this checkout; another one that plays meanwhile has a folder beside it."""
    return {path: path.stat().st_mtime_ns for path in Path(physics.step._cache.cache_path).iterdir()}


def test_a_training_from_a_warm_cache_compiles_nothing(tmp_path):
    imported("CartPole-v1", tmp_path / "first")
    before = kernels()

    imported("CartPole-v1", tmp_path / "second")

    assert before == kernels()
    assert before


def test_the_physics_of_all_envs_have_one_compiled_type():
    envs = {name: make(name) for name, spec in CATALOG.items() if physics.supported(spec)}
    assert len(envs) == 13

    types = {typeof(physics.attach(env, CATALOG[name])) for name, env in envs.items()}

    assert len(types) == 1


def test_the_policies_of_all_methods_and_envs_have_one_compiled_type():
    types = set()
    for name, spec in CATALOG.items():
        for method in METHODS:
            for variant in ("vanilla",) if spec.discrete or method == "explicit" else ("vanilla", "bootstrap"):
                run = resolve(single(name, method, variant))
                types.add(typeof(policy.make(run, spec, architecture_of(run, spec))))

    assert len(types) == 1
