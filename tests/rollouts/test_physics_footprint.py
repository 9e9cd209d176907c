"""What the compiled physics brings into a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import itt

HEAVY = {"torch", "pandas", "seaborn", "snakemake", "dm_control", "mujoco", "pybullet"}


@pytest.mark.parametrize(
    ("name", "needed"),
    [("CartPole-v1", set()), ("HalfCheetah-v2", {"mujoco"}), ("hopper-stand", {"dm_control", "mujoco"})],
)
def test_an_env_imports_its_own_simulator_and_nothing_heavy_beside_it(name, needed):
    code = (
        "import sys, numpy\n"
        "from itt.envs import describe, make\n"
        "from itt.rollouts.compiled import physics\n"
        f"assert not {HEAVY} & set(sys.modules)\n"
        f"env, spec = make({name!r}), describe({name!r})\n"
        "twin = physics.attach(env, spec)\n"
        "physics.begin(twin, env, 0)\n"
        "physics.step(twin, numpy.zeros(spec.action))\n"
        f"print(*sorted({HEAVY} & set(sys.modules)))"
    )
    python_path = str(Path(itt.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        check=True,
    )

    assert set(done.stdout.split()) == needed
