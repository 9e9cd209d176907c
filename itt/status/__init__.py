"""How far the runs of a study are, from what they have left on disk: nothing is asked of a scheduler or a process."""

from itt.status.look import Look, look, study
from itt.status.table import table

__all__ = ["Look", "look", "study", "table"]
