"""Training: one run is one job, over MPI ranks or in one process. Both give the same bits.

A run that was stopped early (exit code 75) or killed goes on from its checkpoint when the job is started again. The
checkpoint is no declared output: it is the run's own affair. Its provenance.json tells what it cost, on all of its
machines; Snakemake's `benchmark` would see none of the ranks that srun starts.
"""

LAUNCHER = SITE.mpi if SUBMITS or "mpi" in GIVEN else "mpiexec"

SPREAD = SITE.nodes is not None and RANKS > 1
"""Whether trainings are spread over nodes, those that have several ranks."""

# Snakemake deletes what a job is to make before it starts, but for what is to be updated: of a record nothing is lost,
# whatever makes the job due again. `itt train` knows what is there, and leaves a finished run as it is.
TRAINED = [update(f"{RESULTS}/{{run}}/{name}") for name in inventory.RECORD]


rule train:
    input:
        # A finished run waits for nothing, or an engine that is compiled anew would make all of them due again.
        lambda wildcards: (
            [] if inventory.is_finished(Path(RESULTS, wildcards.run)) else ancient(rules.kernels.output[0])
        ),
    output:
        TRAINED,
    log:
        f"{RESULTS}/logs/{{run}}/train.log",
    conda:
        "../../environment.yml"
    threads: lambda wildcards: max(1, ranks_of(wildcards) - 1)
    resources:
        **SITE.resources(),
        **({"nodes": lambda wildcards: SITE.nodes if ranks_of(wildcards) > 1 else 1} if SPREAD else {}),
        # One process needs no launcher: the Slurm plugin takes any for a wish for several ranks.
        mpi=lambda wildcards: LAUNCHER if ranks_of(wildcards) > 1 else "",
        tasks=lambda wildcards: ranks_of(wildcards),
        cpus_per_task=1,
        mem_mb=lambda wildcards: ranks_of(wildcards) * requested(wildcards).memory_mb,
        mem_mb_per_cpu=lambda wildcards: requested(wildcards).memory_mb,  # a rank has one, wherever it is placed
        runtime=lambda wildcards: requested(wildcards).runtime,
    params:
        launcher=lambda wildcards, resources: f"{resources.mpi} -n {resources.tasks} " if resources.mpi else "",
        study=STUDY_FILE,
        run=lambda wildcards: command_line(RUNS[wildcards.run]),
    message:
        "Training {wildcards.run} on {resources.tasks} ranks"
    shell:
        "logged {log:q} {params.launcher}itt train --study {params.study:q} {params.run:q} --wait"
