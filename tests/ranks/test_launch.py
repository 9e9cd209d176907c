"""How many processes there are is known before MPI is loaded, and a launcher of another family is told in one line."""

import pytest

from itt.errors import UserError
from itt.ranks.launch import Launch, check_library, is_first, launched

OPEN_MPI = "Open MPI v5.0.11, package: Open MPI conda@host Distribution"
MPICH = "MPICH Version:      4.3.2\nMPICH Release date: today"


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
        ("MPICH", OPEN_MPI, "mpiexec is MPICH's but mpi4py has loaded Open MPI (Open MPI v5.0.11)"),
    ],
)
def test_launcher_and_library_of_two_families_do_not(family, library, told):
    with pytest.raises(UserError) as error:
        check_library(Launch(family, 2), library)
    assert str(error.value).startswith(told)


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
    assert ended.err.startswith("itt: error: mpiexec started 2 processes but the MPI library sees 1")
    assert not (tmp_path / "run").exists()
