"""What every rule has, read from the text of the rules."""

import re
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "workflow" / "rules"


BODIES = [
    pytest.param(body, id=name)
    for file in sorted(RULES.glob("*.smk"))
    for name, body in re.findall(r"^rule (\w+):\n((?:    .*\n|\n)+)", file.read_text(), re.M)
]


@pytest.mark.parametrize("directive", ["log", "threads", "resources", "conda", "message"])
@pytest.mark.parametrize("body", BODIES)
def test_every_rule_tells(body, directive):
    assert re.search(rf"^    {directive}:", body, re.M)


@pytest.mark.parametrize("body", BODIES)
def test_every_rule_asks_for_what_the_site_wants(body):
    assert re.search(r"^        \*\*SITE.resources\((RANKS)?\),", body, re.M)


@pytest.mark.parametrize("body", BODIES)
def test_every_rule_is_timed_but_for_the_one_whose_ranks_snakemake_does_not_see(body):
    assert ("benchmark:" in body) == ("{params.launcher}" not in body)


@pytest.mark.parametrize("body", BODIES)
def test_every_rule_adds_to_its_log_and_never_overwrites_it(body):
    assert re.search(r'^    shell:\n        "logged \{log:q\} ', body, re.M)


@pytest.mark.parametrize("body", BODIES)
def test_no_rule_has_a_study_file_as_input(body):
    given = re.search(r"^    input:\n((?:        .*\n)+)", body, re.M)
    assert given is None or "STUDY_FILE" not in given.group(1)


@pytest.mark.fault
def test_a_training_waits_for_a_folder_that_another_job_still_holds():
    assert re.search(r"itt train .* --wait", (RULES / "train.smk").read_text())
