"""What the paper claims in its text, computed from our runs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itt.analysis.tables import verdicts
from itt.analysis.tables.claim_rules import MEASURED, RULES, complete
from itt.analysis.tables.lines import KINDS
from itt.analysis.tables.ours import Ours
from itt.analysis.tables.sheet import Sheet
from itt.analysis.tables.source import mark, source
from itt.analysis.tables.verdicts import NOT, NOT_YET, REPRODUCED, Verdict
from itt.analysis.typeset import NOTHING, Cell, Table
from itt.published import names, zhao2022
from itt.published.zhao2022 import Claim

WORDS = {REPRODUCED: "holds", NOT: "does not hold", NOT_YET: "not yet"}


@dataclass(frozen=True)
class Outcome:
    """A claim beside what our runs say.

    Attributes:
        name, env: The claim's key; env is "" where it names none.
        claim: What the paper says.
        ours: The same quantity of our runs; None where there is none.
        of: How many environments `ours` is counted among; None where it is no count.
        measured: What `ours` is.
        n: The fewest seeds behind it.
        verdict: Whether it holds, and why not.
    """

    name: str
    env: str
    claim: Claim
    ours: float | None
    of: int | None
    measured: str
    n: int
    verdict: Verdict

    @property
    def difference(self) -> float | None:
        """Ours minus the paper's; None where the paper has no figure, and of a count among fewer environments."""
        fewer = self.of is not None and self.of < len(names.ENVS)
        return None if self.ours is None or self.claim.value is None or fewer else self.ours - self.claim.value


NOTES = (
    "Best and second: by the mean at the best iteration, to two decimals; `ours` is of the environments where all "
    f"three methods have {verdicts.FEWEST} finished seeds with the paper's settings. ITT is third only where it does "
    "not tie with another, by the 95 % interval (Welch) of the difference. Training time: by core-hours, as "
    f"percent less than IOT's; it holds if at most {verdicts.CLAIMED_POINTS:.0f} points less is saved. A good or "
    "comparable score: as percent of vanilla's, by the mean of the last iteration that both have; it holds if at most "
    f"{100 * verdicts.COMPARABLE_SHARE:.0f} % of vanilla's size is lost. Cheaper: core-seconds an env step, as percent "
    "less than vanilla's; it holds if the 95 % interval (Welch) of the difference lies below 0. SRP is compared with "
    "vanilla over the same candidates."
)


def outcomes(ours: Ours) -> list[Outcome]:
    """Every claim, in the order of print."""
    found, among = [], len(complete(ours))
    for (name, env), claim in zhao2022.claims().items():
        value, n, verdict = RULES[name](ours, env, claim)
        of = among if MEASURED[name] == "environments" else None
        found.append(Outcome(name, env, claim, value, of, MEASURED[name], n, verdict))
    return found


def sheet(ours: Ours) -> Sheet:
    """One table, a row a claim."""
    found = outcomes(ours)
    title = "Claims"
    rows = tuple(_row(one) for one in found)
    header = ("Section", "Claim", "Environment", "paper", "ours", "n", "difference", "verdict", "why")
    table = Table(title, _caption(ours), header, rows, labels=3, sentences=(1, 8), notes=NOTES)
    return Sheet("claims", title, (table,), frame(found))


def frame(found: list[Outcome]) -> pd.DataFrame:
    """A row a claim, as data."""
    rows = [
        {"claim": one.name, "section": one.claim.section, "env": one.env, "statement": one.claim.statement}
        | {
            "paper": one.claim.value,
            "unit": one.claim.unit,
            "ours": one.ours,
            "of": one.of,
            "measured": one.measured,
            "n": one.n,
        }
        | {"difference": one.difference, "verdict": WORDS[one.verdict.word], "why": one.verdict.why}
        for one in found
    ]
    return pd.DataFrame(rows).astype({"paper": float, "ours": float, "of": "Int64", "difference": float})


def _row(one: Outcome) -> tuple[Cell, ...]:
    return (
        Cell(f"Sec. {one.claim.section}" if one.claim.section[0].isdigit() else one.claim.section),
        Cell(one.claim.statement),
        Cell(one.env or "all"),
        NOTHING if one.claim.value is None else Cell(_figure(one.claim.value, one.claim.unit)),
        NOTHING if one.ours is None else Cell(_figure(one.ours, one.measured), note=_of(one)),
        Cell(str(one.n)),
        NOTHING if one.difference is None else Cell(f"{one.difference:+.0f}"),
        Cell(WORDS[one.verdict.word], kind=KINDS[one.verdict.word]),
        Cell(one.verdict.why or "-"),
    )


def _of(one: Outcome) -> str:
    return "" if one.of is None or one.name == "compared" else f"of {one.of}"


def _figure(value: float, unit: str) -> str:
    return f"{value:.0f}" if unit == "environments" else f"{value:.0f} %"


def _caption(ours: Ours) -> str:
    sentences = [
        *mark(ours.runs),
        "What the paper says in its text, in our words, and whether our runs say so.",
        "`n`: seeds, the fewest of a method.",
        source(ours.runs),
    ]
    return " ".join(sentences)
