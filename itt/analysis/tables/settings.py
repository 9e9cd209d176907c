"""Tables 3, 4 and 5: sigma, the number of parameters and of layers that the runs had, beside the paper's."""

from __future__ import annotations

from dataclasses import dataclass

from itt.analysis.outputs import VANILLA
from itt.analysis.scores import ordered
from itt.analysis.tables.comparisons import Comparison, compare, frame
from itt.analysis.tables.lines import group, ours_and_paper, usual
from itt.analysis.tables.ours import Ours
from itt.analysis.tables.sheet import Sheet
from itt.analysis.tables.source import mark, source
from itt.analysis.typeset import Table, label
from itt.published import zhao2022


@dataclass(frozen=True)
class Subject:
    """What one of these tables is about."""

    table: int
    name: str
    title: str
    meaning: str


SIGMA = Subject(3, "sigma", "Sigma", "The smoothing of the gradient estimator (Eq. 11), no unit.")
DIMENSIONS = Subject(
    4,
    "dimensions",
    "Number of parameters",
    "D, the length of theta as it is saved. Table 4 cannot be met on InvertedPendulumBulletEnv-v0, nor by explicit "
    "policies over discrete actions, which need an output for each; docs/reproduction-notes.md has the counts.",
)
LAYERS = Subject(
    5,
    "layers",
    "Number of layers",
    "Layers of each network, counted as Table 5 does by the numbers of Table 4: matrices in the Gym environments, "
    "hidden layers, one fewer, in those of the DeepMind Control Suite.",
)
SUBJECTS = (SIGMA, DIMENSIONS, LAYERS)


def sheet(ours: Ours, subject: Subject) -> Sheet:
    """One of the three, with the environments of the study; the data has those of the paper."""
    compared = [compare(each, ours) for each in zhao2022.numbers() if each.table == subject.table]
    return Sheet(subject.name, subject.title, (_table(ours, subject, compared),), frame(compared))


def _table(ours: Ours, subject: Subject, compared: list[Comparison]) -> Table:
    found = {(one.number.env, one.number.method, one.number.quantity): one for one in compared}
    columns = list(dict.fromkeys((one.number.method, one.number.quantity) for one in compared))
    envs = [env for env in ordered(ours.runs)[0] if any(key[0] == env for key in found)]
    if not envs:
        return Table(subject.title, f"The study has no environment of the paper's Table {subject.table}.", (), ())
    if not any(one.n for one in compared):
        return Table(subject.title, "No vanilla run has a result yet, whose settings could be told.", (), ())
    n = usual([one.n for one in compared])
    rows = [
        row
        for env in envs
        for row in group(env, ours_and_paper([found.get((env, *column)) for column in columns], n, "{:g}".format))
    ]
    header = ("Environment", "", *(_head(*column) for column in columns))
    notes = (
        "`difference`: ours minus the paper's. `verdict`: reproduced where both are equal, whatever n is; other "
        "settings, where the study has chosen others."
    )
    return Table(subject.title, _caption(ours, subject, n), header, tuple(rows), notes=notes)


def _head(method: str, quantity: str) -> str:
    network = {"layers_state": " state tower", "layers_action": " action tower"}.get(quantity, "")
    return f"{label(method, VANILLA)}{network}"


def _caption(ours: Ours, subject: Subject, n: int) -> str:
    sentences = [
        *mark(ours.runs),
        subject.meaning,
        f"`ours`: of n = {n} seeds, unless a cell says otherwise, which all have the same; `paper`: Table "
        f"{subject.table}.",
        source(ours.runs),
    ]
    return " ".join(sentences)
