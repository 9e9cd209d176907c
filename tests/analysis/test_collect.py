"""Run folders become two tables, and damaged or ambiguous ones are refused in one line."""

import csv
import hashlib
import json
import subprocess
import sys

import pytest

from itt import settings_file
from itt.analysis.collect import collect
from itt.analysis.files import read_collected
from itt.errors import UserError

HEADER = "step,return,env_steps,seconds,es/mean_return\n"


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def refused(folders, out):
    with pytest.raises(UserError) as error:
        collect(folders, out)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_run_is_one_row_of_runs_csv(make_run, results, tmp_path):
    make_run("Hopper-v2", "iot", "wide", seed=7, returns=[1.0, 9.0, 4.0], evaluation=[2.0, 4.0, 9.0], iterations=3)
    written = collect([results], tmp_path / "out")
    assert written == [tmp_path / "out" / "runs.csv", tmp_path / "out" / "curves.csv"]
    assert rows_of(written[0]) == [
        {
            "study": "demo",
            "env": "Hopper-v2",
            "method": "iot",
            "variant": "wide",
            "seed": "7",
            "hash": "0123456789abcdef",
            "iterations": "3",
            "rows": "3",
            "final_return": "4.0",
            "best_return": "9.0",
            "diverged": "0",
            "evaluation_mean": "5.0",
            "evaluation_std": str((26 / 3) ** 0.5),  # deviations -3, -1, 4: population variance 26 / 3
            "evaluation_episodes": "3",
            "evaluation_diverged": "0",
            "env_steps": "300",
            "seconds": "1.5",
            "core_seconds": "7.5",
            "play_seconds": "",
            "wait_seconds": "",
            "sessions": "2",
            "end": "",
            # What run.yaml does not say has its default.
            "sigma": "1.0",
            "parameters": "",
            "layers": "3",
            "layers_state": "",
            "layers_action": "",
            "differs": "algorithm.iterations, policy.tower.layers",  # 4000 and 2 in the paper
        }
    ]


def test_what_tables_2_to_5_need_stands_in_runs_csv(paper_cell, results, tmp_path):
    own = {"es/play_seconds": 1.5, "es/wait_seconds": 0.25}
    paper_cell("HalfCheetah-v2", "itt", [1.0], own=own)
    paper_cell("HalfCheetah-v2", "explicit", [1.0], own=own)
    explicit, itt = rows_of(collect([results], tmp_path)[0])
    columns = ["play_seconds", "wait_seconds", "sigma", "parameters", "layers", "layers_state", "layers_action"]
    assert [itt[column] for column in columns] == ["3.0", "0.5", "1.0", "282", "", "4", "2"]
    assert [explicit[column] for column in columns] == ["3.0", "0.5", "0.5", "282", "6", "", ""]


def test_an_algorithm_of_another_kind_leaves_empty_what_it_has_not(make_run, results, tmp_path):
    make_run("ALE/Pong-v5", settings={"algorithm": {"name": "sac"}, "policy": "a network"})
    row = rows_of(collect([results], tmp_path)[0])[0]
    assert {row[column] for column in ("sigma", "parameters", "layers", "play_seconds", "differs")} == {""}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ""),
        ({"algorithm": {"iterations": 7, "eta": 1.0}}, "algorithm.eta, algorithm.iterations"),
        ({"algorithm": {"directions": 16}}, "algorithm.directions"),  # in the paper M = D
        ({"candidates": {"count": 5}}, "candidates.count"),
    ],
)
def test_settings_that_are_not_the_papers_are_named(paper_cell, results, tmp_path, changed, told):
    paper_cell("Swimmer-v2", "itt", [1.0], changed=changed)
    assert rows_of(collect([results], tmp_path)[0])[0]["differs"] == told


def test_a_setting_that_is_younger_than_the_papers_spec_is_named_too(paper_cell, make_run, results, tmp_path):
    paper_cell("Swimmer-v2", "itt", [1.0])
    file = next(results.rglob("run.yaml"))
    file.write_text(json.dumps(json.loads(file.read_text()) | {"episode_steps": 100}))
    assert rows_of(collect([results], tmp_path)[0])[0]["differs"] == "episode_steps"


def test_a_policy_that_is_none_is_refused(paper_cell, results, tmp_path):
    paper_cell("Swimmer-v2", "itt", [1.0])
    next(results.rglob("policy.npz")).write_text("nothing")
    assert "policy.npz: not a policy of itt" in refused([results], tmp_path)


def test_curves_csv_repeats_the_metrics_under_the_runs_name(make_run, results, tmp_path):
    make_run(seed=1, returns=[0.1, 2.5])
    _, curves = collect([results], tmp_path)
    name = {"study": "demo", "env": "HalfCheetah-v2", "method": "itt", "variant": "vanilla", "seed": "1"}
    assert rows_of(curves) == [
        {**name, "step": "0", "return": "0.1", "env_steps": "100", "seconds": "0.5", "es/mean_return": "-0.9"},
        {**name, "step": "1", "return": "2.5", "env_steps": "200", "seconds": "1.0", "es/mean_return": "1.5"},
    ]


def test_columns_of_other_algorithms_are_kept_and_foreign_ones_left(make_run, results, tmp_path):
    folder = make_run()
    (folder / "metrics.csv").write_text("step,return,env_steps,seconds,sac/alpha,note\n0,1.0,2,0.5,0.2,text\n")
    _, curves = collect([results], tmp_path)
    assert list(rows_of(curves)[0])[-1] == "sac/alpha"


def test_an_evaluation_may_have_further_columns(make_run, results, tmp_path):
    (make_run() / "evaluation.csv").write_text("episode,return,seed,search\n0,1.5,7,exact\n1,2.5,8,exact\n")
    runs, _ = collect([results], tmp_path)
    assert rows_of(runs)[0]["evaluation_mean"] == "2.0"


def test_what_does_not_exist_yet_is_left_empty(make_run, results, tmp_path):
    folder = make_run()
    (folder / "provenance.json").unlink()
    runs, _ = collect([results], tmp_path)
    row = rows_of(runs)[0]
    assert (row["evaluation_mean"], row["evaluation_std"], row["evaluation_episodes"]) == ("", "", "0")
    assert (row["core_seconds"], row["sessions"]) == ("", "0")


@pytest.mark.parametrize("metrics", [HEADER, None])
def test_a_run_in_its_first_iteration_is_listed_without_a_curve(make_run, results, tmp_path, metrics):
    make_run(seed=0, iterations=500)
    young = make_run(seed=1, iterations=500) / "metrics.csv"
    young.unlink() if metrics is None else young.write_text(metrics)
    runs, curves = collect([results], tmp_path)
    assert [(row["seed"], row["iterations"], row["rows"]) for row in rows_of(runs)] == [
        ("0", "500", "2"),
        ("1", "500", "0"),
    ]
    assert {row["seed"] for row in rows_of(curves)} == {"0"}


def test_a_run_found_through_two_folders_is_one_run(make_run, results, tmp_path):
    folder = make_run()
    runs, _ = collect([results, folder, results / "demo" / ".."], tmp_path)
    assert len(rows_of(runs)) == 1


def test_the_order_of_folders_does_not_matter(make_run, results, tmp_path):
    make_run(study="b", env="Hopper-v2")
    make_run(study="a", env="Walker2d-v2")
    for written, again in zip(
        collect([results / "a", results / "b"], tmp_path / "one"),
        collect([results / "b", results / "a"], tmp_path / "two"),
        strict=True,
    ):
        assert written.read_bytes() == again.read_bytes()


def test_rows_are_in_the_order_of_their_names(make_run, results, tmp_path):
    for seed in (10, 2):
        make_run(seed=seed)
        make_run("Acrobot-v1", seed=seed)
    runs, curves = collect([results], tmp_path)
    order = [("Acrobot-v1", "2"), ("Acrobot-v1", "10"), ("HalfCheetah-v2", "2"), ("HalfCheetah-v2", "10")]
    assert [(row["env"], row["seed"]) for row in rows_of(runs)] == order
    assert [(row["env"], row["seed"]) for row in rows_of(curves)[::2]] == order


def test_text_survives_the_way_through_the_table(make_run, collected):
    """A hash of digits is no number, and a variant called `NA` is not missing."""
    make_run(variant="NA", hash="0000000012345678")
    make_run("ALE/Pong-v5", hash="12345678901234e5")
    runs, curves = read_collected(collected())
    assert set(runs["hash"]) == {"0000000012345678", "12345678901234e5"}
    assert set(curves["variant"]) == {"NA", "vanilla"}
    assert set(curves["env"]) == {"HalfCheetah-v2", "ALE/Pong-v5"}


def test_numbers_survive_the_way_through_the_table(make_run, collected):
    make_run(returns=[0.1 + 0.2, 1e-17, -123456.78901234567])
    _, curves = read_collected(collected())
    assert list(curves["return"]) == [0.1 + 0.2, 1e-17, -123456.78901234567]


def test_only_the_two_tables_are_left_behind(make_run, collected):
    make_run()
    assert sorted(file.name for file in collected().iterdir()) == ["curves.csv", "runs.csv"]


def test_a_folder_without_runs_is_refused(tmp_path):
    assert f"{tmp_path}: no run found" in refused([tmp_path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert f"{tmp_path / 'resluts'}: no such folder" in refused([tmp_path / "resluts"], tmp_path)


def test_runs_without_any_iteration_are_refused(make_run, results, tmp_path):
    make_run(returns=[])
    assert "none has recorded an iteration yet" in refused([results], tmp_path)


def test_two_folders_with_one_run_are_refused_by_name(make_run, results, tmp_path):
    one, other = make_run(study="a"), make_run(study="b")
    message = refused([results], tmp_path)
    assert f"{one} and {other} both hold the run HalfCheetah-v2/itt/vanilla/0" in message


def test_seeds_that_were_trained_in_different_ways_are_refused_by_the_setting(make_run, results, tmp_path):
    one, other = make_run(study="a", seed=0, iterations=2), make_run(study="b", seed=1, iterations=3)
    message = refused([results], tmp_path)
    assert f"{one} and {other} are seeds of one env, method and variant, but differ in algorithm.iterations" in message


def test_a_setting_that_a_method_does_not_use_makes_no_difference(make_run, results, tmp_path):
    for seed, count in enumerate((1000, 500)):
        file = make_run("CartPole-v1", "explicit", seed=seed) / "run.yaml"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"candidates": {"count": count}}))
    assert len(rows_of(collect([results], tmp_path)[0])) == 2


def test_seeds_of_two_studies_that_were_trained_in_the_same_way_are_pooled(make_run, results, tmp_path):
    make_run(study="a", seed=0)
    make_run(study="b", seed=1)
    assert len(rows_of(collect([results], tmp_path)[0])) == 2


def test_a_setting_that_an_older_record_does_not_know_makes_no_difference_where_it_means_what_was(
    make_run, results, tmp_path
):
    make_run(seed=0)
    newer = make_run(seed=1) / "run.yaml"
    text = newer.read_text()
    newer.write_text(text.replace('"engine"', '"episode_steps": null, "engine"'))
    assert len(rows_of(collect([results], tmp_path)[0])) == 2

    newer.write_text(text.replace('"engine"', '"episode_steps": 7, "engine"'))
    with pytest.raises(UserError, match="differ in episode_steps"):
        collect([results], tmp_path)


@pytest.mark.parametrize(
    ("metrics", "complaint"),
    [
        ("", "empty"),
        ("\0\0\0", "no column"),
        ("step,return\n0,1.0\n", "no column env_steps, seconds"),
        (HEADER + "0,abc,100,0.5,1\n", "column return holds something that is not a number"),
        (HEADER + "0,1.0,100,0.5,abc\n", "column es/mean_return holds something that is not a number"),
        (HEADER + "0,1,100,0.5,1\n1,2,200,0.5,1,7,8\n", "not CSV"),
        (HEADER + "0,1,100,0.5,1,9\n", "more fields than the header"),
        (HEADER + "0,1.0,100,0.5,1\n1,2.", "a row is cut short"),
        (HEADER + "0,1,100,0.5,1\n0,1,100,0.5,1\n", "step must increase"),
        (HEADER + "1,1,100,0.5,1\n0,1,200,0.5,1\n", "step must increase"),
    ],
)
def test_damaged_metrics_are_refused_by_name(make_run, results, tmp_path, metrics, complaint):
    file = make_run() / "metrics.csv"
    file.write_text(metrics)
    message = refused([results], tmp_path)
    assert message.startswith(f"{file}: ") and complaint in message


def ended(run, **session):
    session |= {"end": "2026-01-01T00:00:00+00:00", "core_seconds": 1.0}
    (run / "provenance.json").write_text(json.dumps([session]))


@pytest.mark.fault
@pytest.mark.parametrize(("rows", "told"), [(39, "has 39 rows, and the finished run wrote 40"), (41, "has 41 rows")])
def test_a_finished_run_whose_rows_are_not_those_it_wrote_is_refused(make_run, results, tmp_path, rows, told):
    run = make_run(returns=[float(k) for k in range(rows)], iterations=40)
    assert collect([results], tmp_path / "out"), "a run in progress may have any number of rows"
    ended(run, iterations_done=40)
    message = refused([results], tmp_path / "out")
    assert message.startswith(f"{run / 'metrics.csv'}: {told}")
    assert message.endswith("; delete it, and the same training brings it back from the run's checkpoint")


def test_a_run_that_its_target_ended_has_a_row_more_than_it_did_iterations(make_run, results, tmp_path):
    ended(make_run(returns=[1.0, 2.0, 3.0], iterations=40), iterations_done=2)
    collect([results], tmp_path / "out")


@pytest.mark.fault
def test_a_finished_run_whose_metrics_were_changed_or_are_gone_is_refused(make_run, results, tmp_path):
    run = make_run()
    content = (run / "metrics.csv").read_bytes()
    ended(run, iterations_done=2, sha256={"metrics.csv": hashlib.sha256(content).hexdigest()})
    collect([results], tmp_path / "out")
    (run / "metrics.csv").write_bytes(content.replace(b"2.0", b"9.0"))
    assert "metrics.csv: is not what the finished run wrote;" in refused([results], tmp_path / "out")
    (run / "metrics.csv").unlink()
    assert "metrics.csv: cannot be read (No such file or directory)" in refused([results], tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("run.yaml", "{", "line 1"),
        ("run.yaml", "", "lacks study, env, method, variant, seed, hash, algorithm"),
        ("run.yaml", "- study", "lacks study"),
        ("run.yaml", "{study: s, env: e, method: m, variant: v, seed: x, hash: h, algorithm: {}}", "seed"),
        ("evaluation.csv", "episode,return\n0,1\n", "no column seed"),
        ("provenance.json", "[", "not JSON"),
        ("provenance.json", "{}", "must be a list"),
        pytest.param("provenance.json", "[" * 100_000, "not JSON", id="provenance.json-deep"),
    ],
)
def test_other_damaged_files_are_refused_by_name(make_run, results, tmp_path, name, content, complaint):
    file = make_run() / name
    file.write_text(content)
    message = refused([results], tmp_path)
    assert message.startswith(f"{file}: ") and complaint in message


@pytest.mark.parametrize("name", ["runs.csv", "curves.csv"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "\0\0\0",
        lambda text: "a,b\n1,2\n",
        lambda text: text.replace("HalfCheetah-v2", "HalfCheetah-v2,9,9,9,9"),
        lambda text: text.replace("2.0", "two"),
        lambda text: text[: text.rindex("HalfCheetah") + 3],
        lambda text: text + text.splitlines()[-1] + "\n",
        lambda text: text + '"',
    ],
    ids=["empty", "zeros", "another table", "long rows", "words", "cut", "a row twice", "an open quote"],
)
def test_damaged_tables_are_refused_in_one_line_by_all_that_read_them(make_run, collected, name, damage):
    make_run()
    file = collected() / name
    file.write_text(damage(file.read_text()))
    with pytest.raises(UserError) as error:
        read_collected(file.parent)
    assert str(error.value).startswith(f"{file}: ") and "\n" not in str(error.value)


def test_analysis_needs_no_trainer_env_or_policy():
    code = "import sys, itt.analysis.tables, itt.analysis.figures, itt.analysis.collect; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = {"itt.training", "itt.envs", "itt.policies", "itt.candidates", "itt.rollouts", "itt.ranks"}
    assert "itt.analysis.figures" in modules
    assert not (rooms | {"torch", "gymnasium", "mujoco"}) & set(modules)


def test_the_final_return_is_that_of_the_last_row_and_of_no_row_before(make_run, results, tmp_path):
    for seed, returns in enumerate(("1.0,5.0,3.0", "1.0,5.0,")):
        rows = [f"{step},{value},9,1.0" for step, value in enumerate(returns.split(","))]
        (make_run(seed=seed) / "metrics.csv").write_text("\n".join(["step,return,env_steps,seconds", *rows, ""]))
    runs = rows_of(collect([results], tmp_path / "out")[0])
    assert [(run["final_return"], run["best_return"]) for run in runs] == [("3.0", "5.0"), ("", "5.0")]


@pytest.mark.parametrize(
    ("variant", "changed", "told"),
    [
        ("lazy", {}, ""),
        ("lazy", {"algorithm": {"lazy": {"period": 7, "growth": 1.0}}}, "algorithm.lazy.period"),
        ("srp-paper", {}, ""),
        ("srp-paper", {"search": {"name": "exact"}}, "search.name"),
        ("as-run", {}, ""),
        ("wide", {"policy": {"width": 7}}, "policy.width"),  # a study's own variant stands beside vanilla
    ],
)
def test_a_variant_is_held_against_the_papers_run_of_its_name(paper_cell, results, tmp_path, variant, changed, told):
    paper_cell("HalfCheetah-v2", "itt", [1.0], variant, changed=changed)
    assert rows_of(collect([results], tmp_path)[0])[0]["differs"] == told


def test_episodes_that_diverged_are_counted(make_run, results, tmp_path):
    folder = make_run(returns=[1.0, 2.0])
    (folder / "metrics.csv").write_text("step,return,env_steps,seconds,es/diverged\n0,1,9,1,3\n1,2,18,2,4\n")
    (folder / "evaluation.csv").write_text("episode,return,seed,diverged\n0,1.5,7,1\n1,1.5,8,0\n2,9.0,9,1\n")

    (row,) = rows_of(collect([results], tmp_path)[0])

    assert (row["diverged"], row["evaluation_diverged"]) == ("7", "2")


def test_an_evaluation_in_which_too_many_diverged_has_no_mean(make_run, results, tmp_path):
    (make_run() / "evaluation.csv").write_text("episode,return,seed,diverged\n0,nan,7,1\n1,nan,8,1\n2,5.0,9,0\n")

    (row,) = rows_of(collect([results], tmp_path)[0])

    assert (row["evaluation_mean"], row["evaluation_std"], row["evaluation_diverged"]) == ("", "", "2")


def test_an_env_made_with_other_arguments_is_another_env(make_run, results, tmp_path):
    for seed, kwargs in enumerate([{}, {"gravity": 5}, {"gravity": 6}]):
        file = make_run("Pendulum-v1", seed=seed) / "run.yaml"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"env_kwargs": kwargs}))

    envs = [row["env"] for row in rows_of(collect([results], tmp_path)[0])]

    assert len(set(envs)) == 3
    assert sorted(env.partition("@")[0] for env in envs) == ["Pendulum-v1"] * 3
    assert "Pendulum-v1" in envs


def test_what_the_settings_of_seeds_share_is_parsed_once(make_run, results, tmp_path, monkeypatch):
    for seed in range(4):
        folder = make_run(seed=seed, study="shared")
        run = json.loads((folder / "run.yaml").read_text())
        (folder / "run.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in run.items()))
    parsed, parse = [], settings_file.parse
    monkeypatch.setattr(settings_file, "parse", lambda text, where: parsed.append(text) or parse(text, where))

    collect([results], tmp_path / "out")

    assert len([text for text in parsed if "algorithm" in text]) == 1
    assert [row["seed"] for row in rows_of(tmp_path / "out" / "runs.csv")] == ["0", "1", "2", "3"]


def test_rows_are_copied_as_they_were_written_and_those_that_are_no_number_left_empty(make_run, results, tmp_path):
    first, second = make_run(seed=0), make_run(seed=1)
    (first / "metrics.csv").write_text("step,return,env_steps,seconds,es/a\n0,0.1000000000000000055,7,1e-05,nan\n")
    (second / "metrics.csv").write_text("step,return,env_steps,seconds,es/b\n0,nan,7,1.0,3\n")
    collect([results], tmp_path / "out")
    one, other = rows_of(tmp_path / "out" / "curves.csv")
    assert (one["return"], one["seconds"], one["es/a"], one["es/b"]) == ("0.1000000000000000055", "1e-05", "", "")
    assert (other["return"], other["es/a"], other["es/b"]) == ("", "", "3")
