"""What agents have lived through: NumPy arrays in, NumPy arrays out.

replay.py           transitions of the past, of which updates draw batches
segments.py         the same on disk, appended to
normalisers.py      what networks see of an observation
"""

from itt.experience.normalisers import FROZEN, NONE, RUNNING, Lens, Normaliser
from itt.experience.replay import Batch, Replay

__all__ = ["FROZEN", "NONE", "RUNNING", "Batch", "Lens", "Normaliser", "Replay"]
