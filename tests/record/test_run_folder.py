"""A run's folder belongs to one run and one writer, survives a stop at any time, and is not touched once it is done."""

import contextlib
import errno
import fcntl
import itertools
import json
import os
import pickle
import shutil

import numpy as np
import pytest

from itt import settings_file
from itt.algorithms.es import strategy, trainer
from itt.errors import Stopped, UserError
from itt.ranks.signals import Signals
from itt.ranks.team import Alone
from itt.record import RunFolder, policy_file, provenance, run_folder
from itt.resolve import resolve
from itt.rollouts import Episode
from itt.spec import VERSION
from itt.study import single

DECLARED = ("run.yaml", "metrics.csv", "policy.npz", "best.npz", "provenance.json")
"""What the workflow declares as outputs of a training, and deletes before it starts one again."""


def cartpole(iterations=4, *overrides, seed=0, method="itt"):
    return single("CartPole-v1", method, seed=seed, overrides=[f"algorithm.iterations={iterations}", *overrides])


def result(training):
    """All that a spec decides."""
    return [(training / name).read_bytes() for name in ("policy.npz", "best.npz")], training.rows()


@pytest.fixture
def whole(train):
    """The run, trained in one go."""
    return train(cartpole(), "whole")


def sessions(training):
    return json.loads((training / "provenance.json").read_text())


# While a run goes on


def test_the_run_says_what_it_is_and_what_its_hash_is(whole):
    run = resolve(cartpole())
    said = settings_file.read(whole / "run.yaml")
    assert (said.pop("version"), said.pop("hash")) == (VERSION, run.hash)
    assert said == run.model_dump(mode="json")


@pytest.mark.parametrize("stop_after", [0, 1, 3])
def test_a_stopped_run_goes_on_and_ends_as_if_it_had_not_been_stopped(train, whole, stop_after):
    stopped = train(cartpole(), stop_after=stop_after)
    assert len(stopped.rows()) == stop_after
    assert not (stopped / "policy.npz").exists()
    resumed = train(cartpole())
    assert resumed.said == ([f"resumed at iteration {stop_after}"] if stop_after else [])
    assert result(resumed) == result(whole)


def test_a_run_that_was_stopped_at_every_iteration_ends_as_if_it_had_not_been(train, whole):
    for _ in range(4):
        train(cartpole(), stop_after=1)
    assert result(train(cartpole())) == result(whole)


@pytest.mark.fault
def test_rows_after_the_last_checkpoint_are_played_again_not_kept_twice(train, whole):
    stopped = train(cartpole(), stop_after=2)
    with open(stopped / "metrics.csv", "a") as file:
        file.write(file.name)  # what a killed process had written half
    assert result(train(cartpole())) == result(whole)


def test_each_session_is_told_in_the_provenance(train):
    train(cartpole(), stop_after=3)
    first, second = sessions(train(cartpole()))
    assert (first["first_iteration"], first["iterations_done"], first["end"]) == (0, 3, None)
    assert (second["first_iteration"], second["iterations_done"]) == (3, 4)
    assert second["end"] >= second["start"] >= first["start"]
    for session in (first, second):
        assert session["ranks"] == 1
        assert session["mpi"] is None
        assert session["hosts"] == [os.uname().nodename]
        assert session["core_seconds"] == session["seconds"] > 0
        assert session["versions"]["numpy"] == np.__version__
        assert {"python", "cpu", "git_commit", "command", "engine"} <= session.keys()


def test_a_session_in_a_batch_job_tells_its_id(train, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    train(cartpole(), stop_after=1)
    monkeypatch.delenv("SLURM_JOB_ID")
    assert [session["job"] for session in sessions(train(cartpole()))] == ["4711", None]


@pytest.mark.fault
def test_a_session_knows_the_c_library_and_one_under_other_versions_says_which(train, monkeypatch):
    train(cartpole(), stop_after=1)
    assert train(cartpole(), stop_after=1).said == ["resumed at iteration 1"]
    here = provenance._versions()
    assert here["glibc"].startswith("2.")
    monkeypatch.setattr(provenance, "_versions", lambda: here | {"numpy": "9.8", "glibc": "9.9", "newcomer": "1"})
    *_, line = train(cartpole(), stop_after=1).said
    assert line.endswith(f": glibc {here['glibc']} -> 9.9, numpy {here['numpy']} -> 9.8, newcomer unknown -> 1")
    assert "\n" not in line


def test_a_session_under_another_commit_says_so(train, monkeypatch):
    monkeypatch.setattr(provenance, "_commit", lambda: "a" * 40)
    train(cartpole(), stop_after=1)
    monkeypatch.setattr(provenance, "_commit", lambda: "b" * 40)
    *_, line = train(cartpole(), stop_after=1).said
    assert line.endswith(f": itt at {'a' * 40} -> {'b' * 40}")


def test_seconds_go_on_counting_after_a_stop(train, monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr("itt.record.run_folder.time.monotonic", lambda: float(next(ticks)))
    train(cartpole(), stop_after=2)
    with open(train(cartpole()) / "metrics.csv") as file:
        seconds = [float(line.split(",")[3]) for line in list(file)[1:]]
    assert all(later > earlier for earlier, later in itertools.pairwise(seconds))


# When it is finished


def test_a_finished_run_is_not_touched(train, whole, snapshot):
    before = snapshot(whole.folder)
    again = train(cartpole(), "whole")
    assert again.said == [f"{whole.folder}: finished already; --extend lengthens a run"]
    assert snapshot(whole.folder) == before


@pytest.mark.fault
@pytest.mark.parametrize("deleted", [*((name,) for name in DECLARED), DECLARED], ids="-".join)
def test_deleted_outputs_come_back_from_the_checkpoint(train, whole, deleted):
    before = result(whole)
    for name in deleted:
        (whole / name).unlink()
    assert result(train(cartpole(), "whole", stop_after=0)) == before  # nothing is played
    assert all((whole / name).exists() for name in DECLARED)


@pytest.mark.parametrize("stop_after", [9, 1])
def test_an_extended_run_is_one_that_was_long_from_the_beginning(train, whole, stop_after):
    train(cartpole(2))
    train(cartpole(4), stop_after=stop_after, extend=True)
    assert result(train(cartpole(4), extend=True)) == result(whole)


def test_an_extended_run_is_as_finished_as_any_other(train, whole, snapshot):
    train(cartpole(2))
    extended = train(cartpole(4), extend=True)
    before = snapshot(extended.folder)
    train(cartpole(4))
    assert snapshot(extended.folder) == before
    assert settings_file.read(extended / "run.yaml")["algorithm"]["iterations"] == 4


def test_an_evaluation_of_the_shorter_run_does_not_outlive_it(train):
    short = train(cartpole(2))
    for name in ("evaluation.csv", "evaluation-frozen.csv", "evaluation-frozen.yaml"):
        (short / name).write_text("episode,return,seed\n0,1.0,2147483648\n")
    assert not list(train(cartpole(4), extend=True).folder.glob("evaluation*"))


def test_an_evaluation_outlives_a_restored_output(train, whole):
    (whole / "evaluation.csv").write_text("episode,return,seed\n0,1.0,2147483648\n")
    (whole / "metrics.csv").unlink()
    assert (train(cartpole(), "whole") / "evaluation.csv").exists()


# Damage


def damage(path):
    path.write_bytes(path.read_bytes()[:-10])


@pytest.fixture
def stopped(train):
    """Stopped after 3 iterations, with a checkpoint at each."""
    return train(cartpole(4, "record.checkpoint_seconds=0"), stop_after=3)


def test_a_damaged_newest_checkpoint_costs_one_iteration_and_is_told(train, stopped, whole):
    newest = stopped / "checkpoint"
    (stopped / "checkpoint.previous").write_bytes(_at_iteration_2(train))
    damage(newest)
    resumed = train(cartpole())
    assert resumed.said == [
        f"{newest} is damaged (its checksum does not fit); going on from {newest}.previous, iteration 2",
        "resumed at iteration 2",
    ]
    assert result(resumed) == result(whole)


def _at_iteration_2(train):
    return (train(cartpole(4), "two", stop_after=2) / "checkpoint").read_bytes()


@pytest.mark.fault
def test_with_both_checkpoints_damaged_nothing_is_touched(train, stopped, snapshot):
    damage(stopped / "checkpoint")
    damage(stopped / "checkpoint.previous")
    before = snapshot(stopped.folder)
    with pytest.raises(UserError, match="no whole checkpoint is left"):
        train(cartpole())
    assert snapshot(stopped.folder) == before


def cut(path):
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))


def change(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


@pytest.mark.fault
@pytest.mark.parametrize("harm", [damage, cut, change, empty])
@pytest.mark.parametrize("name", ["metrics.csv", "best.npz", "policy.npz"])
def test_what_a_finished_run_left_and_was_damaged_comes_back_from_its_checkpoint(train, whole, name, harm):
    before = {file: (whole / file).read_bytes() for file in ("metrics.csv", "best.npz", "policy.npz")}
    harm(whole / name)
    mended = train(cartpole(), "whole", stop_after=0)  # nothing is played
    assert mended.said[0].startswith(f"{whole / name}: ")
    assert mended.said[0].endswith("; it comes back from the checkpoint")
    assert {file: (whole / file).read_bytes() for file in before} == before
    assert train(cartpole(), "whole").said == [f"{whole.folder}: finished already; --extend lengthens a run"]


@pytest.mark.fault
@pytest.mark.parametrize("harm", [damage, cut, empty])
@pytest.mark.parametrize("name", ["metrics.csv", "best.npz", "policy.npz"])
def test_damage_is_seen_in_a_record_without_hashes_too(train, whole, name, harm):
    provenance_json = whole / "provenance.json"
    told = sessions(whole)
    assert told[-1].pop("sha256").keys() == {"metrics.csv", "best.npz", "policy.npz"}
    provenance_json.write_text(json.dumps(told))
    before = result(whole)
    harm(whole / name)
    train(cartpole(), "whole", stop_after=0)
    assert result(whole) == before


@pytest.mark.fault
@pytest.mark.parametrize("name", ["metrics.csv", "best.npz", "policy.npz"])
def test_damage_without_a_checkpoint_is_told_and_nothing_is_touched(train, whole, name, snapshot):
    (whole / "checkpoint").unlink()
    (whole / "checkpoint.previous").unlink(missing_ok=True)
    change(whole / name)
    before = snapshot(whole.folder)
    with pytest.raises(UserError, match=rf"{name}: .*, and there is no checkpoint; choose another --out"):
        train(cartpole(), "whole")
    assert snapshot(whole.folder) == before


@pytest.mark.fault
def test_a_finished_run_needs_no_checkpoint(train, whole, snapshot):
    damage(whole / "checkpoint")
    before = snapshot(whole.folder)
    assert train(cartpole(), "whole").said == [f"{whole.folder}: finished already; --extend lengthens a run"]
    assert snapshot(whole.folder) == before


@pytest.mark.fault
def test_an_evaluation_of_a_policy_that_was_damaged_is_made_anew(train, whole):
    (whole / "evaluation.csv").write_text("episode,return,seed\n0,1.0,2147483648\n")
    damage(whole / "policy.npz")
    assert not (train(cartpole(), "whole") / "evaluation.csv").exists()


# Another's folder


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (cartpole(seed=1), "seed is 0 there, 1 here"),
        (cartpole(method="iot"), "method is itt there, iot here"),
        (cartpole(4, "algorithm.sigma=2"), r"algorithm\.sigma is 1\.0 there, 2\.0 here"),
        (cartpole(4, "algorithm.lazy.period=3"), r"algorithm\.lazy is None there"),
        (cartpole(9), r"algorithm\.iterations is 4 there, 9 here\); choose another --out; --extend lengthens a run"),
    ],
)
@pytest.mark.parametrize("state", ["finished", "stopped", "before its first checkpoint"])
def test_another_runs_folder_is_refused_and_not_touched(train, snapshot, other, difference, state):
    folder = train(cartpole(), stop_after=9 if state == "finished" else 2).folder
    if state == "before its first checkpoint":
        (folder / "checkpoint").unlink()
    before = snapshot(folder)
    with pytest.raises(UserError, match=rf"run: holds another run \(.*{difference}"):
        train(other)
    assert snapshot(folder) == before


@pytest.mark.parametrize("extend", [False, True])
def test_a_run_is_never_shortened(train, whole, snapshot, extend):
    before = snapshot(whole.folder)
    with pytest.raises(UserError) as error:
        train(cartpole(2), "whole", extend=extend)
    assert "--extend" not in str(error.value)
    assert snapshot(whole.folder) == before


def test_a_policy_without_a_run_is_not_overwritten(train, tmp_path, snapshot):
    (tmp_path / "run").mkdir()
    policy_file.write(tmp_path / "run" / "policy.npz", resolve(cartpole()), {"theta": np.zeros(6)})
    before = snapshot(tmp_path)
    with pytest.raises(UserError, match="holds a finished run without its checkpoint"):
        train(cartpole())
    assert snapshot(tmp_path) == before


def test_a_file_is_no_folder(train, tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(UserError, match="run: is a file; --out names a folder"):
        train(cartpole())
    assert (tmp_path / "run").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_told(train, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=r"file/run: cannot be written \(Not a directory\)"):
        train(cartpole(), "file/run")


@pytest.mark.parametrize("name", ["notes.txt", "metrics.csv", "data/"])
def test_a_folder_with_other_things_in_it_is_refused_and_not_touched(train, tmp_path, snapshot, name):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).mkdir() if name.endswith("/") else (tmp_path / "run" / name).write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(UserError, match=rf"run: holds {name.rstrip('/')} and no run; choose another --out"):
        train(cartpole())
    assert snapshot(tmp_path) == before


def test_what_a_user_adds_to_a_runs_folder_is_no_matter(train, stopped, whole):
    (stopped / "notes.txt").write_text("mine")
    assert result(train(cartpole())) == result(whole)
    assert (stopped / "notes.txt").read_text() == "mine"


@pytest.mark.fault
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
@pytest.mark.parametrize("name", [*DECLARED, "checkpoint", "checkpoint.previous"])
def test_a_folder_or_a_pipe_where_a_file_belongs_is_told_before_any_work(train, stopped, name, make, snapshot):
    (stopped / name).unlink(missing_ok=True)
    make(stopped / name)
    before = snapshot(stopped.folder)
    with pytest.raises(UserError, match=rf"{name}: is no plain file, but stands where one of the run's belongs"):
        train(cartpole())
    assert snapshot(stopped.folder) == before


@pytest.mark.fault
@pytest.mark.parametrize("name", ["a" * 300, "a" * 300 + "/run"])
def test_a_name_that_is_too_long_is_told(train, name):
    with pytest.raises(UserError, match="cannot be read \\(File name too long\\)"):
        train(cartpole(), name)


def test_an_empty_folder_will_do(train, tmp_path, whole):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".DS_Store").touch()
    assert result(train(cartpole())) == result(whole)


def test_a_run_that_ended_while_its_folder_was_looked_at_is_finished(train, whole, stopped, monkeypatch, snapshot):
    """Another process may hold the lock until just before this one gets it."""
    taken, held = {}, run_folder.held

    @contextlib.contextmanager
    def late(path, *waiting):
        for name in (*DECLARED, "checkpoint"):
            (stopped / name).write_bytes((whole / name).read_bytes())
        taken.update(snapshot(stopped.folder))
        with held(path, *waiting) as hold:
            yield hold

    monkeypatch.setattr(run_folder, "held", late)
    train(cartpole())
    after = snapshot(stopped.folder)
    assert {name: after[name] for name in DECLARED} == {name: taken[name] for name in DECLARED}


def test_what_a_killed_training_was_writing_is_swept(train, stopped):
    for name in (".checkpoint.abcdefgh", ".metrics.csv.a_b_c_d_", ".evaluation.csv.abcdefgh"):
        (stopped / name).touch()
    names = {path.name for path in train(cartpole()).folder.iterdir()}
    assert not [name for name in names if name.startswith(".") and name != ".lock"]


def test_a_file_system_without_locks_will_do(train, whole, monkeypatch):
    def flock(file, how):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", flock)
    assert result(train(cartpole())) == result(whole)


@pytest.mark.fault
def test_two_cannot_write_to_one_folder(train, stopped, snapshot):
    before = snapshot(stopped.folder)
    with open(stopped / ".lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="another itt train is writing to it"):
            train(cartpole())
    after = snapshot(stopped.folder)
    assert {name: entry for name, entry in after.items() if name != ".lock"} == {
        name: entry for name, entry in before.items() if name != ".lock"
    }


def test_the_folder_is_free_again_when_a_training_has_failed(train, monkeypatch):
    monkeypatch.setattr("itt.algorithms.es.trainer.strategy.tell", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(cartpole())
    monkeypatch.undo()
    assert len(train(cartpole()).rows()) == 4


@pytest.mark.fault
@pytest.mark.parametrize("again", [False, True])
def test_a_folder_that_is_removed_meanwhile_ends_a_training_in_one_line(train, tmp_path, monkeypatch, snapshot, again):
    """And nothing is written there, where another training may have begun."""
    tell = strategy.tell

    def removed(*arguments):
        shutil.rmtree(tmp_path / "run")
        if again:
            (tmp_path / "run").mkdir()
            (tmp_path / "run" / ".lock").touch()
        return tell(*arguments)

    monkeypatch.setattr("itt.algorithms.es.trainer.strategy.tell", removed)
    with pytest.raises(Stopped, match=r"run: was removed, or taken over by another itt train; nothing more is written"):
        trainer.train(tmp_path / "run", resolve(cartpole()), Alone(Signals()), print, lambda *_: None)
    assert list(tmp_path.rglob("*")) == ([tmp_path / "run", tmp_path / "run" / ".lock"] if again else [])


@pytest.mark.fault
@pytest.mark.parametrize("error", [ValueError("a fault"), MemoryError(), UserError("a mistake")])
def test_what_was_finished_before_an_error_is_kept(train, whole, monkeypatch, error):
    tell, calls = strategy.tell, []

    def fails(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise error
        return tell(*arguments)

    monkeypatch.setattr("itt.algorithms.es.trainer.strategy.tell", fails)
    with pytest.raises(type(error)):
        train(cartpole())
    monkeypatch.undo()
    resumed = train(cartpole())
    assert resumed.said == ["resumed at iteration 2"]
    assert result(resumed) == result(whole)


@pytest.mark.fault
def test_one_that_waits_for_the_folder_goes_on_when_it_is_free(tmp_path, train, stopped, whole):
    said = []
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(open(stopped / ".lock", "r+"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write('{"host": "node7", "process": 12}')
        lock.flush()

        class Patient(Alone):
            def rest(self, seconds):
                stack.close()

        trainer.train(stopped.folder, resolve(cartpole()), Patient(Signals()), said.append, lambda *_: None, wait=True)
    assert said == [
        f"{stopped.folder}: another itt train is writing to it (host node7, process 12); waiting for it",
        "resumed at iteration 3",
    ]
    assert result(stopped) == result(whole)


def test_each_session_tells_what_each_rank_did(train):
    (session,) = sessions(train(cartpole()))
    (rank,) = session["by_rank"]
    assert (rank["rank"], rank["host"], rank["tasks"]) == (0, os.uname().nodename, 4 * 13)
    assert 0 < rank["seconds"] <= session["seconds"]


# A full disk


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_disk(monkeypatch):
    """`full_disk(name)`: from now on a file of that name finds no room."""

    def begin(name, sync=os.fsync):
        def fsync(handle):
            if os.path.basename(os.readlink(f"/proc/self/fd/{handle}")).startswith(f".{name}."):
                raise FULL
            sync(handle)

        monkeypatch.setattr(os, "fsync", fsync)

    return begin


@pytest.mark.fault
@pytest.mark.parametrize("name", ["run.yaml", "metrics.csv", "provenance.json", "checkpoint", "policy.npz", "best.npz"])
def test_a_full_disk_ends_a_training_in_one_line_and_the_run_goes_on_later(
    tmp_path, monkeypatch, full_disk, train, whole, name
):
    train(cartpole(), stop_after=2)
    full_disk(name)
    with pytest.raises(Stopped) as told:
        trainer.train(tmp_path / "run", resolve(cartpole()), Alone(Signals()), print, lambda *_: None)
    assert str(told.value).startswith(f"{tmp_path / 'run' / name}: cannot be written (No space left on device)")
    assert "\n" not in str(told.value)
    monkeypatch.undo()
    resumed = train(cartpole())
    assert resumed.said[0] in ("resumed at iteration 2", "resumed at iteration 4")
    assert result(resumed) == result(whole)


@pytest.mark.fault
def test_a_row_that_finds_no_room_ends_a_training_likewise(tmp_path, monkeypatch, train, whole):
    train(cartpole(), stop_after=2)
    add_row = RunFolder.add_row

    def full(folder, row):
        folder._metrics.close()
        folder._metrics = open("/dev/full", "w")  # noqa: SIM115 - as the folder's own
        add_row(folder, row)

    monkeypatch.setattr(RunFolder, "add_row", full)
    with pytest.raises(Stopped, match=r"metrics\.csv: cannot be written \(No space left on device\)"):
        trainer.train(tmp_path / "run", resolve(cartpole()), Alone(Signals()), print, lambda *_: None)
    monkeypatch.undo()
    assert result(train(cartpole())) == result(whole)


# What a session keeps


def test_all_divergences_are_counted_and_the_first_hundred_told(train, monkeypatch):
    monkeypatch.setattr("itt.algorithms.es.trainer.play", diverging)
    (session,) = sessions(train(cartpole(20)))
    assert session["divergences"] == 20 * 6
    assert len(session["diverged"]) == 100
    assert session["diverged"][0].keys() == {"iteration", "direction", "sign", "env_seed"}


def diverging(shared, rollout):
    """Half of the perturbations' episodes."""
    return Episode(value=1.0, steps=1, seconds=0.0, diverged=rollout.key.sign < 0)


@pytest.mark.parametrize("iterations", [2, 6])
def test_a_runs_hash_is_computed_once_and_not_at_each_episode(train, monkeypatch, iterations):
    computed = []
    monkeypatch.setattr("itt.run.fingerprint", lambda spec: computed.append(spec) or "0" * 16)
    train(cartpole(iterations))
    assert len(computed) == 1


def test_a_hash_goes_with_a_run_to_other_processes_and_not_to_a_changed_copy(monkeypatch):
    run = resolve(cartpole())
    before = run.hash
    assert run.model_copy(update={"seed": 7}).hash == resolve(cartpole(seed=7)).hash != before
    sent = pickle.dumps(run)
    monkeypatch.setattr("itt.run.fingerprint", lambda spec: 1 / 0)
    assert pickle.loads(sent).hash == before
