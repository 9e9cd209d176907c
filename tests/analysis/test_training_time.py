"""Table 2 and where the time goes: core-hours, and their division by what was measured."""

import json

import pytest

from itt.analysis import speed
from itt.analysis.tables import settings, training_time
from itt.errors import UserError


@pytest.fixture
def measured(tmp_path):
    """A file as `itt bench rollouts --study` writes it, with one cell."""

    def write(efficiency, variant="vanilla"):
        path = tmp_path / "rollouts.json"
        cell = {"env": "Swimmer-v2", "method": "itt", "variant": variant, "efficiency": efficiency}
        path.write_text(json.dumps({"machine": {"cpu": "Some CPU"}, "rows": [cell]}))
        return path

    return write


@pytest.fixture
def trained(paper_cell):
    """A training of an hour and a half, of whose core-seconds two rows tell 3600 in episodes and 900 of waiting."""
    paper_cell("Swimmer-v2", "itt", [1.0], core_seconds=5400.0, own={"x/play_seconds": 1800, "x/wait_seconds": 450})


def test_episodes_are_divided_by_the_share_of_the_simulator(trained, ours, measured):
    row = training_time.parts(ours(measured(0.75))).iloc[0]
    assert [row[part] for part in ("core_hours", *training_time.PARTS)] == pytest.approx(
        [1.5, 1.0, 0.75, 0.25, 0.25, 0.25]
    )


def test_more_than_all_of_an_episode_is_noise(trained, ours, measured):
    assert training_time.parts(ours(measured(1.03))).iloc[0]["physics"] == pytest.approx(1.0)


@pytest.mark.parametrize("variant", [None, "lazy"])
def test_what_was_not_measured_is_not_divided(trained, ours, measured, variant):
    found = ours(measured(0.75, variant) if variant else None)
    row = training_time.parts(found).iloc[0]
    assert row[["physics", "policy"]].isna().all()
    assert (row["episodes"], row["waiting"]) == pytest.approx((1.0, 0.25))
    split = training_time.sheet(found).tables[1]
    assert [cell.text for cell in split.rows[0]] == ["Swimmer-v2", "ITT", "1.50", "67 %", "-", "-", "17 %", "17 %"]


def test_the_caption_says_that_the_division_is_an_estimate_of_which_machine(trained, ours, measured):
    caption = training_time.sheet(ours(measured(0.75))).tables[1].caption
    assert "an estimate" in caption and "Some CPU" in caption
    assert "Nothing was measured" in training_time.sheet(ours()).tables[1].caption


def test_an_algorithm_that_tells_no_play_leaves_the_parts_empty(make_run, ours):
    make_run("Swimmer-v2", "itt")
    assert training_time.parts(ours()).iloc[0][list(training_time.PARTS)].isna().all()


@pytest.mark.parametrize("content", ["", "[]", '{"rows": [{}]}', '{"rows": [], "machine": {}}'])
def test_another_file_than_a_measurement_is_refused(tmp_path, content):
    path = tmp_path / "rollouts.json"
    path.write_text(content)
    with pytest.raises(UserError, match=r"rollouts\.json: not what `itt bench rollouts --study FILE --out` wrote"):
        speed.read(path)


def test_hours_and_their_relations_stand_beside_table_2(paper_cell, ours):
    for method, core_seconds in (("itt", 3600.0), ("iot", 7200.0), ("explicit", 3600.0)):
        paper_cell("HalfCheetah-v2", method, [1.0] * 5, core_seconds=core_seconds)
    rows = [[cell.text for cell in row] for row in training_time.sheet(ours()).tables[0].rows]
    assert rows[1:] == [
        ["", "ours, core-hours", "1.00", "2.00", "1.00", "-"],
        ["", "paper, hours", "12.94", "23.61", "9.95", "4000"],
        ["", "paper, core-hours", "310.56", "566.64", "238.80", "-"],
        ["", "ours, relative", "0.75", "1.50", "0.75", "-"],
        ["", "paper, relative", "0.83", "1.52", "0.64", "-"],
        ["", "difference", "-10 %", "-2 %", "+17 %", "+0"],
        ["", "verdict", "reproduced", "reproduced", "reproduced", "reproduced"],
    ]


def test_the_caption_says_where_the_hours_of_other_methods_are(make_run, ours):
    make_run("Swimmer-v2", "itt")
    assert "next table" not in training_time.sheet(ours()).tables[0].caption
    make_run("Swimmer-v2", "sac")
    hours, parts = training_time.sheet(ours()).tables
    assert "The paper has no SAC; those core-hours are in the next table." in hours.caption
    assert [row[1].text for row in parts.rows] == ["ITT", "SAC"]


def test_settings_stand_beside_tables_3_to_5(paper_cell, ours):
    paper_cell("HalfCheetah-v2", "itt", [1.0])
    sheets = [settings.sheet(ours(), subject) for subject in settings.SUBJECTS]
    assert [[cell.text for cell in row] for row in sheets[2].tables[0].rows] == [
        ["HalfCheetah-v2", "ours", "4", "2", "-", "-"],
        ["", "paper", "4", "2", "6", "6"],
        ["", "difference", "0", "0", "-", "-"],
        ["", "verdict", "reproduced", "reproduced", "not trained", "not trained"],
    ]
    assert sheets[2].tables[0].header[2:] == ("ITT state tower", "ITT action tower", "IOT", "Explicit")
    assert [len(sheet.data) for sheet in sheets] == [45, 45, 60]


def test_a_study_without_the_papers_envs_says_so(make_run, ours):
    make_run("ALE/Pong-v5")
    assert settings.sheet(ours(), settings.SIGMA).tables[0].caption.startswith("The study has no environment")
