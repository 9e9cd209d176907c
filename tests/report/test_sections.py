"""What stands in which section, and which of the paper's numbers are counted as what."""

import pandas as pd
import pytest

from itt.analysis import tables
from itt.analysis.tables.sheet import Sheet
from itt.report import provenance
from itt.report.sections import sections, verdicts


@pytest.fixture
def of(results):
    """The sections of results, by their ids."""

    def build():
        sheets = tables.sheets(tables.read(results / "collected"))
        return {one.id: one for one in sections(results, sheets, provenance.told([]))}

    return build


def against(*rows):
    return Sheet("against", "", (), pd.DataFrame(rows, columns=["table", "quantity", "verdict"]))


def test_what_a_training_came_to_is_counted_apart_from_its_settings():
    found = verdicts(
        against(
            ("Table 6", "mean", "reproduced"),
            ("Table 6", "std", "not reproduced"),
            ("Table 2", "hours", "not yet"),
            ("Table 2", "iterations", "reproduced"),
            ("Table 3", "sigma", "reproduced"),
            ("Claims", "itt_best", "not reproduced"),
        )
    )
    assert [(one.number, one.verdict, one.kind) for one in found.results] == [
        (1, "reproduced", "good"),
        (2, "not reproduced", "bad"),
        (1, "not yet", "open"),
    ]
    assert [one.number for one in found.settings] == [2, 0, 0]


def test_every_number_of_the_paper_is_counted_once(results):
    sheet = next(one for one in tables.sheets(tables.read(results / "collected")) if one.name == "against")
    found = verdicts(sheet)
    assert sum(one.number for one in found.results + found.settings) == len(sheet.data)
    assert sum(one.number for one in found.settings) > 100


def test_every_table_stands_in_one_section(of, results):
    shown = [part.table for section in of().values() for part in section.parts if part.table]
    made = [table for sheet in tables.sheets(tables.read(results / "collected")) for table in sheet.tables]
    assert {table.title for table in made} <= {table.title for table in shown}
    assert len(made) + len(provenance.tables(provenance.told([]))) == len(shown)


def test_the_overview_has_verdicts_and_claims(of):
    assert [part.table.title for part in of()["overview"].parts] == ["Summary", "Claims"]


def test_rows_of_paper_against_ours_are_folded_under_what_they_come_to(of):
    parts = of()["against"].parts
    assert [part.title for part in parts] == [*(f"Table {number}" for number in range(1, 7)), "Claims"]
    assert parts[5].folded == "78 rows: 0 reproduced, 0 not reproduced, 78 not yet"


def test_theory_is_shown_once_it_was_measured(of, results):
    assert "theory" not in of()
    (results / "theory").mkdir()
    (results / "theory" / "verdicts.csv").write_text("form,functions,estimator,sampling,cases,z,verdict\n")
    assert list(of()).index("theory") == list(of()).index("against") + 1


def test_where_the_time_goes_stands_under_speed(of):
    assert [part.title for part in of()["speed"].parts] == ["Where the time goes"]
