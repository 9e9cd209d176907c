"""A study whole but tiny: every env, method, variant and arm, in seconds a run. It shows that the study can be played.

Scores mean nothing here, so a rehearsal has a name, and thereby a folder of results, of its own. It can be thrown away.
"""

from __future__ import annotations

from itt.study import REHEARSAL, Evaluation, Study, altered

SEEDS = (0, 1)
EPISODES = 2
"""Of an evaluation."""
ESTIMATES = 2
"""Gradient estimates that each error of `itt theory` is the mean of."""


def rehearsal(study: Study) -> Study:
    """The study with two seeds of each (env, method, variant), and every size as small as it can be.

    Raises:
        UserError: A run is not possible in this size.
    """
    cells = {(run.env_label, run.method, run.variant): run for run in study.runs}
    name = f"{study.name}{REHEARSAL}"
    runs = (
        small.model_copy(update={"study": name, "seed": seed})
        for small in (altered(run, [("the rehearsal", run.small())]) for run in cells.values())
        for seed in SEEDS
    )
    return Study(name, tuple(runs), Evaluation(episodes=EPISODES))
