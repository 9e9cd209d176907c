"""A saved policy says all that is needed to act, and reading one is safe."""

import io
import json
import time

import numpy as np
import pytest

from itt.errors import UserError
from itt.record import policy_file
from itt.settings import METHODS
from itt.study import single

RUN = single("CartPole-v1", "itt", overrides=["policy.state.width=[3]"])
THETA = np.array([0.1, -np.inf, 1e-310])


@pytest.mark.parametrize("method", METHODS)
def test_a_policy_comes_back_with_its_run(tmp_path, method):
    run = single("Hopper-v2", method, seed=3)
    policy_file.write(tmp_path / "policy.npz", run, THETA)
    saved = policy_file.read(tmp_path / "policy.npz")
    np.testing.assert_array_equal(saved.theta, THETA)
    assert saved.run.spec() == run.spec()
    assert saved.run.hash == run.hash


def test_the_bytes_do_not_know_the_time(tmp_path, monkeypatch):
    policy_file.write(tmp_path / "a.npz", RUN, THETA)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2e9))
    policy_file.write(tmp_path / "b.npz", RUN, THETA)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numpy_alone_can_read_it(tmp_path):
    policy_file.write(tmp_path / "policy.npz", RUN, THETA)
    with np.load(tmp_path / "policy.npz", allow_pickle=False) as file:
        assert file.files == ["spec", "theta"]
        assert json.loads(str(file["spec"])) == RUN.spec()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=True, **arrays)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip",
        npz(theta=THETA),
        npz(spec=np.array("no json"), theta=THETA),
        npz(spec=np.array("[1]"), theta=THETA),
        npz(spec=np.array('{"env": "CartPole-v1"}'), theta=THETA),
        npz(spec=np.array(json.dumps(RUN.spec() | {"foo": 1})), theta=THETA),
        npz(spec=np.array(json.dumps(RUN.spec())), theta=np.array([print], dtype=object)),
        npz(spec=np.array(json.dumps(RUN.spec())), theta=THETA)[:-30],
        npy(THETA),
    ],
    ids=[
        "empty",
        "no zip",
        "no spec",
        "spec no JSON",
        "spec a list",
        "spec with gaps",
        "spec with an unknown key",
        "code",
        "cut",
        "one array",
    ],
)
def test_a_file_that_is_no_policy_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "policy.npz"
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        policy_file.read(path)
    assert str(error.value).startswith(f"{path}: not a policy of itt (")
    assert "\n" not in str(error.value)


def test_a_policy_that_is_not_there_is_told_who_writes_it(tmp_path):
    with pytest.raises(UserError, match=r"policy\.npz: no such file; `itt train` writes it"):
        policy_file.read(tmp_path / "policy.npz")
