"""What the page makes of the speed that was measured."""

import json

import pytest

from itt.errors import UserError
from itt.report import speed

ROWS = [
    {
        "env": "Hopper-v2",
        "method": "itt",
        "variant": "srp",
        "steps_per_s": 12345.6,
        "floor_steps_per_s": 2e4,
        "efficiency": 0.617,
    },
    {
        "env": "Hopper-v2",
        "method": "iot",
        "variant": "vanilla",
        "steps_per_s": 99.6,
        "floor_steps_per_s": 2e4,
        "efficiency": 0.005,
    },
]


@pytest.fixture
def results(tmp_path):
    (tmp_path / "speed").mkdir()
    content = {"benchmark": "rollouts", "machine": {"cpu": "Some Processor"}, "rows": ROWS}
    (tmp_path / "speed" / "rollouts.json").write_text(json.dumps(content))
    return tmp_path


def test_it_is_a_row_an_env_and_method_beside_the_simulator(results):
    [table] = speed.tables(results)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Hopper-v2", "ITT (srp)", "12,346", "20,000", "61.7 %"],
        ["", "IOT", "100", "20,000", "0.5 %"],
    ]
    assert "Some Processor" in table.caption


def test_what_was_not_measured_is_not_shown(tmp_path):
    assert speed.file(tmp_path) is None
    assert speed.tables(tmp_path) == []


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"rows": [1], "machine": {"cpu": 1}}'])
def test_a_damaged_file_is_refused(results, content):
    speed.file(results).write_text(content)
    with pytest.raises(UserError, match="not what `itt bench rollouts --study` writes"):
        speed.tables(results)
