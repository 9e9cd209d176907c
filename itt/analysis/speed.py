"""What `itt bench rollouts --study` measured of a study's cells, as far as tables and the workflow ask.

Nothing heavy is imported.

results/NAME/speed/rollouts.json    {"machine": {"cpu": ...}, "rows": [{"env": ..., "method": ..., "variant": ...,
                                    "efficiency": 0.9, ...}, ...]}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from itt.errors import UserError

Cell = tuple[str, str, str]
"""(env, method, variant)"""


@dataclass(frozen=True)
class Speed:
    """The share that the simulator has in an episode, by cell, and the CPU that it was measured on."""

    shares: dict[Cell, float]
    cpu: str


def read(path: Path) -> Speed:
    """The shares, none of them above 1: more is noise.

    Raises:
        UserError: It is not such a file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        shares = {
            (str(row["env"]), str(row["method"]), str(row["variant"])): min(1.0, float(row["efficiency"]))
            for row in content["rows"]
        }
        return Speed(shares, str(content["machine"]["cpu"]))
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path}: not what `itt bench rollouts --study FILE --out` wrote") from None
