"""`itt archive`, `itt archive verify` and `itt archive open`, from the command line."""

import hashlib
import json
import shutil
import zipfile

import pytest

from itt.analysis import outputs
from itt.archive import container
from itt.archive.making import make

ITT, EXPLICIT = "runs/CartPole-v1/itt/vanilla/seed0", "runs/CartPole-v1/explicit/lean/seed3"


@pytest.fixture
def repacked(archived, tmp_path):
    """The archive with other contents and hashes that fit them, as someone who cheats would write it."""

    def pack(**changes):
        with zipfile.ZipFile(archived) as file:
            inside = {name: file.read(name) for name in file.namelist() if name != container.SUMS}
        path = tmp_path / "repacked.zip"
        with path.open("wb") as file:
            container.write(file, sorted((inside | changes).items()))
        return path

    return pack


def tampered(content: bytes, column: str, row: int = 1) -> bytes:
    """metrics.csv with another last digit in a column."""
    lines = [line.split(",") for line in content.decode().splitlines()]
    place = lines[0].index(column)
    value = lines[row + 1][place]
    lines[row + 1][place] = value[:-1] + ("1" if value[-1] != "1" else "2")
    return ("\n".join(map(",".join, lines)) + "\n").encode()


def forge(results, column):
    """Changes the record, and what the run says it wrote."""
    record = results / ITT / "metrics.csv"
    record.write_bytes(tampered(record.read_bytes(), column))
    provenance = results / ITT / "provenance.json"
    sessions = json.loads(provenance.read_text())
    sessions[-1]["sha256"]["metrics.csv"] = hashlib.sha256(record.read_bytes()).hexdigest()
    provenance.write_text(json.dumps(sessions))


def test_the_same_results_give_the_same_bytes(itt, results, archived, tmp_path):
    for path in results.rglob("*"):
        path.touch()
    for command in ((results, "--out"), ("write", results, "--out")):
        done = itt("archive", *command, tmp_path / "again.zip")
        assert done.code == 0, done
        assert (tmp_path / "again.zip").read_bytes() == archived.read_bytes()


def test_an_archive_is_verified_by_its_hashes_its_tables_and_its_trainings(itt, archived):
    done = itt("archive", "verify", archived, "--replay", "2")
    assert done.code == 0, done
    files, tables, *replayed, sound = done.out.splitlines()
    assert files.startswith(f"{container.check(archived)} files, all as SHA256SUMS")
    assert "drawn again from the records, byte for byte the same: collected/runs.csv" in tables
    assert "tables/scores.csv" in tables
    assert sorted(line.partition(":")[0] for line in replayed) == sorted(
        folder.removeprefix("runs/") for folder in (ITT, EXPLICIT)
    )
    assert all("2 rows trained again, bit for bit the same" in line for line in replayed)
    assert sound == f"{archived}: sound"


def test_without_being_asked_nothing_is_trained(itt, archived):
    assert "trained again" not in itt("archive", "verify", archived).out


def test_a_changed_byte_of_any_file_is_found_and_the_file_named(refused, archived, tmp_path):
    whole = archived.read_bytes()
    with zipfile.ZipFile(archived) as file:
        infos = file.infolist()
    for info in infos:
        changed = bytearray(whole)
        changed[info.header_offset + 30 + len(info.filename) + info.file_size // 2] ^= 1
        (tmp_path / "changed.zip").write_bytes(changed)
        assert f"not sound: {info.filename} " in refused("archive", "verify", tmp_path / "changed.zip")


def test_half_an_archive_is_refused_in_one_line(refused, archived, tmp_path):
    (tmp_path / "half.zip").write_bytes(archived.read_bytes()[:10_000])
    assert "not sound" in refused("archive", "verify", tmp_path / "half.zip")


def test_a_file_that_is_not_there_is_refused_in_one_line(refused, tmp_path):
    assert "no such file" in refused("archive", "verify", tmp_path / "none.zip")


def test_a_table_that_does_not_follow_from_the_records_is_found(refused, repacked, trained):
    scores = (trained / "tables" / "scores.csv").read_bytes()
    line = refused("archive", "verify", repacked(**{"tables/scores.csv": scores[:-1] + b"0\n"}))
    assert "tables/scores.csv is not what the records give (line " in line
    assert "this is itt" not in line


def test_a_table_that_another_version_drew_otherwise_is_told_with_both_versions(refused, repacked, trained):
    code = {"code.json": json.dumps({"package": "itt", "version": "0.0.1", "git_commit": None}).encode()}
    scores = {"tables/scores.csv": (trained / "tables" / "scores.csv").read_bytes()[:-2] + b"\n"}
    assert "was written by itt 0.0.1 of commit None and this is itt " in refused(
        "archive", "verify", repacked(**scores, **code)
    )


def test_a_record_that_was_changed_alone_is_found_by_its_own_run(refused, repacked, trained):
    name = f"{ITT}/metrics.csv"
    line = refused("archive", "verify", repacked(**{name: tampered((trained / name).read_bytes(), "es/grad_norm")}))
    assert f"not sound: {name}: is not what the finished run wrote" in line


def test_a_record_that_was_changed_with_what_its_run_says_is_found_by_the_tables(refused, repacked, results):
    forge(results, "es/grad_norm")
    forged = {name: (results / name).read_bytes() for name in (f"{ITT}/metrics.csv", f"{ITT}/provenance.json")}
    assert "collected/curves.csv is not what the records give" in refused("archive", "verify", repacked(**forged))


def test_a_record_that_was_changed_with_its_tables_is_found_by_training_again(itt, refused, draw, results, tmp_path):
    forge(results, "es/grad_norm")
    draw(results)
    make(results, tmp_path / "a.zip")
    assert itt("archive", "verify", tmp_path / "a.zip").code == 0
    line = refused("archive", "verify", tmp_path / "a.zip", "--replay", "2")
    assert "CartPole-v1/itt/vanilla/seed0, trained again: row 1: es/grad_norm was " in line


def test_seconds_are_no_results(itt, draw, results, tmp_path):
    for column in ("seconds", "es/play_seconds", "es/wait_seconds"):
        forge(results, column)
    draw(results)
    make(results, tmp_path / "a.zip")
    assert itt("archive", "verify", tmp_path / "a.zip", "--replay", "2").code == 0


def test_tables_that_are_not_of_these_records_are_not_archived(refused, results, tmp_path):
    with (results / "tables" / "scores.csv").open("a") as file:
        file.write("old\n")
    line = refused("archive", results, "--out", tmp_path / "a.zip")
    assert "tables/scores.csv is not what the records give" in line
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_tables_of_a_study_of_which_runs_are_left_out_are_drawn_again_by_its_inventory(itt, plan, results, tmp_path):
    (results / EXPLICIT / "policy.npz").unlink()
    plan(results, EXPLICIT, ITT, left_out=EXPLICIT, name="inventory-partial.csv")

    assert itt("archive", results, "--out", tmp_path / "a.zip").code == 0
    assert "tables/scores.csv" in itt("archive", "verify", tmp_path / "a.zip").out


def test_a_record_inside_that_no_table_has_is_found(refused, plan, repacked, results):
    plan(results, EXPLICIT, ITT, left_out=EXPLICIT)
    tables = [f"tables/{name}" for name in outputs.TABLES]
    made = ["inventory.csv", "collected/runs.csv", "collected/curves.csv", *tables]
    line = refused("archive", "verify", repacked(**{name: (results / name).read_bytes() for name in made}))
    assert f"not sound: its inventory leaves out 1 of the runs inside ({EXPLICIT})" in line


def test_seeds_with_other_settings_are_refused_without_an_inventory(refused, older_seed, results, tmp_path):
    older_seed(results)
    line = refused("archive", results, "--out", tmp_path / "a.zip")
    assert "its runs as a study: runs[2]: CartPole-v1/itt/vanilla has another algorithm.eta" in line
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_run_that_the_study_has_and_that_is_not_there_is_told(refused, plan, results, tmp_path):
    plan(results, EXPLICIT, ITT)
    shutil.rmtree(results / EXPLICIT)
    assert f"{EXPLICIT}: not there, and" in refused("archive", results, "--out", tmp_path / "a.zip")


def test_fewer_trainings_begun_again_than_asked_for_are_told(itt, archived):
    lines = itt("archive", "verify", archived, "--replay", "3", "--iterations", "1").out.splitlines()
    assert "only 2 of 3 runs could be replayed: no more have recorded an iteration" in lines


def test_an_archive_without_tables_says_so(itt, results, tmp_path):
    for part in ("collected", "tables", "figures"):
        shutil.rmtree(results / part)
    assert itt("archive", results, "--out", tmp_path / "a.zip").code == 0
    assert "there are no tables inside" in itt("archive", "verify", tmp_path / "a.zip").out


def test_an_opened_archive_is_a_folder_of_results(itt, archived, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert itt("archive", "open", archived).out == "tiny\n"
    assert itt("tables", "tiny/collected", "--out", "tables").code == 0
    assert (tmp_path / "tables/scores.md").read_bytes() == (trained / "tables/scores.md").read_bytes()
    assert itt("eval", f"tiny/{ITT}", "--episodes", "2", "--search", "exact").code == 0


def test_an_archive_that_is_not_sound_is_not_opened(refused, archived, tmp_path):
    (tmp_path / "a.zip").write_bytes(archived.read_bytes().replace(b"<title>tiny", b"<title>tidy"))
    assert "not sound: report.html" in refused("archive", "open", tmp_path / "a.zip", "--out", tmp_path / "there")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_nothing_is_written_outside_the_folder(refused, repacked, tmp_path):
    assert "'../evil'" in refused("archive", "open", repacked(**{"../evil": b""}), "--out", tmp_path / "a" / "there")
    assert not (tmp_path / "a").exists()


def test_a_folder_with_something_in_it_is_left_alone(refused, archived, tmp_path):
    (tmp_path / "mine").write_text("mine")
    assert "is there already" in refused("archive", "open", archived, "--out", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
