"""What jobs ask Slurm for, read off the command lines of an `sbatch` that refuses them all."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STUDY = """
name: asked
defaults: {algorithm: {iterations: 1}}
runs:
  - {envs: [CartPole-v1], methods: [itt], seeds: 1}
"""
REFUSES = """#!/bin/sh
printf '%s\\n' "$@" | sed 's/^--wrap=.*//' | tr '\\n' '\\0' > "sbatch.$$.call"
echo refused >&2
exit 1
"""


pytestmark = pytest.mark.mpi


@pytest.fixture
def asked(tmp_path, snakemake_in, monkeypatch):
    """The options that a job was submitted with, by their names: the training's, or that of another rule."""
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "results" / "asked").mkdir(parents=True)
    (tmp_path / "results" / "asked" / "kernels.txt").touch()
    tools = tmp_path / "bin"
    tools.mkdir()
    silent = "#!/bin/sh\n"
    for name, script in {
        "sbatch": REFUSES,
        "sinfo": "#!/bin/sh\necho 'cpu*'\n",
        "squeue": silent,
        "scontrol": silent,
    }.items():
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    (tmp_path / "none.yaml").write_text("{}\n")

    def submit(*arguments, config=(), site="none.yaml", rule="train"):
        given = (f"study={tmp_path}/study.yaml", f"site={tmp_path / site}", *config)
        done = snakemake_in(tmp_path, "--profile", "slurm", "--retries", "0", *arguments, "--config", *given)
        assert done.returncode == 1, done.stderr
        calls = [file.read_text() for file in tmp_path.glob("sbatch.*.call")]
        call = next(call for call in calls if f"rule_{rule}" in call)  # theory and speed are asked for, too
        return Asked(call.split("\0"), done.stderr)

    submit.folder = tmp_path
    return submit


class Asked:
    def __init__(self, words, said):
        self.words, self.said = words, said

    def __getitem__(self, option):
        for place, word in enumerate(self.words):
            if word == option:
                return self.words[place + 1]
            if word.startswith(f"{option}="):
                return word.partition("=")[2]
        raise KeyError(f"{option} is not in {shlex.join(self.words)}")

    def __contains__(self, option):
        return any(word == option or word.startswith(f"{option}=") for word in self.words)


def test_a_training_asks_for_its_ranks_a_cpu_and_memory_each_and_time_by_the_plan(asked):
    job = asked(config=["ranks=5"])
    assert (job["--ntasks"], job["--cpus-per-task"]) == ("5", "1")
    assert (job["--mem-per-cpu"], job["-t"]) == ("600", "30")
    assert "-A" not in job and "-C" not in job and "--qos" not in job
    assert "account" not in job.said  # none is guessed


def test_a_resource_on_the_command_line_loses_none_of_the_others(asked):
    job = asked("--set-resources", "train:runtime=7", config=["ranks=5"])
    assert (job["-t"], job["--ntasks"], job["--mem-per-cpu"]) == ("7", "5", "600")


def test_a_site_has_its_word_in_a_file_and_config_stands_above_it(asked):
    (asked.folder / "site.yaml").write_text("partition: cpu\nqos: long\nruntime: 90\nmemory: 800\nnodes: 2\n")
    job = asked(config=["ranks=3", "partition=gpu", "constraint=intel|amd"], site="site.yaml")
    assert (job["-p"], job["--qos"], job["-C"]) == ("gpu", "long", "intel|amd")
    assert (job["-t"], job["--mem-per-cpu"], job["--nodes"]) == ("90", "800", "2")


@pytest.mark.parametrize("rule", ["train", "speed", "theory"])
def test_no_job_asks_for_more_time_than_the_site_gives_one(asked, rule):
    (asked.folder / "site.yaml").write_text("runtime: 25\n")
    assert asked(config=["ranks=1"], site="site.yaml", rule=rule)["-t"] == "25"
    for file in asked.folder.glob("sbatch.*.call"):
        file.unlink()
    assert asked(config=["ranks=1", "runtime=20"], site="site.yaml", rule=rule)["-t"] == "20"


def test_every_rule_asks_the_site_for_its_time():
    rules = [file.read_text() for file in (ROOT / "workflow" / "rules").glob("*.smk")]
    times = [line.partition("=")[2] for text in rules for line in re.findall(r"^ +runtime=.*", text, re.M)]
    assert len(times) == 10
    assert [time for time in times if not time.startswith(("SITE.minutes(", "lambda wildcards: requested("))] == []


def test_a_training_in_one_process_is_one_task_with_a_name_that_a_person_can_read(asked):
    job = asked(config=["ranks=1", "nodes=2"])
    assert job["--ntasks"] == "1"
    assert "--nodes" not in job
    assert job["--job-name"].startswith("itt_")
    assert job["--comment"] == "rule_train_wildcards_runs_CartPole-v1_itt_vanilla_seed0"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("site=absent.yaml", "--config site: absent.yaml: no such file"),
        ("study=$(touch injected).yaml", "jobs are handed to a shell, which would not leave this alone"),
    ],
)
def test_a_wish_that_means_nothing_is_one_line(snakemake, tmp_path, config, message):
    refused = snakemake("--profile", "slurm", "--dry-run", "--config", config)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("itt: error: ")
    assert message in refused.stderr
    assert not (tmp_path / "injected").exists()


def test_an_envs_name_is_nothing_that_a_shell_would_run(snakemake, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY.replace("CartPole-v1", "'$(touch injected)'"))
    refused = snakemake("--profile", "slurm", "--dry-run", "--config", f"study={tmp_path}/study.yaml")
    assert refused.returncode == 2
    assert (
        "runs[0].envs[0]: must be letters, digits, _, and . : / - after the first, like HalfCheetah-v2"
        in refused.stderr
    )
    assert not (tmp_path / "injected").exists()


def test_what_ended_as_a_users_mistake_is_not_started_again(tmp_path, snakemake_in):
    (tmp_path / "study.yaml").write_text(STUDY)
    folder = tmp_path / "results" / "asked" / "runs" / "CartPole-v1" / "itt" / "vanilla" / "seed0"
    folder.mkdir(parents=True)
    (folder / "checkpoint").write_text("damaged")
    config = (f"study={tmp_path}/study.yaml", "ranks=1")

    done = snakemake_in(tmp_path, "--profile", "profiles/local", "--retries", "3", "--config", *config)

    log = (tmp_path / "results/asked/logs/runs/CartPole-v1/itt/vanilla/seed0/train.log").read_text()
    assert done.returncode == 1
    assert log.count("logged: exit code 2\n") == 1


def test_what_ended_otherwise_is_started_again(tmp_path, snakemake_in):
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "results" / "asked").mkdir(parents=True)
    (tmp_path / "results" / "asked" / "kernels.txt").touch()
    config = (f"study={tmp_path}/study.yaml", "ranks=2", "mpi=false")

    done = snakemake_in(tmp_path, "--profile", "profiles/local", "--retries", "2", "--config", *config)

    log = (tmp_path / "results/asked/logs/runs/CartPole-v1/itt/vanilla/seed0/train.log").read_text()
    assert done.returncode == 1
    assert log.count("logged: exit code 1\n") == 3


def test_a_training_that_ranks_would_not_make_faster_asks_for_one(asked):
    study = asked.folder / "study.yaml"
    study.write_text("name: asked\nruns: [{envs: [Pendulum-v1], methods: [sac], seeds: 1}]\n", encoding="utf-8")
    job = asked(config=["ranks=5", "nodes=2"])
    assert (job["--ntasks"], job["--nodes"]) == ("1", "1")
