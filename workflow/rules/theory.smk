"""The appendix's Lemma 1 and its remarks, measured. It is about the estimators and reads no record."""


rule theory:
    output:
        [update(f"{RESULTS}/theory/{name}") for name in theory_outputs.FILES],
    log:
        f"{RESULTS}/logs/theory.log",
    benchmark:
        f"{RESULTS}/benchmarks/theory.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=2000,
        runtime=SITE.minutes(30),
    params:
        out=lambda wildcards, output: Path(output[0]).parent,
        estimates=f" --estimates {ESTIMATES}" if REHEARSAL else "",
    message:
        "Measuring the estimators' errors"
    shell:
        "logged {log:q} itt theory --out {params.out:q}{params.estimates}"
