"""`itt theory`, from the command line."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from itt.theory import outputs

DOCUMENT = Path(__file__).parents[2] / "docs" / "theory.md"


@pytest.fixture(scope="module")
def written(tmp_path_factory, started):
    """A folder that it has written, not to be changed."""
    out = tmp_path_factory.mktemp("theory")
    done = started("theory", "--out", out, "--estimates", 2)
    assert (done.code, done.err) == (0, "")
    assert done.out == "".join(f"{out / name}\n" for name in outputs.FILES)
    return out


def rows(file):
    with open(file, newline="") as text:
        return list(csv.DictReader(text))


def test_it_writes_the_files_that_the_workflow_declares(written):
    assert {path.name for path in written.iterdir()} == set(outputs.FILES)


def test_the_same_command_gives_the_same_bytes(written, itt, tmp_path):
    assert itt("theory", "--out", tmp_path, "--estimates", 2).code == 0
    for name in outputs.FILES:
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes(), name


def test_another_seed_gives_other_numbers_and_says_so(written, itt, tmp_path, monkeypatch):
    monkeypatch.setattr("itt.theory.report.save", lambda figure, stem: [])  # drawing takes most of the time
    assert itt("theory", "--out", tmp_path, "--estimates", 2, "--seed", 1).code == 0
    here, there = ({row["measured"] for row in rows(out / "theory.csv")} for out in (tmp_path, written))
    assert not here & there
    assert "(seed 1)" in (tmp_path / "theory.md").read_text()


def test_both_forms_follow_from_the_columns_of_the_table(written):
    """As docs/theory.md has them, with |g| = |H|_F = 1."""
    for row in rows(written / "theory.csv"):
        d, m, sigma, c, total = (float(row[name]) for name in ("D", "M", "sigma", "cubic", "gradient_sum"))
        trace, diagonal = float(row["trace"]), float(row["diagonal_square"])
        s = sigma**2 * c / 6
        second = d + 2 + 6 * s * (d + 4) * total + 15 * s**2 * d * (d + 6)
        smoothed = 1 + 6 * s * total + 9 * s**2 * d
        printed = (d + 2) / m - 1
        if row["estimator"] == "forward":
            second += sigma**2 / 4 * (d + 4) * (trace**2 + 2)
            printed += (d + 4) * sigma**4 / (4 * m) + (d + 2) * sigma**4 / m * diagonal
        exact = second / m - smoothed + ((m - 1) / m * smoothed if row["sampling"] == "gaussian" else 0)

        assert float(row["exact"]) == pytest.approx(exact)
        speaks = row["sampling"] == "orthogonal" and not c
        assert row["printed"] == "" if not speaks else float(row["printed"]) == pytest.approx(printed)
        for form in ("exact", "printed"):
            z = row[f"z_{form}"]
            off = float(row["measured"]) - float(row[form] or "nan")
            assert z == "" if not row[form] else float(z) == pytest.approx(off / float(row["standard_error"]))


def test_the_page_and_the_table_of_verdicts_say_the_same(written):
    page = (written / "theory.md").read_text()
    for row in rows(written / "verdicts.csv"):
        words = [row[name] for name in ("functions", "estimator", "sampling", "cases")]
        assert f"| {' | '.join(words)} | {float(row['z']):+.1f} | **{row['verdict']}** |" in page
        assert f"| {row['form']} |" in page


def test_a_verdict_names_the_case_that_is_farthest_off(written):
    cases = rows(written / "theory.csv")
    for row in rows(written / "verdicts.csv"):
        of_it = [
            float(case["z_exact" if row["form"] == "exact" else "z_printed"])
            for case in cases
            if (case["estimator"], case["sampling"]) == (row["estimator"], row["sampling"])
            and (case["function"] == "cubic") == (row["functions"] == "cubic")
        ]
        assert (len(of_it), max(of_it, key=abs)) == (int(row["cases"]), float(row["z"]))


@pytest.mark.parametrize("mistake", [("--estimates", 1), ("--estimates", "many"), ("--seed", -1)])
def test_a_mistake_is_one_line_before_any_work(itt, tmp_path, mistake):
    refused = itt("theory", "--out", tmp_path / "out", *mistake)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert mistake[0] in refused.err
    assert not (tmp_path / "out").exists()


def test_naming_its_files_imports_nothing_heavy():
    code = "import sys, itt.theory.outputs; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "numba", "pandas", "matplotlib", "seaborn", "scipy"} & set(modules)


@pytest.mark.slow
def test_the_document_shows_what_the_command_gives(itt, tmp_path):
    assert itt("theory", "--out", tmp_path).code == 0
    page = (tmp_path / "theory.md").read_text()
    tables = re.findall(r"(?:^\|.*\n)+", page, re.M)
    assert len(tables) == 2
    assert all(table in DOCUMENT.read_text() for table in tables)
