"""What is in an archive, and what is not."""

import json
import pickle
import shutil
import socket
import zipfile
from pathlib import Path

import numpy as np
import pytest

import itt
from itt.analysis.runs import recorded
from itt.analysis.tables import tables
from itt.archive import contents as room
from itt.archive.contents import contents
from itt.archive.tables import redraw
from itt.errors import UserError
from itt.resolve import resolve
from itt.settings_file import read
from itt.study import load, single
from itt.theory import outputs as theory_outputs

ITT, EXPLICIT = "runs/CartPole-v1/itt/vanilla/seed0", "runs/CartPole-v1/explicit/lean/seed3"

ROOT = Path(__file__).parents[2]
RECORD = {"run.yaml", "metrics.csv", "evaluation.csv", "provenance.json", "policy.npz", "best.npz"}


@pytest.fixture(scope="session")
def inside(archived):
    with zipfile.ZipFile(archived) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_it_has_the_record_of_every_run_and_no_checkpoint_lock_or_log(inside):
    names = {name for name in inside if name.startswith("runs/")}
    assert names == {f"{folder}/{name}" for folder in (ITT, EXPLICIT) for name in RECORD}


def test_it_has_what_was_made_of_the_records(inside, trained):
    made = [path for part in ("collected", "tables", "figures", "theory") for path in (trained / part).iterdir()]
    assert len(made) >= 8
    for path in [*made, trained / "report.html"]:
        assert inside[path.relative_to(trained).as_posix()] == path.read_bytes()


def test_it_has_the_code_version_the_lock_file_and_the_workflow(inside):
    code = json.loads(inside["code.json"])
    assert code["version"] == itt.__version__
    assert len(code["git_commit"].rstrip("+")) == 40
    assert sum(one["sessions"] for one in code["trained"]) == 2
    assert inside["constraints.txt"] == (ROOT / "constraints.txt").read_bytes()
    assert inside["code/Snakefile"] == (ROOT / "Snakefile").read_bytes()
    assert "code/workflow/rules/train.smk" in inside


def test_of_theory_only_what_itt_writes_is_in_it(results):
    (results / "theory" / "notes.txt").write_text("mine")
    names = {name.removeprefix("theory/") for name in dict(contents(results)) if name.startswith("theory/")}
    assert names == set(theory_outputs.FILES)


def test_runs_and_figures_that_the_study_no_longer_has_stay_out(older_seed, plan, results, tmp_path):
    older_seed(results)
    plan(results, ITT)
    assert (results / "figures" / "vanilla-vs-lean.svg").is_file()

    found = dict(contents(results))

    assert {name.rpartition("/")[0] for name in found if name.startswith("runs/")} == {ITT}
    made = {name for name in found if name.startswith(("collected/", "figures/", "tables/"))}
    assert {name for name in made if "vanilla-vs" in name} == set()
    assert {"collected/runs.csv", "figures/learning-curves.svg", "tables/scores.csv"} <= made
    (tmp_path / "study.yaml").write_bytes(found["study.yaml"])
    assert [run.folder.as_posix() for run in load(tmp_path / "study.yaml").runs] == [ITT]


def test_a_run_that_a_partial_study_leaves_out_is_left_out_and_its_figure_is_not(plan, results):
    plan(results, EXPLICIT, ITT, left_out=EXPLICIT, name="inventory-partial.csv")
    found = dict(contents(results))
    assert not any(name.startswith(EXPLICIT) for name in found)
    assert "figures/vanilla-vs-lean.svg" in found


def test_of_two_inventories_the_one_is_archived_whose_runs_are_collected(plan, results):
    plan(results, EXPLICIT, ITT)
    plan(results, EXPLICIT, ITT, left_out=EXPLICIT, name="inventory-partial.csv")
    assert {"inventory.csv", "inventory-partial.csv"} & set(dict(contents(results))) == {"inventory-partial.csv"}
    plan(results, EXPLICIT, ITT)
    assert {"inventory.csv", "inventory-partial.csv"} & set(dict(contents(results))) == {"inventory.csv"}


def test_outside_a_checkout_the_lock_file_is_what_is_installed(results, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "CHECKOUT", tmp_path)
    found = dict(contents(results))
    assert f"numpy=={np.__version__}\n" in found["constraints.txt"].decode()
    assert not any(name.startswith("code/") for name in found)


def test_its_study_gives_the_same_runs_and_no_others(inside, trained, tmp_path):
    (tmp_path / "study.yaml").write_bytes(inside["study.yaml"])
    study = load(tmp_path / "study.yaml")
    hashes = {run.folder.as_posix(): resolve(run).hash for run in study.runs}
    assert hashes == {folder: read(trained / folder / "run.yaml")["hash"] for folder in (ITT, EXPLICIT)}
    assert (study.name, study.evaluation.episodes) == ("tiny", 2)


def test_records_are_copied_as_they_are(inside, trained):
    for folder in (ITT, EXPLICIT):
        for name in RECORD - {"provenance.json"}:
            assert inside[f"{folder}/{name}"] == (trained / folder / name).read_bytes()


def test_provenance_loses_the_places_of_files_and_nothing_else(results):
    file = results / ITT / "provenance.json"
    [session] = json.loads(file.read_text())
    command = [
        "/home/me/my env/bin/itt",
        "train",
        "--study=/data/a b.yaml",
        "--out",
        "results/x",
        "--env",
        "ALE/Pong-v5",
    ]
    file.write_text(json.dumps([session | {"command": command}]))

    [archived] = json.loads(dict(contents(results))[f"{ITT}/provenance.json"])

    assert archived.pop("command") == ["itt", "train", "--study=a b.yaml", "--out", "results/x", "--env", "ALE/Pong-v5"]
    assert archived == {key: value for key, value in session.items() if key != "command"}


def test_no_file_tells_a_place_on_this_machine(inside, trained):
    places = {str(ROOT), str(Path.home()), str(trained.parents[1]), str(Path.cwd())} - {"/"}
    told = [(name, place) for name, content in inside.items() for place in places if place.encode() in content]
    assert told == []


def test_a_host_is_told_by_provenance_alone(inside):
    host = socket.gethostname().encode()
    told = {name for name, content in inside.items() if b'"' + host + b'"' in content}
    assert told == {f"{folder}/provenance.json" for folder in (ITT, EXPLICIT)}


def test_a_policy_that_would_have_to_be_unpickled_is_refused(results):
    with (results / ITT / "policy.npz").open("wb") as file:
        np.savez(file, spec=np.array("{}"), theta=np.array([pickle.dumps], dtype=object))
    with pytest.raises(UserError, match="not a policy of itt"):
        dict(contents(results))


def test_a_policy_that_a_training_started_from_is_in_it(results, train):
    start = results / "runs/CartPole-v1/itt/warm/seed0"
    saved = results / ITT / "policy.npz"
    more = ["algorithm.iterations=1", "algorithm.directions=3", f"algorithm.initial.policy={saved}"]
    run = single("CartPole-v1", "itt", "vanilla", 0, more, "tiny")
    shutil.copytree(train(run.model_copy(update={"variant": "warm"})).folder, start)

    found = dict(contents(results))

    kept = recorded(results)[start].algorithm.initial.sha256
    assert found[f"initial/{kept}.npz"] == saved.read_bytes()
    assert f"initial/{kept}.npz" in found["runs/CartPole-v1/itt/warm/seed0/run.yaml"].decode()
    assert str(results).encode() not in b"".join(found.values())


def test_a_policy_that_lies_there_no_more_is_told_by_its_hash(results, train, tmp_path):
    start = results / "runs/CartPole-v1/itt/warm/seed0"
    saved = Path(shutil.copy(results / ITT / "policy.npz", tmp_path / "start.npz"))
    more = ["algorithm.iterations=1", "algorithm.directions=3", f"algorithm.initial.policy={saved}"]
    run = single("CartPole-v1", "itt", "vanilla", 0, more, "tiny")
    shutil.copytree(train(run.model_copy(update={"variant": "warm"})).folder, start)
    saved.unlink()

    found = dict(contents(results))

    assert recorded(results)[start].algorithm.initial.sha256 in found["study.yaml"].decode()
    assert not any(name.startswith("initial/") for name in found)


def test_the_page_inside_says_how_many_trainings_had_not_ended(results):
    assert "had not ended" not in dict(contents(results))["README.md"].decode()
    (results / ITT / "policy.npz").unlink()
    assert "1 of them had not ended" in dict(contents(results))["README.md"].decode()


@pytest.mark.parametrize(
    ("study", "words"),
    [(None, "holds no runs"), ("other", "runs of several studies \\(other, tiny\\)"), ("", "not a run")],
)
def test_a_folder_that_is_no_study_is_refused(results, study, words):
    file = results / ITT / "run.yaml"
    if study is None:
        shutil.rmtree(results / "runs")
    else:
        file.write_text(file.read_text().replace("study: tiny", f"study: '{study}'"))
    with pytest.raises(UserError, match=words):
        dict(contents(results))


def test_it_has_the_speed_by_which_tables_divide_times_without_a_place(results):
    cell = {"env": "CartPole-v1", "method": "itt", "variant": "vanilla", "efficiency": 0.5}
    machine = {"cpu": "Some CPU", "command": "itt bench rollouts --study /home/me/tiny.yaml --out results/tiny/x.json"}
    file = results / "speed" / "rollouts.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"machine": machine, "rows": [cell]}))

    inside = json.loads(dict(contents(results))["speed/rollouts.json"])

    assert inside["machine"]["command"] == "itt bench rollouts --study tiny.yaml --out results/tiny/x.json"
    assert inside["rows"] == [cell]


def test_tables_are_drawn_again_by_the_speed_that_lies_beside_them(results):
    cell = {"env": "CartPole-v1", "method": "itt", "variant": "vanilla", "efficiency": 0.5}
    file = results / "speed" / "rollouts.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"machine": {"cpu": "Some CPU"}, "rows": [cell]}))
    assert [line.split(" is ")[0] for line in redraw(results).differing] == [
        f"tables/training-time.{kind}" for kind in ("csv", "md", "tex", "html")
    ]

    tables(results / "collected", results / "tables", file)

    assert redraw(results).differing == []
