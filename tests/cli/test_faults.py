"""What a user may come across is told in one line, without a traceback, and never passes for success."""

import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from itt.record import policy_file

pytestmark = pytest.mark.fault

LONG = "a" * 300
RUN = ["train", "--env", "CartPole-v1", "--method", "itt", "--set", "algorithm.iterations=1", "--set"]
RUN += ["algorithm.directions=1"]
STUDY = "name: {}\nruns: [{{envs: [CartPole-v1], methods: [itt], seeds: {}}}]\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with studies and modules in it that nobody should write."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep.yaml").write_text(f"name: x\nruns: {'[' * 5000}{']' * 5000}\n")
    (tmp_path / "indented.yaml").write_text("\n".join(f"{' ' * depth}a:" for depth in range(5000)))
    (tmp_path / "many.yaml").write_text(STUDY.format("x", 1000000000))
    (tmp_path / "named.yaml").write_text(STUDY.format(LONG, 1))
    laughs = "\n".join(f"  a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 10))
    (tmp_path / "bomb.yaml").write_text(f"name: x\ndefaults:\n  a0: &a0 [1, 2]\n{laughs}\n")
    (tmp_path / "endless.yaml").write_text("name: x\nruns: &a [*a]\n")
    (tmp_path / "exits.py").write_text("raise SystemExit(0)\n")


@pytest.fixture(scope="module")
def trained(started, tmp_path_factory):
    """A run, not to be changed."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    assert started(*RUN, "--out", folder).code == 0
    return folder


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["train", "--env", "..:CartPole-v1", "--method", "itt"],
            "env: must be letters, digits, _, and . : / - after the first, like HalfCheetah-v2",
        ),
        (["train", "--env", "exits:Some-v1", "--method", "itt"], "its module exits cannot be imported: SystemExit: 0"),
        (["train", "--env", LONG, "--method", "itt"], "unknown environment"),
        ([*RUN, "--variant", LONG], "unknown variant"),
        ([*RUN, "--out", LONG], "File name too long"),
        ([*RUN, "--out", f"{LONG}/run"], "File name too long"),
        ([*RUN, "--study", LONG], "File name too long"),
        ([*RUN, "--study", "named.yaml"], "named.yaml: name: string should have at most 100 characters"),
        ([*RUN, "--study", "many.yaml"], "many.yaml: runs[0].seeds: at most 100000, not 1000000000"),
        ([*RUN, "--study", "deep.yaml"], "deep.yaml: sections within sections, deeper than can be read"),
        ([*RUN, "--study", "indented.yaml"], "indented.yaml: sections within sections, deeper than can be read"),
        ([*RUN, "--study", "bomb.yaml"], "bomb.yaml: more than 2000000 values, those of aliases counted"),
        ([*RUN, "--study", "endless.yaml"], "endless.yaml: more than 2000000 values, those of aliases counted"),
        ([*RUN, "--set", f"env_kwargs={'[' * 5000}"], "--set env_kwargs"),
        (["eval", LONG], "File name too long"),
        (["collect", LONG, "--out", "out"], "File name too long"),
        (["tables", LONG, "--out", "out"], "File name too long"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_mistake_is_one_line(itt, tmp_path, arguments, told):
    before = sorted(tmp_path.iterdir())
    ended = itt(*arguments)
    assert ended.code == 2, ended.err
    (line,) = ended.err.splitlines()
    assert line.startswith("itt: error: ") and told in line
    assert [path for path in sorted(tmp_path.iterdir()) if path.name != "__pycache__"] == before


@pytest.mark.parametrize("more", [-1, 1])
def test_a_theta_of_the_wrong_size_is_told(itt, trained, tmp_path, more):
    saved = policy_file.read(trained / "policy.npz")
    theta = saved.arrays["theta"]
    shutil.copytree(trained, tmp_path / "run")
    policy_file.write(tmp_path / "run" / "policy.npz", saved.run, {"theta": np.resize(theta, theta.size + more)})
    told = f"holds {theta.size + more} parameters, but a policy of CartPole-v1, itt has {theta.size}"
    for arguments in (["eval", "run"], [*RUN, "--out", "new", "--set", "algorithm.initial.policy=run/policy.npz"]):
        ended = itt(*arguments)
        assert (ended.code, told in ended.err, len(ended.err.splitlines())) == (2, True, 1), ended.err
    assert not (tmp_path / "run" / "evaluation.csv").exists()


def test_ctrl_c_while_the_command_line_is_imported_leaves_no_traceback(tmp_path):
    (tmp_path / "typer.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    ended = subprocess.run([sys.executable, "-m", "itt"], capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")
