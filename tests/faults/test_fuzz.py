"""Readers of what anyone may have written: whatever it is, one clear line or a right result.

`make test-faults` reads 10,000 inputs, `make test` a few of each kind.
"""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itt.analysis.run_record import read_evaluation, read_metrics, read_sessions
from itt.errors import UserError
from itt.record import checkpoint, finished, policy_file
from itt.record.checkpoint import Checkpoint
from itt.resolve import resolve
from itt.study import Study, load, single

pytestmark = [
    pytest.mark.fault,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of NumPy, about headers that nobody would write
]

WORDS = ["null", "-1", "1e999", ".nan", "[]", "{}", "!!python/object:os.system", "&a", "*a", "<<: *a", "0x", "\t", "\0"]
STUDY = b"""name: mine
defaults: {algorithm: {iterations: 3, directions: 4}, candidates: {count: 10}}
envs: {CartPole-v1: {algorithm: {sigma: 0.5}, methods: {iot: {algorithm: {eta: 0.1}}}}}
variants: {wide: {policy: {width: 4}}}
runs:
  - {envs: [CartPole-v1], methods: [itt, iot], variants: [vanilla], seeds: [0, 3-5]}
evaluation: {episodes: 7}
"""
METRICS = b"step,return,env_steps,seconds,es/sigma\n" + b"".join(
    f"{k},{k / 3!r},{9 * k},{k / 7!r},1.0\n".encode() for k in range(9)
)
EVALUATION = b"episode,return,seed,diverged\n" + b"".join(f"{k},{k / 3!r},{2**31 + k},0\n".encode() for k in range(9))
SESSIONS = json.dumps([{"end": "now", "iterations_done": 9, "core_seconds": 1.5, "sha256": {}}]).encode()
RUN = resolve(single("CartPole-v1", "itt", overrides=["algorithm.iterations=9"]))


def _policy() -> bytes:
    return policy_file.content(RUN, {"theta": np.arange(6.0)})


def _checkpoint(folder: Path) -> bytes:
    checkpoint.save(folder, Checkpoint(RUN.spec(), 1, np.ones((1, 4)), {"theta": np.arange(6.0)}, [{"end": None}]))
    return (folder / "checkpoint").read_bytes()


@st.composite
def harmed(draw, whole):
    """A whole file in which something was cut, doubled, flipped or replaced; or anything at all."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 3, 20, len(content)])))
        piece = draw(
            st.one_of(
                st.just(b""),
                st.binary(max_size=8),
                st.sampled_from([word.encode() for word in WORDS]),
                st.just(bytes(content[start:end]) * 2),
                st.sampled_from([1, 2, 20, 300]).map(lambda depth: b"[" * depth),
            )
        )
        content[start:end] = piece
    return bytes(draw(st.one_of(st.just(content), st.binary(max_size=200))) if draw(st.booleans()) else content)


def read_or_refused(read, path):
    """What was read, or None where one line said that it cannot be: nothing else may be raised."""
    try:
        return read(path)
    except UserError as error:
        assert "\n" not in str(error) and str(path) in str(error)
        return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def fuzzed(whole):
    """Decorates a test of one file: `path` holds the harmed content."""

    def decorate(test):
        @settings(suppress_health_check=list(HealthCheck))
        @given(content=harmed(whole))
        def run(folder, content):
            path = folder / test.__name__
            path.write_bytes(content)
            test(path, content)

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return decorate


@fuzzed(STUDY)
def test_a_study(path, content):
    study = read_or_refused(load, path)
    assert study is None or isinstance(study, Study)
    if study:
        folders = [run.folder for run in study.runs]
        assert len(set(folders)) == len(folders) > 0
        assert not any(".." in part for folder in folders for part in folder.parts)


@fuzzed(METRICS)
def test_metrics(path, content):
    found = read_or_refused(read_metrics, path)
    if found is not None:
        lines = [line for line in csv.reader(io.StringIO(content.decode())) if line]
        assert len(found) == len(lines) - 1
        assert found["step"].is_monotonic_increasing


@fuzzed(EVALUATION)
def test_an_evaluation(path, content):
    found = read_or_refused(read_evaluation, path)
    assert found is None or list(found.columns) == ["return", "diverged"]


@fuzzed(SESSIONS)
def test_provenance(path, content):
    found = read_or_refused(read_sessions, path)
    if found is not None:
        assert found == json.loads(content)
        path.with_name("provenance.json").write_bytes(content)
        finished.damage_of(path.parent, 9)


@fuzzed(_policy())
def test_a_policy(path, content):
    found = read_or_refused(policy_file.read, path)
    assert found is None or (found.arrays["theta"].ndim, found.arrays["theta"].dtype) == (1, np.float64)


@pytest.mark.fault
def test_a_checkpoint(folder):
    """Whatever is in the file, it is the one that was saved, or it is refused."""
    (folder / "whole").mkdir()
    whole = _checkpoint(folder / "whole")

    @settings(suppress_health_check=list(HealthCheck))
    @given(content=harmed(whole))
    def run(content):
        (folder / "checkpoint").write_bytes(content)
        found = read_or_refused(lambda path: checkpoint.load(path, str), folder)
        assert (found is None) == (content != whole)

    run()


@pytest.mark.fault
def test_a_checkpoint_whose_checksum_is_right(folder):
    """Not by accident; but no reader may run what it reads, or fail otherwise than in one line."""
    (folder / "right").mkdir()
    head, _, body = _checkpoint(folder / "right").partition(b"\n")
    (folder / "right" / "checkpoint").unlink()

    @settings(suppress_health_check=list(HealthCheck))
    @given(content=harmed(body))
    def run(content):
        digest = finished.digests({"": content})[""].encode()
        (folder / "right" / "checkpoint").write_bytes(head[: -len(digest)] + digest + b"\n" + content)
        read_or_refused(lambda path: checkpoint.load(path, str), folder / "right")

    run()
