"""Training: one run is one job, over MPI ranks or in one process. Both give the same bits.

A run that was stopped early (exit code 75) or killed goes on from its checkpoint when the job is started again. The
checkpoint is no declared output, because Snakemake deletes those of a failed job.
"""

TRAINED = [
    f"{RESULTS}/{{run}}/{name}" for name in ("run.yaml", "metrics.csv", "policy.npz", "best.npz", "provenance.json")
]


if RANKS > 1:

    ruleorder: train_mpi > train_single

else:

    ruleorder: train_single > train_mpi


rule train_mpi:
    input:
        ancient(rules.kernels.output),
    output:
        TRAINED,
    log:
        f"{RESULTS}/logs/{{run}}/train.log",
    benchmark:
        f"{RESULTS}/benchmarks/{{run}}/train.tsv"
    conda:
        "../../environment.yml"
    threads: max(1, RANKS - 1)
    resources:
        mpi="mpiexec",
        tasks=RANKS,
        cpus_per_task=1,
        mem_mb=600 * RANKS,
        runtime=24 * 60,
    params:
        study=STUDY_FILE,
        run=lambda wildcards: command_line(RUNS[wildcards.run]),
    message:
        "Training {wildcards.run} on {resources.tasks} ranks"
    shell:
        "logged {log:q} {resources.mpi} -n {resources.tasks} itt train --study {params.study:q} {params.run:q}"


rule train_single:
    input:
        ancient(rules.kernels.output),
    output:
        TRAINED,
    log:
        f"{RESULTS}/logs/{{run}}/train.log",
    benchmark:
        f"{RESULTS}/benchmarks/{{run}}/train.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1200,
        runtime=24 * 60,
    params:
        study=STUDY_FILE,
        run=lambda wildcards: command_line(RUNS[wildcards.run]),
    message:
        "Training {wildcards.run} in one process"
    shell:
        "logged {log:q} itt train --study {params.study:q} {params.run:q}"
