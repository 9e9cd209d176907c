"""What a site wants of its jobs: a file, `--config` above it, and mistakes in one line."""

import pytest

from itt.errors import UserError
from itt.plan import site
from itt.settings_file import read

EXAMPLE = "profiles/slurm/site.yaml.example"


@pytest.fixture
def file(tmp_path):
    def write(text):
        (tmp_path / "site.yaml").write_text(text)
        return tmp_path / "site.yaml"

    return write


def test_without_a_file_nothing_is_asked_for_but_a_launcher():
    assert site(None, {}).resources() == {}
    assert site(None, {}).mpi == "srun -K1 --mpi=pmi2"


def test_what_is_given_stands_above_the_file(file):
    asked = site(file("partition: cpu\naccount: 7\n"), {"partition": 12})
    assert asked.resources() == {"slurm_partition": "12", "slurm_account": "7"}


def test_nodes_are_no_wish_of_every_job(file):
    assert site(None, {"nodes": 2}).resources() == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"partition": "$(touch x)"}, "--config.partition: must be text without"),
        ({"mpi": "srun `touch x`"}, "--config.mpi: must be text without"),
        ({"account": "a'b"}, "--config.account: must be text without"),
        ({"runtime": "soon"}, "--config.runtime: input should be a valid integer"),
        ({"runtime": 0}, "--config.runtime: input should be greater than or equal to 1"),
        ({"nodes": True}, "true is not a value"),
    ],
)
def test_a_wish_that_means_nothing_is_one_line(given, message):
    with pytest.raises(UserError, match=message.replace("(", "\\(")) as told:
        site(None, given)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "message"), [("partiton: cpu\n", "partiton: unknown key, did you mean partition"), ("[1]\n", "a mapping")]
)
def test_a_mistake_in_the_file_names_the_file(file, text, message):
    path = file(text)
    with pytest.raises(UserError, match=message) as told:
        site(path, {})
    assert str(told.value).startswith(str(path))


def test_the_example_explains_every_key_and_sets_none(request):
    example = request.config.rootpath / EXAMPLE
    assert read(example) is None
    for key in type(site(None, {})).model_fields:
        assert f"# {key}: " in example.read_text()
