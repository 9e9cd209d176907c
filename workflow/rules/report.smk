"""All that came of the study as one page: results/NAME/report.html."""


rule report:
    input:
        rules.collect.output,
        rules.figures.output,
        rules.theory.output,
        rules.tables.input.speed,
    output:
        update(f"{RESULTS}/report.html"),
    log:
        f"{RESULTS}/logs/report.log",
    benchmark:
        f"{RESULTS}/benchmarks/report.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=2000,
        runtime=SITE.minutes(30),
    params:
        results=lambda wildcards, output: Path(output[0]).parent,
    message:
        "Writing the report"
    shell:
        "logged {log:q} itt report {params.results:q} --out {output:q}"
