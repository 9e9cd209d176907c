"""What a run needs of the machine: looked for before anything is written, on the rank that leads."""

from __future__ import annotations

from importlib.util import find_spec

from itt.envs.spec import EnvSpec
from itt.errors import UserError

_SIMULATORS = {"dm_control": ("dmc", "dm_control"), "pybullet": ("bullet", "pybullet", "pybullet_envs_gymnasium")}
"""The extra of this package that installs what a family of envs needs, and what that is."""


def check_simulator(spec: EnvSpec) -> None:
    """That an env's simulator is installed. It is not imported.

    Raises:
        UserError: It is not, and the line says how to install it.
    """
    extra, *packages = _SIMULATORS.get(spec.family, ("",))
    for package in packages:
        check_package(f"environment {spec.name}", extra, package)


def check_package(who: str, extra: str, package: str) -> None:
    """That a package is installed, which `who` needs and an extra of this package installs.

    Raises:
        UserError: It is not.
    """
    if find_spec(package) is None:
        raise UserError(f"{who} needs {package}, which is not installed: pip install 'itt[{extra}]'")
