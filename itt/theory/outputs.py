"""The files that `itt theory` writes, known by their names before there is one. Nothing heavy is imported."""

from __future__ import annotations

from itt.analysis.outputs import IMAGES

TABLES = ("theory.csv", "verdicts.csv", "theory.md", "theory.tex", "theory.html")
FIGURES = ("lemma-1", "remark-6.1", "remark-6.2")

FILES = (*TABLES, *(f"{name}{kind}" for name in FIGURES for kind in IMAGES))
