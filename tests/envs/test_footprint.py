"""What environments leave behind: nothing on the user's terminal, nothing in the user's folder."""

import os
import subprocess
import sys
from pathlib import Path

import mujoco

import itt
from itt.envs import make

CODE = """
from itt.envs import CATALOG, make
for name in CATALOG:
    env = make(name)
    for episode in range(2):
        env.reset(seed=episode)
        env.step(env.action_space.sample())
    env.close()
"""


def python(code, folder, **environment):
    """Runs Python in a folder of its own, without a display and with pipes, which C buffers, for a terminal."""
    dropped = ("DISPLAY", "MUJOCO_GL", "PYTHONUNBUFFERED")
    inherited = {key: value for key, value in os.environ.items() if key not in dropped}
    inherited["PYTHONPATH"] = str(Path(itt.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )


def test_describing_the_papers_environments_imports_no_simulator(tmp_path):
    code = (
        "import sys, itt.envs\n"
        "for name in itt.envs.CATALOG: itt.envs.describe(name)\n"
        "print(*sorted({'gymnasium', 'mujoco', 'dm_control', 'pybullet', 'Box2D'} & set(sys.modules)))"
    )

    assert python(code, tmp_path).stdout == "\n"


def test_no_environment_prints_or_warns_or_writes_a_log(tmp_path):
    done = python(CODE, tmp_path)

    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_what_the_user_prints_is_kept(tmp_path):
    code = "print('before')\nimport itt.envs\nitt.envs.make('InvertedPendulumBulletEnv-v0')\nprint('after')"

    assert python(code, tmp_path).stdout == "before\nafter\n"


def test_what_c_code_keeps_in_its_buffer_does_not_come_out_later(tmp_path):
    code = (
        "import ctypes\nfrom itt.envs.quiet import no_output\n"
        "with no_output(): ctypes.CDLL(None).puts(b'noise')\n"
        "print('after')"
    )

    assert python(code, tmp_path).stdout == "after\n"


def test_dm_control_makes_no_gl_context_unless_asked(tmp_path):
    code = "import os, itt.envs\nitt.envs.make('hopper-stand')\nprint(os.environ['MUJOCO_GL'])"

    assert python(code, tmp_path).stdout == "disable\n"
    assert python(code, tmp_path, MUJOCO_GL="off").stdout == "off\n"


def test_a_diverged_simulation_is_counted_where_it_is_not_printed(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    env = make("HalfCheetah-v2")
    env.reset(seed=0)
    env.unwrapped.data.qpos[0] = float("nan")

    env.step(env.action_space.sample())

    assert env.unwrapped.data.warning[mujoco.mjtWarning.mjWARN_BADQPOS].number > 0
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
