"""How fast the study's cells are played on the machine where this runs, and how much of it is the simulator.

Measured once; again when the study has a cell that was not.
"""

SPEED = f"{RESULTS}/speed/{outputs.SPEED}"


rule speed:
    input:
        lambda wildcards: [] if PARTIAL or MEASURED else [INVENTORY, ancient(rules.kernels.output[0])],
    output:
        update(SPEED),
    log:
        f"{RESULTS}/logs/speed.log",
    benchmark:
        f"{RESULTS}/benchmarks/speed.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=1200,
        runtime=SITE.minutes(120),
    params:
        study=STUDY_FILE,
        rehearsal="--rehearsal" if REHEARSAL else "",
        seconds=0 if REHEARSAL else 1,
    message:
        "Measuring the speed of rollouts"
    shell:
        "logged {log:q} itt bench rollouts --study {params.study:q} {params.rehearsal} --seconds {params.seconds}"
        " --out {output:q}"
