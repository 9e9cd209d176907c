"""Result files: the figures, the machine and the picture."""

import json
import subprocess
import sys

import pytest

from itt.bench import results
from itt.errors import UserError

RATES = {"steps_per_s": 9e3, "floor_steps_per_s": 1e4, "reference_steps_per_s": 1e3} | {
    "efficiency": 0.9,
    "speedup": 9.0,
    "reset_seconds": 0.0,
    "repeats": 9,
}
ROWS = [
    {"env": env, "method": method, "variant": "vanilla", "candidates": 1000, "resample": "transition", **RATES}
    for env in ("HalfCheetah-v2", "CartPole-v1")
    for method in ("itt", "iot")
]


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "deep" / "rollouts.json"
    results.write(path, "rollouts", results.machine(), ROWS)
    return path


def test_a_result_names_its_machine_but_no_host_and_no_folder(written):
    where = json.loads(written.read_text())["machine"]
    assert {"cpu", "cores", "python", "versions", "git_commit", "command", "date"} <= set(where)
    assert {"numba", "mujoco", "gymnasium"} <= set(where["versions"])
    assert "hosts" not in where


def test_figures_are_kept_to_four_digits(tmp_path):
    results.write(tmp_path / "x.json", "ranks", {}, [{"a": 12345.678, "n": 12345, "name": "x"}])
    assert results.read(tmp_path / "x.json", "ranks")["rows"] == [{"a": 12350.0, "n": 12345, "name": "x"}]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"benchmark": "ranks", "rows": [{}]}'])
def test_another_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(UserError, match=r"other\.json.*rollouts"):
        results.read(path, "rollouts")


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_equal_results_give_equal_pictures(itt, written, tmp_path, kind):
    pictures = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for picture in pictures:
        assert itt("bench", "plot", written, "--out", picture).code == 0
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_the_picture_shows_every_env_and_method(itt, written, tmp_path):
    picture = tmp_path / "speed.svg"
    itt("bench", "plot", written, "--out", picture)
    svg = picture.read_text()
    assert all(f"<!-- {name} -->" in svg for name in ("HalfCheetah-v2", "CartPole-v1", "itt", "iot", "compiled engine"))


def test_an_image_of_an_unknown_kind_is_refused(itt, written, tmp_path):
    ended = itt("bench", "plot", written, "--out", tmp_path / "speed.gif2")
    assert ended.code == 2
    assert ".svg" in ended.err


def test_hours_are_the_papers_iterations_at_the_measured_speed(itt, written):
    itt_row, iot_row = json.loads(itt("bench", "hours", written, "--json").out)  # CartPole is not in Table 2
    assert (itt_row["env"], itt_row["method"], iot_row["method"]) == ("HalfCheetah-v2", "itt", "iot")
    assert itt_row["episodes"] == 4000 * (2 * 282 + 1)  # D = 282: Table 4
    assert itt_row["core_hours"] == pytest.approx(itt_row["episodes"] * 1000 / 9e3 / 3600)
    assert itt_row["paper_core_hours"] == pytest.approx(24 * 12.94)


def test_the_table_has_a_line_for_each_row(itt, written):
    lines = itt("bench", "table", written).out.splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert lines[2].startswith("| HalfCheetah-v2 | itt |")
    assert len({line.count("|") for line in lines}) == 1


def test_the_command_line_measures_nothing_before_it_is_asked():
    heavy = "{'numba', 'torch', 'pandas', 'mujoco', 'matplotlib', 'faiss'}"
    code = f"import itt.cli, sys; found = {heavy} & set(sys.modules); sys.exit(' '.join(found) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_hours_take_the_length_of_episodes_from_a_run(itt, written, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    algorithm = "{estimator: antithetic, directions: 16, episodes: 3}"
    (folder / "run.yaml").write_text(f"{{env: HalfCheetah-v2, method: itt, algorithm: {algorithm}}}")
    (folder / "metrics.csv").write_text(f"step,return,env_steps,seconds\n0,1,9,1\n1,1,{2 * 3 * 33 * 123},2\n")
    row, other = json.loads(itt("bench", "hours", written, "--run", folder, "--json").out)
    assert (row["episode_steps"], row["iterations_seen"]) == (123, 2)
    assert row["core_hours"] == pytest.approx(row["episodes"] * 123 / 9e3 / 3600)
    assert other["episode_steps"] == 1000


def test_a_folder_without_a_run_gives_no_lengths(itt, written, tmp_path):
    ended = itt("bench", "hours", written, "--run", tmp_path)
    assert ended.code == 2
    assert "run.yaml" in ended.err


def test_the_picture_has_a_mark_for_the_outside_peer_where_it_was_measured(itt, tmp_path):
    rows = [{**row, "envpool_steps_per_s": None if row["method"] == "iot" else 2e3} for row in ROWS]
    results.write(tmp_path / "r.json", "rollouts", results.machine(), rows)
    assert itt("bench", "plot", tmp_path / "r.json", "--out", tmp_path / "r.svg").code == 0
    assert "<!-- EnvPool and NumPy -->" in (tmp_path / "r.svg").read_text()
    assert "| 2,000 |" in itt("bench", "table", tmp_path / "r.json").out
