"""Paper against ours: a row for each of the paper's numbers."""

import csv
from collections import Counter

import pytest

from itt.analysis.tables import against, tables
from itt.published import zhao2022


@pytest.fixture
def sheet(ours):
    return lambda: against.sheet(ours())


def row(data, table, env, method, quantity):
    found = data[(data["table"] == table) & (data["env"] == env) & (data["method"] == method)]
    return found[found["quantity"] == quantity].iloc[0]


def test_every_number_of_the_six_tables_and_every_claim_has_a_row(make_run, sheet):
    make_run()
    counts = Counter(sheet().data["table"])
    assert counts == {
        "Table 1": 3 * 3 * 2,
        "Table 2": 5 * 4,
        "Table 3": 15 * 3,
        "Table 4": 15 * 3,
        "Table 5": 15 * 4,
        "Table 6": 13 * 3 * 2,
        "Claims": len(zhao2022.claims()),
    }


def test_every_row_has_a_verdict_and_says_why_it_has_none_yet(paper_cell, sheet):
    paper_cell("CartPole-v1", "itt", [500.0] * 5)
    data = sheet().data
    assert set(data["verdict"]) == {"reproduced", "not yet"}
    assert data[data["verdict"] == "not yet"]["why"].str.len().min() > 0


def test_a_number_stands_beside_ours_as_written_and_as_run(paper_cell, sheet):
    paper_cell("MountainCarContinuous-v0", "itt", [50.0, 51.0, 52.0, 53.0, 54.0])
    paper_cell("MountainCarContinuous-v0", "itt", [91.5] * 5, "as-run")
    found = row(sheet().data, "Table 6", "MountainCarContinuous-v0", "itt", "mean")
    assert (found["paper"], found["ours"], found["n"], found["difference"]) == (89.17, 52.0, 5, 52.0 - 89.17)
    assert (found["verdict"], found["why"]) == ("not reproduced", "the margin is 8.97")
    assert (found["as_run"], found["as_run_n"], found["as_run_verdict"]) == (91.5, 5, "reproduced")


def test_the_summary_counts_the_rows_of_each_verdict(paper_cell, sheet):
    paper_cell("CartPole-v1", "itt", [500.0] * 5)
    found = sheet()
    summary, *parts = found.tables
    assert [part.title for part in parts] == [
        "Table 1",
        "Table 2",
        "Table 3",
        "Table 4",
        "Table 5",
        "Table 6",
        "Claims",
    ]
    for table, cells in zip([*(part.title for part in parts), "All"], summary.rows, strict=True):
        of_table = found.data if table == "All" else found.data[found.data["table"] == table]
        counts = Counter(of_table["verdict"])
        wanted = [len(of_table), *(counts[word] for word in ("reproduced", "not reproduced", "not yet"))]
        assert [cell.text for cell in cells[:5]] == [table, *map(str, wanted)]


def test_the_tables_have_a_row_a_number(make_run, sheet):
    make_run()
    found = sheet()
    assert sum(len(table.rows) for table in found.tables[1:]) == len(found.data)


def test_the_file_is_the_same_twice(paper_cell, collected, tmp_path):
    paper_cell("CartPole-v1", "itt", [500.0, 480.0])
    texts = [{path.name: path.read_bytes() for path in tables(collected(), tmp_path / name)} for name in "ab"]
    assert texts[0] == texts[1]
    rows = list(csv.DictReader(texts[0]["against.csv"].decode().splitlines()))
    assert rows[0]["table"] == "Table 1"
