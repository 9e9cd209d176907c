"""The paper's tables with ours beside them: for programs, for reading and for LaTeX."""


rule tables:
    input:
        rules.collect.output,
        speed=[] if PARTIAL and not Path(SPEED).exists() else SPEED,
    output:
        [update(f"{RESULTS}/tables/{name}") for name in outputs.TABLES],
    log:
        f"{RESULTS}/logs/tables.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=gathered(),
        runtime=SITE.minutes(30),
    params:
        collected=lambda wildcards, input: Path(input[0]).parent,
        out=lambda wildcards, output: Path(output[0]).parent,
        speed=lambda wildcards, input: f"--speed {input.speed}" if input.speed else "",
    message:
        "Writing the tables"
    shell:
        "logged {log:q} itt tables {params.collected:q} --out {params.out:q} {params.speed}"
