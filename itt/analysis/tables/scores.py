"""Scores laid out as the paper's Table 6: a row an env, a column a method, the paper's number below ours.

There are three such tables, one a reading of "score".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from itt.analysis.missing import partial
from itt.analysis.outputs import VANILLA
from itt.analysis.scores import READINGS, ordered, scores
from itt.analysis.statistics import places
from itt.analysis.tables.sheet import Sheet
from itt.analysis.typeset import NOTHING, Cell, Row, Table, label, number
from itt.published import zhao2022

TITLES = {
    "final": "Score at the last iteration",
    "maximum": "Score at the best iteration",
    "evaluation": "Score in a fresh evaluation",
}
MEANINGS = {
    "final": "One episode of the unperturbed policy at each seed's last iteration, as the published code has it.",
    "maximum": "One episode of the unperturbed policy a seed, at the iteration whose mean over seeds is highest among "
    "those that all seeds have reached, as the paper's text has it.",
    "evaluation": "Each seed's final policy, averaged over {episodes} episodes with seeds never used in training.",
}


@dataclass(frozen=True)
class _Entry:
    """Mean and standard deviation over `n` seeds, and the place among the methods."""

    mean: float
    std: float
    n: int
    place: int | None = None


_Line = tuple[_Entry | None, ...]


def sheet(runs: pd.DataFrame, curves: pd.DataFrame) -> Sheet:
    """The scores of collected runs; the data is what `itt.analysis.scores` gives."""
    tidy = scores(runs, curves)
    return Sheet("scores", "Scores", tuple(layout(tidy, measure, runs) for measure in READINGS), tidy)


def layout(tidy: pd.DataFrame, measure: str, runs: pd.DataFrame) -> Table:
    """One reading of the tidy `scores` as a table, without rows if no run has it yet. `runs` is for the caption."""
    tidy = tidy[tidy["measure"] == measure]
    if tidy.empty:
        return Table(TITLES[measure], "No run has this score yet.", (), ())
    envs, methods, variants = ordered(tidy)
    rows = tidy.to_dict("records")
    found = {(row["env"], row["method"], row["variant"]): _Entry(row["mean"], row["std"], row["n"]) for row in rows}
    # The paper's three columns always stand there; others where there is something in them.
    columns = [(method, VANILLA) for method in dict.fromkeys([*zhao2022.METHODS, *methods])]
    columns += [(m, v) for m in methods for v in variants if v != VANILLA and any((e, m, v) in found for e in envs)]
    paper = {(e, m, VANILLA): _Entry(*score, zhao2022.SEEDS) for (e, m), score in zhao2022.scores().items()}

    def line(entries: dict[tuple[str, str, str], _Entry], env: str) -> _Line:
        return _placed([entries.get((env, *column)) for column in columns], columns)

    ours = {env: line(found, env) for env in envs}
    n = Counter(entry.n for entry in found.values()).most_common(1)[0][0]
    body: list[Row] = []
    for env in envs:
        body.append((Cell(env), Cell("ours"), *(_cell(entry, n) for entry in ours[env])))
        body.append((Cell(""), Cell("paper"), *(_cell(entry, zhao2022.SEEDS) for entry in line(paper, env))))
    header = ("Environment", "", *(label(*column) for column in columns))
    return Table(TITLES[measure], _caption(measure, list(ours.values()), n, runs), header, tuple(body))


def _cell(entry: _Entry | None, n: int) -> Cell:
    """An entry of another number of seeds than the caption's says so."""
    if entry is None:
        return NOTHING
    note = "" if entry.n == n else f"(n = {entry.n})"
    return Cell(f"{number(entry.mean)} ± {number(entry.std)}", entry.place, note)


def _placed(entries: Sequence[_Entry | None], columns: Sequence[tuple[str, str]]) -> _Line:
    """Vanilla variants compete for the places, as in Table 6; other variants stand beside them."""
    competing = [e.mean if e and variant == VANILLA else None for e, (_, variant) in zip(entries, columns, strict=True)]
    return tuple(e and replace(e, place=place) for e, place in zip(entries, places(competing), strict=True))


def _caption(measure: str, ours: Sequence[_Line], n: int, runs: pd.DataFrame) -> str:
    episodes = sorted({int(count) for count in runs["evaluation_episodes"] if count > 0})
    studies = ", ".join(f"`{study}`" for study in sorted(set(runs["study"])))
    begun = (runs["rows"] > 0) & (runs["rows"] < runs["iterations"])
    unfinished = int((begun & runs["end"].isna()).sum())  # a target ends a run early
    mark = partial(runs)
    sentences = [
        *([mark] if mark else []),
        MEANINGS[measure].format(episodes=" or ".join(map(str, episodes))),
        f"Return (sum of the rewards of an episode): mean ± population standard deviation over n = {n} seeds unless a "
        f"cell says otherwise; `paper`: Table 6, n = {zhao2022.SEEDS}.",
        "The best method is bold and the second best underlined, equal scores share a place; variants stand aside.",
        *_wins(ours),
        *_diverged(measure, runs),
        f"Source: study {studies}, {len(runs)} runs" + (f", {unfinished} of them unfinished." if unfinished else "."),
    ]
    return " ".join(sentences)


def _diverged(measure: str, runs: pd.DataFrame) -> list[str]:
    """How many of the episodes behind a score diverged; training has those of perturbations, too."""
    column, where = ("evaluation_diverged", "evaluation") if measure == "evaluation" else ("diverged", "training")
    bad = runs[runs[column] > 0]
    count = int(bad[column].sum())
    unscored = int(bad["evaluation_mean"].isna().sum()) if measure == "evaluation" else 0
    told = f"{count} episodes of {where}, in {len(bad)} runs, diverged; each counts as the worst of those around it"
    left_out = f", or leaves its run without a score where too many did ({unscored} runs)" if unscored else ""
    return [f"{told}{left_out}."] if count else []


def _wins(ours: Sequence[_Line]) -> list[str]:
    """How our numbers stand to the claim that ITT is best on 12 of 15 environments, if they can be compared at all."""
    methods = len(zhao2022.METHODS)
    compared = [line for line in ours if all(line[:methods])]
    best = sum(1 for itt, *_ in compared if itt and itt.place == 1)
    claims = zhao2022.claims()
    claim = f"{claims['itt_best', '']:.0f} of {claims['compared', '']:.0f}"
    where = f"{best} of {len(compared)} environments where all three methods have a score"
    return [f"ITT is best, alone or not, in {where} (claimed: {claim})."] if compared else []
