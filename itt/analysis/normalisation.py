"""Normalised scores: returns on one scale for all envs, so that they can be averaged over envs.

0 is the mean return of uniformly random actions, and 1 the best mean that Table 6 has for the env, whichever method's
it is. hopper-stand and walker-walk have no row there: 1 is the greatest return that their rules allow. Both numbers are
fixed in normalisation.csv, a row an env, and no result of ours changes them. A score above 1 is better than any of the
paper's three methods; one below 0 is worse than chance.

    env, low, low_error, episodes    the env, the mean return of random actions, its standard error, episodes behind it
    high, high_from                  the return that counts as 1, and where it comes from
"""

import csv
from importlib import resources

from itt.analysis.statistics import Floats

FILE = "normalisation.csv"


def bounds() -> dict[str, tuple[float, float]]:
    """(the return that is 0, the return that is 1) of each of the paper's 15 envs; others have no such scale."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["env"]: (float(row["low"]), float(row["high"])) for row in rows}


def normalised(returns: Floats, low: float, high: float) -> Floats:
    """Returns of one env on the scale on which `low` is 0 and `high` is 1."""
    return (returns - low) / (high - low)
