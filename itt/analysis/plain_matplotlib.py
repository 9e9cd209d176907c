"""Matplotlib as it comes, whatever MPLBACKEND and the matplotlibrc files of a user or a folder say.

To be imported before anything of matplotlib's, which reads them as it is imported.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def _import_without_settings() -> None:
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")
    os.environ["MPLBACKEND"] = "agg"
    # Where there is a matplotlibrc in the current folder, it alone is read; here it is the library's own.
    with contextlib.chdir(Path(found.origin).parent / "mpl-data"):
        importlib.import_module("matplotlib.style")


_import_without_settings()


def style(changes: Mapping[str, Any]) -> contextlib.AbstractContextManager[None]:
    """Draws with the library's defaults but for these changes, whatever this process has set before."""
    import matplotlib.style

    return matplotlib.style.context(dict(changes), after_reset=True)
