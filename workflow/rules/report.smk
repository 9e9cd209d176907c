"""Snakemake's own report of the tables and figures, with captions: one HTML page that needs nothing else."""


rule report:
    input:
        rules.tables.output,
        rules.figures.output,
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
        runtime=30,
    params:
        snakefile=workflow.main_snakefile,
        config=[f"study={STUDY_FILE}", f"rehearsal={REHEARSAL}", f"partial={PARTIAL}"],
    message:
        "Writing the report"
    # This Snakemake only reads what the one around it has recorded about finished jobs, so it needs no lock.
    shell:
        "logged {log:q} snakemake tables figures --snakefile {params.snakefile:q} --cores 1"
        " --config {params.config:q} --report {output:q}"
