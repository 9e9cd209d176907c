"""A saved policy says all that is needed to act, and reading one is safe."""

import io
import json
import os
import time
import tracemalloc

import numpy as np
import pytest

from itt.algorithms.es.settings import METHODS
from itt.errors import UserError
from itt.record import arrays, policy_file
from itt.study import single

RUN = single("CartPole-v1", "itt", overrides=["policy.state.width=[3]"])
THETA = np.array([0.1, -np.inf, 1e-310])


@pytest.mark.parametrize("method", METHODS)
def test_a_policy_comes_back_with_its_run(tmp_path, method):
    run = single("Hopper-v2", method, seed=3)
    policy_file.write(tmp_path / "policy.npz", run, {"theta": THETA})
    saved = policy_file.read(tmp_path / "policy.npz")
    np.testing.assert_array_equal(saved.arrays["theta"], THETA)
    assert saved.run.spec() == run.spec()
    assert saved.run.hash == run.hash


def test_the_bytes_do_not_know_the_time(tmp_path, monkeypatch):
    policy_file.write(tmp_path / "a.npz", RUN, {"theta": THETA})
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2e9))
    policy_file.write(tmp_path / "b.npz", RUN, {"theta": THETA})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numpy_alone_can_read_it(tmp_path):
    policy_file.write(tmp_path / "policy.npz", RUN, {"theta": THETA})
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


def bomb():
    """100 MB of zeros in 100 kB."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, spec=np.array(json.dumps(RUN.spec())), theta=np.zeros(12_500_000))
    return buffer.getvalue()


def overlapping():
    """Ten arrays that are one and the same place in the file."""
    content = npz(spec=np.array("x" * 10_000), theta=THETA)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry = content[start : content.index(b"PK\x01\x02", start + 4)]
    tail = bytearray(content[end:])
    tail[8:12] = (10).to_bytes(2, "little") * 2
    tail[12:16] = (10 * len(entry)).to_bytes(4, "little")
    return content[:start] + 10 * entry + bytes(tail)


def promising(shape):
    """A theta whose header promises more numbers than follow."""
    content = npz(spec=np.array(json.dumps(RUN.spec())), theta=THETA)
    return content.replace(b"'shape': (3,), }" + b" " * (len(shape) - 3), b"'shape': (%s), }" % shape.encode())


@pytest.mark.fault
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "policy.npz"
    path.write_bytes(bomb())
    tracemalloc.start()
    with pytest.raises(UserError, match="holds compressed arrays, which itt does not write"):
        policy_file.read(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.fault
def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    policy_file.write(tmp_path / "policy.npz", RUN, {"theta": THETA})
    monkeypatch.setattr(arrays, "MOST", 100)
    with pytest.raises(UserError, match="not a policy of itt"):
        policy_file.read(tmp_path / "policy.npz")


@pytest.mark.fault
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "policy.npz")
    with pytest.raises(UserError, match=r"policy\.npz: not a policy of itt \(.*is no plain file"):
        policy_file.read(tmp_path / "policy.npz")


@pytest.mark.fault
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
        npz(spec=np.array("[" * 100_000), theta=THETA),
        overlapping(),
        promising("10" * 7 + ","),
        npz(spec=np.array(json.dumps(RUN.spec())), theta=np.zeros((3, 3))),
        npz(spec=np.array(json.dumps(RUN.spec())), theta=np.array("x")),
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
        "spec too deep",
        "overlapping",
        "more numbers than there are",
        "theta a matrix",
        "theta a word",
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
