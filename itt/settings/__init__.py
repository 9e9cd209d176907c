"""Settings that every run has, whatever trains it. Those of an algorithm stand with it, in `itt.algorithms.NAME`."""

from __future__ import annotations

from pydantic import Field

from itt.settings.env import EnvSettings, env_label
from itt.settings.section import Section, spelled

__all__ = ["EnvSettings", "Record", "Section", "Settings", "env_label", "spelled"]


class Record(Section):
    """What is written while a run goes on. None of it changes a result."""

    checkpoint_seconds: float = Field(30, ge=0, description="at most this long between checkpoints; 0: each iteration")


class Settings(EnvSettings):
    """Everything about a run but its place in the grid; an algorithm adds its sections."""

    record: Record = Record()
