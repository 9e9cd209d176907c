"""`itt report`, and what it refuses."""

import shutil


def test_it_writes_the_page_and_says_where(itt, results):
    done = itt("report", results, "--out", results / "report.html")
    assert (done.code, done.out) == (0, f"{results / 'report.html'}\n")
    assert (results / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_a_folder_without_runs_is_refused(itt, tmp_path):
    done = itt("report", tmp_path, "--out", tmp_path / "report.html")
    assert (done.code, done.err) == (
        2,
        f"itt: error: {tmp_path}: holds no runs; give a study's results, results/NAME\n",
    )


def test_results_that_were_not_collected_are_refused(itt, results):
    shutil.rmtree(results / "collected")
    done = itt("report", results, "--out", results / "report.html")
    assert done.code == 2
    assert "runs.csv: no such file" in done.err
    assert not (results / "report.html").exists()


def test_what_was_collected_of_other_runs_is_refused(itt, results, study):
    other = study("other")
    other.add(settings=["algorithm.sigma=0.5"])
    shutil.copytree(other.collect() / "collected", results / "collected", dirs_exist_ok=True)
    done = itt("report", results, "--out", results / "report.html")
    assert done.code == 2
    assert "is of other runs than" in done.err
    assert done.err.count("\n") == 1
