"""What a run needs of the machine: looked for before anything is written, on the rank that leads."""

from __future__ import annotations

from importlib.util import find_spec

from itt.algorithms.es.settings import ESRun
from itt.errors import UserError
from itt.resolve import env_of

_SIMULATORS = {"dm_control": ("dmc", "dm_control"), "pybullet": ("bullet", "pybullet", "pybullet_envs_gymnasium")}
"""The extra of this package that installs what a family of envs needs, and what that is."""


def check_installed(run: ESRun) -> None:
    """That what plays a resolved run is installed, and has a folder for compiled code. No simulator is imported.

    Raises:
        UserError: A package is missing, and the line says how to install it; or there is no such folder.
    """
    extra, *packages = _SIMULATORS.get(env_of(run).family, ("",))
    _check(f"environment {run.env}", extra, packages)
    if run.engine == "reference":
        _check("engine: reference", "torch", ["torch"])
    else:
        from itt.native.cache import cache_folder

        cache_folder()


def _check(who: str, extra: str, packages: list[str]) -> None:
    for package in packages:
        if find_spec(package) is None:
            raise UserError(f"{who} needs {package}, which is not installed: pip install 'itt[{extra}]'")
