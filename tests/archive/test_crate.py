"""ro-crate-metadata.json is a Workflow Run RO-Crate, and a function of the records."""

import json
import warnings

import pytest
from rocrate.rocrate import ROCrate

from itt.archive import contents as room
from itt.archive import crate
from itt.archive.contents import contents
from itt.archive.opening import unpack
from itt.errors import UserError

ITT = "runs/CartPole-v1/itt/vanilla/seed0"

SESSIONS = [
    {"start": "2026-01-02T00:00:00+00:00", "end": "2026-01-05T00:00:00+00:00"},
    {"start": "2026-01-01T00:00:00+00:00", "end": None},
]
NAMES = [crate.WORKFLOW, "README.md", "constraints.txt", "runs/a%b/run.yaml", "study.yaml", "tables/scores.csv"]


@pytest.fixture(scope="module")
def opened(archived, tmp_path_factory):
    folder = tmp_path_factory.mktemp("crate") / "opened"
    unpack(archived, folder)
    return folder


@pytest.fixture(scope="module")
def described(opened):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ROCrate(opened)


def profiles(about):
    return {profile.id for profile in about.root_dataset["conformsTo"]}


def test_it_names_the_profiles_that_it_follows(described):
    assert profiles(described) == {
        "https://w3id.org/ro/wfrun/process/0.6",
        "https://w3id.org/ro/wfrun/workflow/0.6",
        "https://w3id.org/workflowhub/workflow-ro-crate/1.1",
    }
    assert all(
        profile.type == "CreativeWork" or "Profile" in profile.type for profile in described.root_dataset["conformsTo"]
    )


def test_its_main_entity_is_the_workflow_and_one_action_is_a_run_of_it(described):
    assert described.mainEntity.id == "code/Snakefile"
    assert set(described.mainEntity.type) == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert described.mainEntity["programmingLanguage"]["name"] == "Snakemake"
    [action] = described.get_by_type("CreateAction")
    assert described.root_dataset["mentions"] == action
    assert action["instrument"] == described.mainEntity
    assert "study.yaml" in {entity.id for entity in action["object"]}
    results = {entity.id for entity in action["result"]}
    assert {f"{ITT}/metrics.csv", f"{ITT}/policy.npz", "tables/scores.csv", "report.html"} <= results
    assert not {"code/Snakefile", "README.md", "study.yaml", "SHA256SUMS"} & results


def test_it_lists_every_file_and_says_what_kind_it_is(described, opened):
    files = {path.relative_to(opened).as_posix() for path in opened.rglob("*") if path.is_file()}
    listed = described.get_by_type("File")
    assert {entity.id for entity in listed} == files - {crate.NAME}
    assert all("/" in entity["encodingFormat"] for entity in listed)


def test_it_has_what_a_crate_must_have(described):
    root = described.root_dataset
    assert all(root[key] for key in ("name", "description", "datePublished"))
    assert root["license"].id == "https://spdx.org/licenses/MIT"


def test_its_dates_are_those_of_the_records():
    graph = {entity["@id"]: entity for entity in json.loads(crate.metadata("a", NAMES, SESSIONS))["@graph"]}
    assert graph["./"]["datePublished"] == graph["#run"]["endTime"] == "2026-01-05T00:00:00+00:00"
    assert graph["#run"]["startTime"] == "2026-01-01T00:00:00+00:00"


def test_the_same_records_give_the_same_bytes(monkeypatch):
    first = crate.metadata("a", NAMES, SESSIONS)
    monkeypatch.setattr("rocrate.model.root_dataset.iso_now", lambda: "2040-01-01T00:00:00+00:00")
    assert crate.metadata("a", NAMES, SESSIONS) == first


def test_records_without_a_date_are_refused():
    with pytest.raises(UserError, match="no provenance"):
        crate.metadata("a", NAMES, [])


def test_outside_a_checkout_it_describes_a_process(results, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "CHECKOUT", tmp_path)
    described = ROCrate(json.loads(dict(contents(results))[crate.NAME]))
    assert profiles(described) == {"https://w3id.org/ro/wfrun/process/0.6"}
    [action] = described.get_by_type("CreateAction")
    assert action["instrument"].type == "SoftwareApplication"
