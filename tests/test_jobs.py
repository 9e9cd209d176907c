"""What is told of jobs that a scheduler holds, and of those that failed before they began."""

from pathlib import Path

import pytest

from itt import jobs

WORK = Path("/data/here")


def line(reason, number=12, folder=WORK):
    return f"{number}|{folder}|{reason}|rule_train_wildcards_runs_CartPole-v1_itt_vanilla_seed0\n"


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("JobHeldUser", "scontrol release 12"),
        ("launch failed requeued held", "scontrol release 12"),
        ("PartitionTimeLimit", "--config runtime="),
        ("BadConstraints", "--config constraint="),
    ],
)
def test_a_job_that_waits_for_its_user_is_told_with_what_to_do(reason, advice):
    told = jobs.held(line(reason), WORK)["12"]
    assert reason in told
    assert "runs_CartPole-v1_itt_vanilla_seed0" in told
    assert advice in told


@pytest.mark.parametrize("reason", ["Resources", "Priority", "BeginTime", "None"])
def test_a_job_that_waits_for_its_turn_is_not_told(reason):
    assert jobs.held(line(reason), WORK) == {}


def test_jobs_of_another_folder_are_not_told():
    listing = line("JobHeldUser", 1, "/data/there") + line("JobHeldUser", 2)
    assert set(jobs.held(listing, WORK)) == {"2"}


@pytest.fixture
def failed(tmp_path):
    """Snakemake's log of a job that failed, whose own log holds `own`, and what Slurm's log says."""

    def write(own):
        mine, slurms = tmp_path / "train.log", tmp_path / ".snakemake" / "slurm_logs" / "rule_train" / "7.log"
        slurms.parent.mkdir(parents=True)
        slurms.write_text("\n".join(f"line {number}" for number in range(20)) + "\nsrun: not found\n")
        mine.write_text(own)
        log = tmp_path / "snakemake.log"
        log.write_text(
            f"Error in rule train:\n    jobid: 1\n    log: {mine}, {slurms} (check log file(s) for details)\n"
        )
        return [log], slurms

    return write


def test_where_a_job_said_nothing_the_end_of_slurms_log_is_told(failed):
    logs, slurms = failed(own="")
    told = list(jobs.unsaid(logs))
    assert str(slurms) in told[0]
    assert told[-1].strip() == "srun: not found"
    assert len(told) < 12


def test_where_a_job_spoke_for_itself_nothing_is_added(failed):
    logs, _ = failed(own="itt: error: no such env\n")
    assert list(jobs.unsaid(logs)) == []
