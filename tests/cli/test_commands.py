"""What the commands print, write and exit with when all is well."""

import csv
import json
import os
import pty
import re
import subprocess

import pytest

from itt import settings_file
from itt.algorithms.es.settings import VARIANTS
from itt.resolve import resolve
from itt.study import json_schema, single

FEW = ("--set", "algorithm.iterations=3", "--set", "algorithm.directions=2")
TRAIN = ("train", "--env", "CartPole-v1", "--method", "itt", *FEW)
WRITTEN = {"run.yaml", "metrics.csv", "policy.npz", "best.npz", "provenance.json", "checkpoint", ".lock"}


@pytest.fixture
def run(itt, tmp_path):
    """The folder of a finished run."""
    assert itt(*TRAIN, "--out", tmp_path / "run").code == 0
    return tmp_path / "run"


def test_train_writes_the_runs_record_and_nothing_to_standard_output(itt, tmp_path):
    done = itt(*TRAIN, "--out", tmp_path / "run")
    assert (done.code, done.out) == (0, "")
    kept = {path.name for path in (tmp_path / "run").iterdir()}
    assert (
        kept - {"checkpoint.previous"} == WRITTEN
    )  # which is there where compiling took longer than a checkpoint waits


def test_by_hand_a_run_has_its_place_below_results(itt, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert itt(*TRAIN, "--variant", "lazy", "--seed", 3).code == 0
    assert (tmp_path / "results/by-hand/runs/CartPole-v1/itt/lazy/seed3/policy.npz").exists()


def test_a_run_of_a_study_has_the_place_that_the_study_gives_it(itt, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "name: mine\ndefaults: {algorithm: {iterations: 1, directions: 1}}\n"
    (tmp_path / "a.yaml").write_text(text + "runs: [{envs: [CartPole-v1], methods: [explicit], seeds: [7]}]\n")
    asked = ("train", "--study", "a.yaml", "--env", "CartPole-v1", "--method", "explicit", "--seed", 7)
    assert itt(*asked).code == 0
    with open("results/mine/runs/CartPole-v1/explicit/vanilla/seed7/metrics.csv") as file:
        assert len(list(file)) == 2


def test_extend_goes_on_with_a_finished_run(itt, run):
    longer = [part.replace("iterations=3", "iterations=5") for part in TRAIN]
    assert itt(*longer, "--out", run).code == 2
    done = itt(*longer, "--out", run, "--extend")
    assert done.code == 0
    assert "itt: resumed at iteration 3\n" in done.err
    with open(run / "metrics.csv") as file:
        assert len(list(file)) == 1 + 5


# Progress


LINE = r"CartPole-v1/itt/vanilla/seed0: iteration 3/3, return [\d.]+, perturbations' mean [\d.]+, [\d.]+ s each"


def test_progress_is_plain_lines_where_there_is_no_terminal(itt, tmp_path):
    err = itt(*TRAIN, "--out", tmp_path / "run").err
    assert re.fullmatch(LINE + "\n", err)


def test_progress_is_a_bar_on_a_terminal(command, tmp_path):
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        command(*TRAIN, "--out", tmp_path / "run"),
        stderr=terminal,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            read = os.read(master, 4096)
        except OSError:  # the terminal's other end was closed
            break
        if not read:
            break
        shown += read
    os.close(master)
    assert process.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "CartPole-v1/itt/vanilla/seed0 ━" in text
    assert "3/3 return" in text


# eval


def test_eval_writes_each_episode_and_says_the_mean(itt, run):
    done = itt("eval", run, "--episodes", 4)
    with open(run / "evaluation.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    returns = [float(row["return"]) for row in rows]
    assert list(rows[0]) == ["episode", "return", "seed"]
    assert [int(row["episode"]) for row in rows] == [0, 1, 2, 3]
    assert all(int(row["seed"]) >= 2**31 for row in rows)
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(rf"{run}: return {sum(returns) / 4:.2f} \+- [\d.]+ over 4 episodes\n", done.out)


def test_eval_as_json_is_mean_deviation_and_number(itt, run):
    summary = json.loads(itt("eval", run, "--episodes", 4, "--json").out)
    with open(run / "evaluation.csv", newline="") as file:
        returns = [float(row["return"]) for row in csv.DictReader(file)]
    mean = sum(returns) / 4
    deviation = (sum((value - mean) ** 2 for value in returns) / 4) ** 0.5
    assert summary == {"mean": pytest.approx(mean), "std": pytest.approx(deviation), "episodes": 4, "diverged": 0}


def test_eval_of_the_best_policy_writes_nothing(itt, run, snapshot):
    before = snapshot(run)
    assert json.loads(itt("eval", run, "--best", "--episodes", 2, "--json").out)["episodes"] == 2
    assert snapshot(run) == before


@pytest.fixture
def continuous(itt, tmp_path):
    """The folder of a finished run with a continuous action, whose candidates are fresh at every transition."""
    train = ("train", "--env", "MountainCarContinuous-v0", "--method", "itt", *FEW, "--set", "candidates.count=64")
    assert itt(*train, "--out", tmp_path / "run").code == 0
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (("--search", "srp"), "evaluation-srp.csv"),
        (("--search", "srp", "--frozen"), "evaluation-srp-frozen.csv"),
        (("--frozen",), "evaluation-frozen.csv"),
        (("--search", "exact"), "evaluation-exact.csv"),
    ],
)
def test_eval_with_another_search_or_frozen_has_a_file_of_its_own(itt, continuous, snapshot, asked, name):
    itt("eval", continuous, "--episodes", 2)
    before = snapshot(continuous)
    done = itt("eval", continuous, "--episodes", 2, *asked)
    after = snapshot(continuous)
    assert done.code == 0, done.err
    assert after.keys() - before.keys() == {name, name.replace(".csv", ".yaml")}
    assert {file: after[file] for file in before} == before


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (("--search", "srp"), "itt: in inference candidates.resample: iteration (training: transition)\n"),
        (
            ("--search", "rft"),
            "itt: in inference candidates.resample: iteration (training: transition), "
            "policy.selection: sample (training: argmax)\n",
        ),
        (("--frozen",), "itt: in inference candidates.resample: once (training: transition)\n"),
        (("--search", "exact"), ""),
    ],
)
def test_eval_says_in_one_line_what_a_search_changes(itt, continuous, asked, line):
    assert itt("eval", continuous, "--episodes", 1, *asked).err == line


def test_eval_records_how_it_chose_beside_its_returns(itt, continuous):
    sets = ("--set", "candidates={count: 128}", "--set", "search.projections=4")
    assert itt("eval", continuous, "--episodes", 1, "--search", "srp", *sets).code == 0
    (file,) = continuous.glob("evaluation-srp-*.yaml")
    assert file.with_suffix(".csv").exists()
    said = settings_file.read(file)
    assert said.keys() == {"candidates", "policy", "search"}
    assert said["candidates"] == {"count": 128, "resample": "iteration", "subsample": None}
    assert said["policy"] == {"selection": "argmax"}
    assert (said["search"]["name"], said["search"]["projections"]) == ("srp", 4)


def test_eval_with_settings_of_its_own_names_their_hash(itt, continuous):
    sets = ("--set", "candidates.count=128", "--set", "search.projections=4")
    assert itt("eval", continuous, "--episodes", 1, "--search", "srp", *sets).code == 0
    (file,) = continuous.glob("evaluation-*.csv")
    assert re.fullmatch(r"evaluation-srp-[0-9a-f]{16}\.csv", file.name)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (("--search", "lsh"), "search.name: must be one of"),
        (("--search", "srp", "--set", "search.projections=9"), "search.projections: 2^m may not exceed |A*|, 64 here"),
        (("--search", "srp", "--set", "policy.width=3"), "--set policy.width=3: not a setting of inference"),
        (("--set", "candidates.count=0"), "--set candidates.count: input should be greater than or equal to 1"),
    ],
)
def test_eval_refuses_what_means_nothing_in_inference(itt, continuous, snapshot, asked, line):
    before = snapshot(continuous)
    done = itt("eval", continuous, *asked)
    assert (done.code, snapshot(continuous)) == (2, before)
    assert line in done.err
    assert done.err.count("\n") == 1


def test_eval_again_gives_the_same_bytes(itt, run):
    itt("eval", run, "--episodes", 3)
    first = (run / "evaluation.csv").read_bytes()
    itt("eval", run, "--episodes", 3)
    assert (run / "evaluation.csv").read_bytes() == first


@pytest.mark.mpi
def test_eval_under_mpiexec_gives_the_same_bytes(itt, started, run):
    itt("eval", run, "--episodes", 3)
    alone = (run / "evaluation.csv").read_bytes()
    (run / "evaluation.csv").unlink()
    assert started("eval", run, "--episodes", 3, ranks=3).code == 0
    assert (run / "evaluation.csv").read_bytes() == alone


# Help


def test_without_arguments_there_is_help_and_the_exit_codes(itt):
    done = itt()
    assert done.code == 0
    assert all(code in done.out for code in ("0 done", "2 a mistake", "75 stopped", "1 a fault"))


@pytest.mark.parametrize("command", ["train", "eval"])
def test_commands_that_play_tell_their_exit_codes(itt, command):
    text = " ".join(itt(command, "--help").out.split())
    assert "Exit codes: 0 done, 2 a mistake of yours" in text
    assert "75 stopped early by a signal" in text


@pytest.mark.parametrize(
    ("command", "reads", "writes"),
    [
        ("train", "the study file", "run.yaml, metrics.csv (row k"),
        ("eval", "RUN/policy.npz", "RUN/evaluation.csv"),
        ("envs", "nothing", "nothing"),
        ("collect", "run.yaml, metrics.csv", "OUT/runs.csv"),
        ("tables", "COLLECTED/runs.csv", "OUT scores"),
        ("figures", "COLLECTED/runs.csv", "OUT/learning-curves"),
    ],
)
def test_help_says_what_is_read_and_written(itt, command, reads, writes):
    done = itt(command, "--help")
    text = " ".join(done.out.split())
    assert done.code == 0
    assert re.search(rf"Reads {re.escape(reads)}", text)
    assert re.search(rf"[Ww]rites .*{re.escape(writes)}", text)


@pytest.mark.parametrize(("command", "names"), [("train", VARIANTS), ("eval", ("exact", "dfo", "srp", "rft"))])
def test_help_names_every_variant_and_every_search(itt, command, names):
    words = re.findall(r"[\w-]+", itt(command, "--help").out)
    assert set(names) <= set(words)


def test_schema_is_the_studys_json_schema(itt):
    assert json.loads(itt("schema").out) == json_schema()


def test_the_papers_settings_are_the_defaults():
    run = resolve(single("HalfCheetah-v2", "itt"))
    assert (run.candidates.count, run.algorithm.iterations, run.algorithm.directions) == (1000, 4000, 282)
