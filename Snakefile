"""The door: reads a study, trains its runs, and turns their records into tables, figures and a report.

    snakemake --profile profiles/local --config study=config/demo.yaml
    snakemake --profile slurm --config study=config/paper.yaml ranks=41

The rules stand in workflow/rules, one file a stage. Each is one `itt` command, which also works by hand.
"""

import os
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")

# Rules find workflow/scripts, and the `itt` and `mpiexec` of the Python that runs Snakemake, activated or not.
COMMANDS = [Path(workflow.basedir, "workflow", "scripts"), Path(sys.executable).parent]
os.environ.update(PATH=os.pathsep.join([*map(str, COMMANDS), os.environ.get("PATH", os.defpath)]))
# The executor's job steps lose all that is called SLURM_..., which workflow/scripts/srun mends.
os.environ.setdefault("ITT_SLURM_CONF", os.environ.get("SLURM_CONF", ""))


include: "workflow/rules/queue.smk"
include: "workflow/rules/study.smk"
include: "workflow/rules/kernels.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/collect.smk"
include: "workflow/rules/speed.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/theory.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/archive.smk"


localrules:
    all,


rule all:
    default_target: True
    input:
        RECORDS,
        rules.tables.output,
        rules.figures.output,
        rules.theory.output,
        rules.report.output,
