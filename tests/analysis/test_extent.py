"""What a study asks for, and how much of it there is."""

from itt.analysis.extent import extent
from itt.analysis.files import read_collected


def of(folder):
    return extent(read_collected(folder)[0])


def test_it_counts_what_is_asked_begun_ended_and_evaluated(make_run, collected):
    make_run(seed=0, returns=[1, 2], iterations=2, evaluation=[1, 2, 3])
    make_run(seed=1, returns=[1], iterations=2)
    make_run("Hopper-v2", "iot", "lazy", seed=0, returns=[1, 2, 3], iterations=3, evaluation=[1])

    found = of(collected())

    assert (found.runs, found.ended, found.evaluated) == (3, 2, 2)
    assert (found.seeds, found.iterations, found.episodes) == ((1, 2), (2, 3), (1, 3))
    assert found.env_steps == 200 + 100 + 300
    assert (found.envs, found.methods, found.variants) == (
        ["Hopper-v2", "HalfCheetah-v2"],
        ["ITT", "IOT"],
        ["vanilla", "lazy"],
    )


def test_a_run_that_its_target_ended_has_come_to_its_end(make_run, collected):
    make_run(returns=[1], iterations=9, end="2026-11-25T16:35:39+00:00")
    assert of(collected()).ended == 1


def test_what_has_not_ended_is_what_the_mark_says_is_missing(make_run, collected):
    """Of any algorithm: one without iterations ends where it says so."""
    make_run(seed=0)
    make_run(seed=1, returns=[])
    make_run(seed=2, returns=[1])
    for seed, end in ((3, None), (4, "2026-11-25T16:35:39+00:00")):
        make_run("ALE/Pong-v5", seed=seed, settings={"algorithm": {"name": "other"}}, end=end)
    found = of(collected())
    assert (found.runs, found.ended) == (5, 2)
    assert found.partial == (
        "Partial: 1 of 5 runs have no result (HalfCheetah-v2/itt/vanilla seed 1); "
        "2 of 5 runs are not finished (HalfCheetah-v2/itt/vanilla seed 2; ALE/Pong-v5/itt/vanilla seed 3)."
    )


def test_a_rehearsal_is_known_by_its_name(make_run, collected):
    make_run(study="demo-rehearsal")
    found = of(collected())
    assert (found.study, found.rehearsal, found.partial) == ("demo-rehearsal", True, None)
