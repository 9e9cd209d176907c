"""What a run by soft actor-critic means in its env."""

from __future__ import annotations

from itt.algorithms.sac.checks import check
from itt.algorithms.sac.settings import SACRun
from itt.envs import EnvSpec


def resolve(run: SACRun, spec: EnvSpec) -> SACRun:
    """The run as it is, once it is checked.

    Raises:
        UserError: Its actions are discrete.
    """
    check(spec)
    return run
