"""Tables 1 and 6: three readings of "score", the paper's numbers below ours, and what comes of comparing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from itt.algorithms import returns
from itt.analysis.outputs import AS_RUN, VANILLA
from itt.analysis.scores import READINGS, Cell, ordered
from itt.analysis.statistics import Summary, places, places_by_interval
from itt.analysis.tables import verdicts
from itt.analysis.tables.comparisons import Comparison, compare
from itt.analysis.tables.lines import group, of_seeds, usual, verdict
from itt.analysis.tables.ours import Ours
from itt.analysis.tables.sheet import Sheet
from itt.analysis.tables.source import mark, source
from itt.analysis.typeset import NOTHING, Row, Table, label, number
from itt.analysis.typeset import Cell as Typeset
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

NOTES = (
    "The best method is bold and the second best underlined. Methods share a place where the 95 % interval (Welch) of "
    f"the difference of their means includes 0, if all have {verdicts.FEWEST} seeds, else where their means agree to "
    "two decimals, as in the paper's lines; variants stand aside. `difference`: ours minus the paper's; `interval`: "
    f"its 95 % interval (Welch), from {verdicts.FEWEST} seeds on. `verdict`: too few below {verdicts.FEWEST} seeds; "
    "else reproduced where the difference is at most the paper's standard deviation, or "
    f"{100 * verdicts.SCORE_SHARE:.0f} % of the largest score that it has for the environment if that is more. "
    f"`{AS_RUN}`: what the authors' development code ran, beside what the paper says."
)

Found = Mapping[Cell, Summary]
Compared = Mapping[Cell, Comparison]


def sheet(ours: Ours) -> Sheet:
    """Three tables, a reading each; the data is what `itt.analysis.scores` gives, with the verdicts beside it."""
    compared = {measure: _compared(ours, measure) for measure in READINGS}
    laid_out = tuple(_table(ours, measure, compared[measure]) for measure in READINGS)
    return Sheet("scores", "Scores", laid_out, _with_verdicts(ours.tidy, compared))


def _compared(ours: Ours, measure: str) -> dict[Cell, Comparison]:
    """What Table 6's means are compared with: vanilla, and as-run arms where there are."""
    return {
        (mean.env, mean.method, variant): compare(mean, ours, variant, measure)
        for mean in zhao2022.numbers()
        if mean.table == 6 and mean.quantity == "mean"
        for variant in (VANILLA, AS_RUN)
        if (mean.env, mean.method, variant) in ours.cells
    }


def _with_verdicts(tidy: pd.DataFrame, compared: Mapping[str, Compared]) -> pd.DataFrame:
    cells = tidy[["measure", "env", "method", "variant"]].itertuples(index=False, name=None)
    found = [compared[measure].get((env, method, variant)) for measure, env, method, variant in cells]
    rows = [
        (one.difference, one.low, one.high, one.margin, one.verdict.word, one.verdict.why) if one else (None,) * 6
        for one in found
    ]
    columns = ["difference", "difference_low", "difference_high", "margin", "verdict", "why"]
    return tidy.join(pd.DataFrame(rows, tidy.index, columns))


def _table(ours: Ours, measure: str, compared: Compared) -> Table:
    """One reading, without rows if no run has it yet."""
    tidy = ours.tidy[ours.tidy["measure"] == measure]
    if tidy.empty:
        return Table(TITLES[measure], "No run has this score yet.", (), ())
    envs, methods, variants = ordered(tidy)
    found = {(env, method, variant): one for (env, method, variant, of), one in ours.scores.items() if of == measure}
    # The paper's three columns always stand there; others where there is something in them.
    columns = [(method, VANILLA) for method in dict.fromkeys([*zhao2022.METHODS, *methods])]
    columns += [(m, v) for m in methods for v in variants if v != VANILLA and any((e, m, v) in found for e in envs)]
    n = usual([one.n for one in found.values()])
    rows = [row for env in envs for row in _rows(env, columns, found, compared, n)]
    header = ("Environment", "", *(label(*column) for column in columns))
    caption = _caption(measure, found, envs, methods, n, ours.runs)
    return Table(TITLES[measure], caption, header, tuple(rows), notes=NOTES)


def _rows(env: str, columns: Sequence[tuple[str, str]], found: Found, compared: Compared, n: int) -> list[Row]:
    cells = [(env, *column) for column in columns]
    mine = _placed([found.get(cell) for cell in cells], columns)
    printed = _printed()
    # As-run arms are the paper's methods once more.
    theirs = [printed.get(cell[:2]) if cell in compared or cell[2] == VANILLA else None for cell in cells]
    lines = {
        "ours": [_score(found.get(cell), place, n) for cell, place in zip(cells, mine, strict=True)],
        "paper": [
            _score(score, place, zhao2022.SEEDS)
            for score, place in zip(theirs, _as_printed(theirs, columns), strict=True)
        ],
    }
    if any(cell in compared for cell in cells):
        lines["difference"] = [_difference(compared.get(cell)) for cell in cells]
        lines["interval"] = [_interval(compared.get(cell)) for cell in cells]
        if all(cell is NOTHING for cell in lines["interval"]):
            del lines["interval"]
        lines["verdict"] = [verdict(compared[cell].verdict if cell in compared else None) for cell in cells]
    return group(env, lines)


def _printed() -> dict[tuple[str, str], Summary]:
    return {cell: Summary(mean, std, zhao2022.SEEDS) for cell, (mean, std) in zhao2022.scores().items()}


def _score(score: Summary | None, place: int | None, n: int) -> Typeset:
    if score is None:
        return NOTHING
    return Typeset(f"{number(score.mean)} ± {number(score.std)}", place, of_seeds(score.n, n))


def _difference(one: Comparison | None) -> Typeset:
    if one is None or one.difference is None:
        return NOTHING
    return Typeset(f"{one.difference:+.2f}")


def _interval(one: Comparison | None) -> Typeset:
    """Of fewer seeds it would only say that there are few."""
    if one is None or one.n < verdicts.FEWEST:
        return NOTHING
    return Typeset(f"{number(one.low)} to {number(one.high)}")


def _competing(scores: Sequence[Summary | None], columns: Sequence[tuple[str, str]]) -> list[Summary | None]:
    """Vanilla variants compete for the places, as in Table 6; other variants stand beside them."""
    return [score if variant == VANILLA else None for score, (_, variant) in zip(scores, columns, strict=True)]


def _placed(scores: Sequence[Summary | None], columns: Sequence[tuple[str, str]]) -> list[int | None]:
    """By intervals where every score has seeds enough, else by means."""
    competing = _competing(scores, columns)
    if all(score is None or score.n >= verdicts.FEWEST for score in competing):
        return places_by_interval(competing)
    return _as_printed(scores, columns)


def _as_printed(scores: Sequence[Summary | None], columns: Sequence[tuple[str, str]]) -> list[int | None]:
    """By means to two decimals, as the paper marks them."""
    return places([score.mean if score else None for score in _competing(scores, columns)])


def _caption(
    measure: str, found: Found, envs: Sequence[str], methods: Sequence[str], n: int, runs: pd.DataFrame
) -> str:
    episodes = sorted({int(count) for count in runs["evaluation_episodes"] if count > 0})
    sentences = [
        *mark(runs),
        MEANINGS[measure].format(episodes=" or ".join(map(str, episodes))),
        *(returns(methods) if measure != "evaluation" else ()),
        f"Return (sum of the rewards of an episode): mean ± population standard deviation over n = {n} seeds unless a "
        f"cell says otherwise; `paper`: Table 6, of whose rows Table 1 has three, n = {zhao2022.SEEDS}.",
        *_wins(found, envs),
        *_diverged(measure, runs),
        source(runs),
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


def _wins(found: Found, envs: Sequence[str]) -> list[str]:
    """Where ITT has the best mean, as the paper counts; `claims` has the verdict."""
    columns = [(method, VANILLA) for method in zhao2022.METHODS]
    scores = [[found.get((env, *column)) for column in columns] for env in envs]
    compared = [_as_printed(row, columns)[0] for row in scores if all(row)]
    where = f"{compared.count(1)} of {len(compared)} environments where all three methods have a score"
    return [f"By its mean ITT is best, alone or not, in {where}."] if compared else []
