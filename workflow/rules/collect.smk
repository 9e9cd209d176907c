"""The records of all runs of the study, brought together."""

COLLECTED = [update(f"{RESULTS}/collected/{name}") for name in outputs.COLLECTED]

RECORDS = expand("{results}/{run}/{name}", results=RESULTS, run=RUNS, name=inventory.RECORD)
RECORDS += [
    path
    for path in expand("{results}/{run}/evaluation.csv", results=RESULTS, run=RUNS)
    if not PARTIAL or Path(path).exists()
]


rule collect:
    input:
        RECORDS,
        inventory=INVENTORY,
    output:
        COLLECTED,
    log:
        f"{RESULTS}/logs/collect.log",
    benchmark:
        f"{RESULTS}/benchmarks/collect.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=gathered(),
        runtime=SITE.minutes(30),
    params:
        out=lambda wildcards, output: Path(output[0]).parent,
    message:
        f"Collecting the records of {len(RUNS)} runs"
    shell:
        "logged {log:q} itt collect --from {input.inventory:q} --out {params.out:q}"
