"""The page that an archive opens with, for a reader who has never seen itt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from itt.run import Run

_TEXT = """\
# {study}: {count} trainings and what was made of them

Implicit Two-Tower policies, trained by evolution strategies ({envs}; {methods}){unfinished}.

* `report.html`, `tables/`, `figures/`: results; open the report in a browser
* `theory/`: the errors of the gradient estimators, measured beside the paper's Lemma 1 (`itt theory`)
* `runs/ENV/METHOD/VARIANT/seedK/`: the record of one training. `run.yaml` has its settings, `metrics.csv` a row an
  iteration, `policy.npz` the policy, `evaluation.csv` fresh episodes of it, `provenance.json` where and when it ran
* `study.yaml`: the study, that is these trainings, every setting spelled out
* `code.json`, `constraints.txt`, `code/`: version and commit of the code, versions of what it needs, its workflow
* `ro-crate-metadata.json`: all this for programs, as an RO-Crate

Nothing but ordinary tools is needed to see that nothing has changed since this was written:

    sha256sum --check SHA256SUMS

With itt, in the version that `code.json` tells, more can be seen, from the archive as it was before it was unpacked:

    itt archive verify FILE               # the tables follow from the records
    itt archive verify FILE --replay 3    # the records follow from the settings: three trainings begin again
    itt archive open FILE                 # a folder for `itt tables`, `itt figures`, `itt eval`
"""


def text(runs: Mapping[Path, Run]) -> bytes:
    """The page, for runs by their folders."""
    unfinished = sum(not (folder / "policy.npz").is_file() for folder in runs)
    return _TEXT.format(
        study=next(iter(runs.values())).study,
        count=len(runs),
        envs=", ".join(sorted({run.env for run in runs.values()})),
        methods=", ".join(sorted({run.method for run in runs.values()})),
        unfinished=f"; {unfinished} of them had not ended when this was written" if unfinished else "",
    ).encode()
