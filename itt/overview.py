"""The catalog with its parameter counts beside the paper's: what `itt envs` prints."""

from __future__ import annotations

from typing import Any

from itt.algorithms.es.settings import METHODS, ESRun
from itt.envs import CATALOG
from itt.policies import architecture_of
from itt.published import zhao2022
from itt.resolve import resolve
from itt.study import single


def overview() -> list[dict[str, Any]]:
    """One row an env of the paper, in its order, with D of each method under the paper's settings and in Table 4."""
    printed = zhao2022.parameters()
    rows = []
    for spec in CATALOG.values():
        runs = {method: resolve(ESRun.of(single(spec.name, method), "Table 4")) for method in METHODS}
        rows.append(
            {
                "env": spec.name,
                "observation": spec.observation,
                "action": spec.action,
                "discrete": spec.discrete,
                "episode_limit": spec.episode_limit,
                "engine": runs["itt"].engine,
                "parameters": {method: architecture_of(run, spec).size for method, run in runs.items()},
                "paper_parameters": {method: printed[spec.name, method] for method in METHODS},
                "note": spec.note,
            }
        )
    return rows
