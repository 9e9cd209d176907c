"""What a run leaves on disk, and how it goes on after it was stopped."""

from itt.record.policy_file import SavedPolicy
from itt.record.run_folder import CORE_COLUMNS, Columns, RunFolder, opened, run_yaml

__all__ = ["CORE_COLUMNS", "Columns", "RunFolder", "SavedPolicy", "opened", "run_yaml"]
