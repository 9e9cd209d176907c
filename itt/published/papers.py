"""Which paper a method is from."""

from __future__ import annotations

from itt.published import zhao2022

PAPER_OF = dict.fromkeys(zhao2022.METHODS, zhao2022)
"""By method; one that is not here is from none."""
