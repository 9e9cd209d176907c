"""How many processes there are is known before MPI is loaded, and a launcher of another family is told in one line."""

import pytest

from itt.errors import UserError
from itt.ranks.launch import Launch, check_library, check_size, is_first, launched

OPEN_MPI = "Open MPI v5.0.11, package: Open MPI conda@host Distribution"
MPICH = "MPICH Version:      4.3.2\nMPICH Release date: today"

MPICH_WITH_PMIX = MPICH + "\nMPICH configure: --with-pmix=/opt/pmix"


@pytest.mark.parametrize(
    ("environment", "launch"),
    [
        ({}, None),
        ({"PMI_SIZE": "1"}, None),
        ({"PMI_SIZE": "4"}, Launch("MPICH", 4)),
        ({"MPI_LOCALNRANKS": "2"}, Launch("MPICH", 2)),
        ({"OMPI_COMM_WORLD_SIZE": "3"}, Launch("Open MPI", 3)),
        ({"OMPI_COMM_WORLD_SIZE": "1"}, None),
        ({"OMPI_COMM_WORLD_SIZE": "3", "PMI_SIZE": "3"}, Launch("Open MPI", 3)),
        ({"PMI_SIZE": "many"}, None),
        ({"SLURM_NTASKS": "4"}, None),  # an allocation, not a launch
        ({"SLURM_NTASKS": "4", "SLURM_PROCID": "0"}, None),  # an sbatch script
        ({"SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"}, None),  # srun -n 1
        ({"SLURM_STEP_NUM_TASKS": "4", "PMI_SIZE": "4"}, Launch("MPICH", 4)),  # srun --mpi=pmi2
        ({"SLURM_STEP_NUM_TASKS": "2", "PMI_SIZE": "6"}, Launch("MPICH", 6)),  # mpiexec, which srun started on 2 nodes
        ({"SLURM_STEP_NUM_TASKS": "2", "PMI_SIZE": "1"}, None),
        ({"SLURM_STEP_NUM_TASKS": "4", "PMIX_RANK": "3"}, Launch("PMIx", 4)),  # srun --mpi=pmix
        ({"SLURM_STEP_NUM_TASKS": "1", "PMIX_RANK": "0"}, None),
        ({"PMIX_RANK": "0"}, Launch("PMIx", None)),
        ({"PMIX_NAMESPACE": "prterun-1"}, Launch("PMIx", None)),
        ({"PMIX_RANK": "1", "OMPI_COMM_WORLD_SIZE": "3"}, Launch("Open MPI", 3)),
    ],
)
def test_a_launch_is_read_off_the_environment(environment, launch):
    assert launched(environment) == launch


@pytest.mark.parametrize(
    ("environment", "first"),
    [
        ({}, True),
        ({"PMI_RANK": "0"}, True),
        ({"PMI_RANK": "1"}, False),
        ({"OMPI_COMM_WORLD_RANK": "0", "PMIX_RANK": "0"}, True),
        ({"OMPI_COMM_WORLD_RANK": "2"}, False),
        ({"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "2"}, True),
        ({"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"}, False),
        ({"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2", "PMI_RANK": "0"}, True),
    ],
)
def test_the_first_process_speaks_to_the_user(environment, first):
    assert is_first(environment) == first


@pytest.mark.parametrize(("family", "library"), [("MPICH", MPICH), ("Open MPI", OPEN_MPI)])
def test_launcher_and_library_of_one_family_go_together(family, library):
    check_library(Launch(family, 2), library)


@pytest.mark.parametrize(
    ("family", "library", "told"),
    [
        ("Open MPI", MPICH, "mpiexec is Open MPI's but mpi4py has loaded MPICH (MPICH Version:"),
        ("PMIx", MPICH, "started by PMIx, which MPICH Version: 4.3.2 does not hear"),
        ("MPICH", OPEN_MPI, "mpiexec is MPICH's but mpi4py has loaded Open MPI (Open MPI v5.0.11)"),
    ],
)
def test_launcher_and_library_of_two_families_do_not(family, library, told):
    with pytest.raises(UserError) as error:
        check_library(Launch(family, 2), library)
    assert str(error.value).startswith(told)


def test_srun_without_mpi_is_refused_since_each_process_would_be_alone():
    with pytest.raises(UserError, match=r"srun started 4 processes without MPI: .* srun --mpi=pmi2"):
        launched({"SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "0"})


@pytest.mark.parametrize(
    ("launch", "seen", "library"),
    [
        (Launch("MPICH", 3), 3, MPICH),
        (Launch("PMIx", 3), 3, MPICH_WITH_PMIX),
        (Launch("PMIx", None), 3, MPICH_WITH_PMIX),
        (Launch("PMIx", None), 3, OPEN_MPI),
    ],
)
def test_processes_that_found_each_other_go_on(launch, seen, library):
    check_library(launch, library)
    check_size(launch, seen, library)


@pytest.mark.parametrize(
    ("launch", "seen", "library", "told"),
    [
        (Launch("MPICH", 3), 1, MPICH, r"3 processes were started but the MPI library \(MPICH .*\) sees 1"),
        (Launch("PMIx", 3), 1, OPEN_MPI, "3 processes were started but"),
        (Launch("PMIx", None), 1, MPICH_WITH_PMIX, r"started by PMIx, which MPICH .* does not hear"),
        (Launch("PMIx", None), 1, OPEN_MPI, r"started by PMIx, which Open MPI .* does not hear"),
    ],
)
def test_processes_that_each_believe_to_be_alone_do_not(launch, seen, library, told):
    with pytest.raises(UserError, match=told):
        check_size(launch, seen, library)


TRAIN = ("train", "--env", "CartPole-v1", "--method", "itt")


@pytest.mark.mpi
def test_a_train_that_a_foreign_mpiexec_started_says_so_once_and_touches_nothing(started, tmp_path):
    launch = {"OMPI_COMM_WORLD_SIZE": "2"}
    first = started(*TRAIN, "--out", tmp_path / "run", **launch, OMPI_COMM_WORLD_RANK="0")
    second = started(*TRAIN, "--out", tmp_path / "run", **launch, OMPI_COMM_WORLD_RANK="1")
    assert (first.code, second.code) == (2, 2)
    assert first.err.startswith("itt: error: mpiexec is Open MPI's but mpi4py has loaded MPICH")
    assert first.err.count("\n") == 1
    assert (first.out, second.out, second.err) == ("", "", "")
    assert not (tmp_path / "run").exists()


@pytest.mark.mpi
def test_a_launcher_that_the_library_does_not_hear_is_told(started, tmp_path):
    ended = started(*TRAIN, "--out", tmp_path / "run", PMI_SIZE="2", PMI_RANK="0")
    assert ended.code == 2
    assert ended.err.startswith("itt: error: 2 processes were started but the MPI library (MPICH")
    assert not (tmp_path / "run").exists()


SLURM_STEP = {"SLURM_JOB_ID": "1", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2"}


@pytest.mark.mpi
@pytest.mark.parametrize(
    "launch", [SLURM_STEP, SLURM_STEP | {"PMIX_NAMESPACE": "slurm.pmix.1.0"}, {"PMIX_NAMESPACE": "prterun-1"}]
)
def test_processes_without_a_way_to_find_each_other_are_told_once_and_train_nothing(started, tmp_path, launch):
    ranks = [{"SLURM_PROCID": str(k)} | ({"PMIX_RANK": str(k)} if "PMIX_NAMESPACE" in launch else {}) for k in (0, 1)]
    first, second = (started(*TRAIN, "--out", tmp_path / "run", **launch, **rank) for rank in ranks)
    assert (first.code, second.code) == (2, 2)
    assert first.err.startswith("itt: error: ")
    assert first.err.count("\n") == 1
    assert second.err == ""
    assert not (tmp_path / "run").exists()


def test_a_training_in_an_sbatch_script_is_alone(started, tmp_path):
    script = {"SLURM_JOB_ID": "1", "SLURM_NTASKS": "4", "SLURM_PROCID": "0"}
    assert started(*TRAIN, "--set", "algorithm.iterations=1", "--out", tmp_path / "run", **script).code == 0
