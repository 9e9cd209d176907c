"""The study's results as one file that `itt archive verify` can check. It is made when asked for, as target `archive`."""


rule archive:
    input:
        RECORDS,
        INVENTORY,
        rules.collect.output,
        rules.tables.output,
        rules.figures.output,
        rules.theory.output,
        rules.report.output,
    output:
        update(f"{RESULTS}/{STUDY.name}.crate.zip"),
    log:
        f"{RESULTS}/logs/archive.log",
    benchmark:
        f"{RESULTS}/benchmarks/archive.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=2000,
        runtime=SITE.minutes(60),
    params:
        results=lambda wildcards, output: Path(output[0]).parent,
    message:
        "Writing the archive"
    shell:
        "logged {log:q} itt archive {params.results:q} --out {output:q}"
