"""What a study is expected to cost, and what its jobs ask for."""

import json

import pytest

from itt import plan
from itt.plan import compare
from itt.plan.cells import START_SECONDS
from itt.plan.speeds import Speed
from itt.resolve import resolve
from itt.study import expand, single

FAST = Speed(1000.0, 0.0, "measured here")


def study(iterations=10, directions=7, envs="MountainCarContinuous-v0", methods=("explicit",), seeds=3, **settings):
    layer = {"algorithm": {"iterations": iterations, "directions": directions}, **settings}
    block = {"envs": [envs], "methods": list(methods), "seeds": seeds, "set": layer}
    return expand({"name": "a", "runs": [block], "evaluation": {"episodes": 5}}, "a.yaml")


def cost(ranks=1, speed=FAST, **settings):
    [cell] = plan.cells(study(**settings), ranks, lambda run: speed)
    return cell


def test_every_episode_of_theta_and_its_perturbations_counts_at_full_length():
    assert cost().env_steps == (10 * (1 + 2 * 7) + 5) * 999


def test_core_seconds_are_those_of_all_episodes_and_their_resets():
    slow = Speed(1000.0, 0.5, "measured here")
    assert cost(speed=slow).core_seconds == pytest.approx((10 * 15 + 5) * (0.999 + 0.5))


def test_an_iteration_takes_as_long_as_the_worker_with_the_most_episodes():
    seconds = {ranks: cost(ranks).wall_seconds - START_SECONDS for ranks in (1, 2, 5, 16, 100)}
    episodes = {1: 15, 2: 15, 5: 4, 16: 1, 100: 1}
    assert seconds == {ranks: pytest.approx(10 * count * 0.999) for ranks, count in episodes.items()}


def test_forward_differences_cost_half_the_perturbations():
    forward = {"algorithm": {"estimator": "forward"}}
    [cell] = plan.cells(
        expand(
            {
                "name": "a",
                "defaults": {"algorithm": {"iterations": 1, "directions": 7, **forward["algorithm"]}},
                "runs": [{"envs": ["CartPole-v1"], "methods": ["itt"], "seeds": 1}],
                "evaluation": {"episodes": 1},
            },
            "a",
        ),
        1,
        lambda run: None,
    )
    assert cell.env_steps == (1 + 7 + 1) * 500


def test_seeds_are_counted_together_and_variants_apart():
    whole = expand(
        {
            "name": "a",
            "runs": [{"envs": ["Swimmer-v2"], "methods": ["itt"], "variants": ["vanilla", "lazy"], "seeds": 4}],
        },
        "a.yaml",
    )
    cells = list(plan.cells(whole, 1, lambda run: None))
    assert [(cell.variant, cell.runs) for cell in cells] == [("vanilla", 4), ("lazy", 4)]


def test_every_env_and_method_of_the_paper_has_a_published_speed():
    speeds = plan.published()
    run = resolve(single("HalfCheetah-v2", "itt"))
    assert plan.speed(run, speeds).source == "benchmark"
    assert len(speeds) == 45


def test_other_candidates_than_the_papers_are_marked():
    run = resolve(single("HalfCheetah-v2", "itt", "srp"))
    assert plan.speed(run, plan.published()).source == "benchmark, other candidates"


def test_an_env_without_a_benchmark_has_no_speed():
    assert plan.speed(resolve(single("Pendulum-v1", "explicit")), plan.published()) is None


def test_steps_of_training_and_evaluations_of_its_own_are_each_counted_once():
    layer = {"algorithm": {"steps": 30_000, "evaluation_interval": 10_000, "evaluation_episodes": 4}}
    block = {"envs": ["Pendulum-v1"], "methods": ["sac"], "seeds": 1, "set": layer}
    whole = expand({"name": "a", "runs": [block], "evaluation": {"episodes": 5}}, "a.yaml")
    [cell] = plan.cells(whole, 1, lambda run: FAST)

    assert cell.env_steps == 30_000 + 4 * 4 * 200 + 5 * 200, "it evaluates at steps 0, 10,000, 20,000 and 30,000"
    assert cell.env_steps - cell.evaluation_env_steps == 30_000, "as many as its metrics.csv will count"
    assert cell.core_seconds == pytest.approx(30 + 1)


def test_memory_grows_with_the_candidates_that_stand():
    small, large = (
        cost(envs="Swimmer-v2", methods=("itt",), candidates={"resample": "once", "count": count})
        for count in (1000, 1_000_000)
    )
    assert large.memory_mb > small.memory_mb + 10


# Requests


def asked(wall, **wishes):
    cell = plan.Cell("e", "itt", "vanilla", 1, 4, 1, 1, None, wall, wall, 260, None)
    return plan.request(cell, plan.site(None, wishes))


@pytest.mark.parametrize(("wall", "minutes"), [(1.0, 30), (3600.0, 120), (10 * 86400.0, 1440)])
def test_a_job_asks_for_twice_the_expected_time_from_half_an_hour_to_a_day(wall, minutes):
    assert asked(wall).runtime == minutes


def test_a_run_longer_than_its_jobs_takes_several():
    assert asked(10 * 86400.0).jobs == 20
    assert asked(7200.0, runtime=60).jobs == 4
    assert asked(60.0).jobs == 1


def test_of_unknown_speed_a_job_asks_for_a_day():
    request = asked(None)
    assert (request.runtime, request.jobs) == (1440, 1)


def test_a_site_that_gives_a_job_less_time_gives_an_evaluation_less_too():
    assert asked(3600.0).evaluation_runtime == 120
    assert asked(3600.0, runtime=60).evaluation_runtime == 60
    assert asked(3600.0, runtime=600).evaluation_runtime == 120


def test_a_rank_may_have_to_compile_the_engine():
    assert asked(1.0).memory_mb == 600
    assert asked(1.0, memory=350).memory_mb == 350


def test_what_reads_all_metrics_asks_for_memory_by_their_rows():
    assert plan.gathering(0) == 1000
    assert plan.gathering(2_500_000) > 3000


# The command


@pytest.fixture
def file(tmp_path):
    def write(env="CartPole-v1"):
        path = tmp_path / "a.yaml"
        path.write_text(
            "name: a\ndefaults: {algorithm: {iterations: 3, directions: 2}}\nevaluation: {episodes: 2}\n"
            f"runs: [{{envs: [{env}], methods: [itt, explicit], seeds: 2}}]\n"
        )
        return path

    return write


def test_the_totals_are_those_of_the_rows(itt, file):
    told = json.loads(itt("plan", file(), "--ranks", 4, "--json").out)
    assert told["totals"]["runs"] == 4
    assert told["totals"]["env_steps"] == sum(row["env_steps"] for row in told["rows"])
    assert told["totals"]["core_hours"] == pytest.approx(sum(row["core_hours"] for row in told["rows"]))
    assert told["totals"]["unknown"] == []


def test_hours_are_unknown_where_no_speed_is_known(itt, file):
    assert (
        "? core-hours of play, ? core-hours of jobs; the longest run takes ? h" in itt("plan", file("Pendulum-v1")).out
    )


def test_what_an_env_says_of_a_study_is_told_with_its_file(itt, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("name: a\nruns: [{envs: [CartPole-v1], methods: [sac], seeds: 1}]\n")
    refused = itt("plan", path)
    assert refused.code == 2
    assert refused.err.startswith(f"itt: error: {path}: method: sac needs continuous actions")


def test_a_speed_that_nobody_measured_is_told_and_measured_on_demand(itt, file):
    path = file("Pendulum-v1")
    shown = itt("plan", path).out
    assert "Not in these hours, for want of a speed (--measure): Pendulum-v1/itt/vanilla" in shown
    measured = json.loads(itt("plan", path, "--measure", "--json").out)
    assert {row["speed"] for row in measured["rows"]} == {"measured here"}
    assert all(row["core_hours"] > 0 for row in measured["rows"])


def test_estimate_and_actual_stand_beside_each_other(itt, file, tmp_path):
    path, results = file(), tmp_path / "results" / "a"
    out = results / "runs/CartPole-v1/itt/vanilla/seed0"
    assert itt("train", "--study", path, "--env", "CartPole-v1", "--method", "itt", "--out", out).code == 0
    [row] = json.loads(itt("plan", path, "--ranks", 1, "--compare", results, "--json").out)
    assert (row["method"], row["runs"]) == ("itt", 1)
    assert row["estimate"]["env_steps"] == 3 * 5 * 500
    with open(out / "metrics.csv") as metrics:
        assert row["actual"]["env_steps"] == int(metrics.readlines()[-1].split(",")[2])
    assert "actual / estimate" in itt("plan", path, "--compare", results).out


def test_half_a_run_is_compared_with_half_the_estimate(tmp_path):
    whole = study(iterations=10, seeds=1)
    folder = tmp_path / whole.runs[0].folder
    folder.mkdir(parents=True)
    rows = "".join(f"{k},1.0,{100 * (k + 1)},1.5\n" for k in range(5))
    (folder / "metrics.csv").write_text("step,return,env_steps,seconds\n" + rows)
    (folder / "provenance.json").write_text('[{"seconds": 7200, "core_seconds": 3600}]')
    [row] = compare.compare(whole, list(plan.cells(whole, 1, lambda run: FAST)), tmp_path)
    assert row["estimate"]["env_steps"] == 5 * 15 * 999
    assert row["actual"] == {"env_steps": 500, "core_hours": 1.0, "wall_hours": 2.0}


def test_results_without_a_run_of_the_study_are_one_line(itt, file, tmp_path):
    refused = itt("plan", file(), "--compare", tmp_path)
    assert refused.code == 2
    assert "holds no run of" in refused.err
