"""`map(task, shared, items)` over this process or over MPI ranks. Knows nothing of what the tasks are.

    def main(team: Team) -> int:
        results = team.map(task, shared, items)      # in the order of the items, whoever did them
        return 0

    sys.exit(lead(main))

Started plainly, `main` runs and so do the tasks, and MPI is never imported. Under `mpiexec -n R` `main` runs on rank 0
alone, the coordinator; the other R - 1 ranks, the workers, do the tasks. The coordinator sleeps while it waits, so it
can share a core with a worker. A rank that gives no sign of life does not stop the job for ever (`watch`).
"""

from itt.ranks.lead import lead
from itt.ranks.team import Team
from itt.ranks.watch import Patience

__all__ = ["Patience", "Team", "lead"]
