"""The records of all runs of the study, brought together."""


rule collect:
    input:
        expand(
            "{results}/{run}/{name}",
            results=RESULTS,
            run=RUNS,
            name=("run.yaml", "metrics.csv", "provenance.json", "evaluation.csv"),
        ),
    output:
        runs=f"{RESULTS}/collected/runs.csv",
        curves=f"{RESULTS}/collected/curves.csv",
    log:
        f"{RESULTS}/logs/collect.log",
    benchmark:
        f"{RESULTS}/benchmarks/collect.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        folders=lambda wildcards, input: sorted({Path(path).parent for path in input}),
        out=lambda wildcards, output: Path(output.runs).parent,
    message:
        f"Collecting the records of {len(RUNS)} runs"
    shell:
        "logged {log:q} itt collect {params.folders:q} --out {params.out:q}"
