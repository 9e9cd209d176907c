"""What sessions tell of where a study was trained."""

from itt.report.provenance import tables, told

OLD = {"git_commit": "a" * 40, "cpu": "Xeon", "ranks": 1, "core_seconds": 3600.0, "seconds": 1800.0, "hosts": ["n1"]}
NEW = {"git_commit": "b" * 40 + "+", "cpu": "Epyc", "ranks": 3, "mpi": "MPICH 4\n", "hosts": ["n1", "n2"]}


def test_a_commit_is_told_with_its_runs_sessions_and_hours():
    found = told([[OLD, OLD], [OLD, NEW]])
    assert [(use.what[:3], use.runs, use.sessions, use.core_hours) for use in found.uses["Commit"]] == [
        ("aaa", 2, 3, 3.0),
        ("bbb", 1, 1, 0.0),
    ]


def test_code_with_changes_and_code_without_a_commit_say_so():
    told_of = {use.what for use in told([[NEW], [{}]]).uses["Commit"]}
    assert told_of == {"b" * 40 + " with changes", "none: installed, not a checkout"}


def test_a_library_is_told_with_its_ranks():
    assert {use.what for use in told([[OLD], [NEW]]).uses["MPI"]} == {"without MPI, 1 rank", "MPICH 4, 3 ranks"}


def test_runs_taken_up_again_are_counted_and_machines_once():
    found = told([[OLD, NEW], [OLD], []])
    assert (found.runs, found.sessions, found.resumed, found.hosts) == (2, 3, 1, 2)
    assert (found.hours, found.core_hours) == (1.0, 2.0)


def test_every_version_that_a_session_had_is_told():
    found = told([[{"versions": {"numpy": "2.4.6"}}, {"versions": {"numpy": "2.4.7", "mpich": "4.3"}}]])
    assert found.versions == {"mpich": ["4.3"], "numpy": ["2.4.6", "2.4.7"]}
    assert [[cell.text for cell in row] for row in tables(found)[1].rows] == [
        ["mpich", "4.3"],
        ["numpy", "2.4.6, 2.4.7"],
    ]


def test_times_are_those_of_the_first_start_and_the_last_end():
    found = told([[{"start": "2026-01-02", "end": "2026-01-03"}, {"start": "2026-01-01", "end": None}]])
    assert (found.begun, found.ended) == ("2026-01-01", "2026-01-03")
