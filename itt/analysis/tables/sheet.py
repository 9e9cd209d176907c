"""What a table module hands over: tables to be read, and the tidy numbers behind them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itt.analysis.typeset import Table


@dataclass(frozen=True)
class Sheet:
    """The tables of one subject.

    Attributes:
        name: The files' name without its ending.
        title: The head of the page.
        tables: As they are read.
        data: The same numbers and more, unrounded, a row a measurement.
    """

    name: str
    title: str
    tables: tuple[Table, ...]
    data: pd.DataFrame
