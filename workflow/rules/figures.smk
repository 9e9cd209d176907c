"""Fig. 3, each variant beside vanilla, statistics over all envs, and what stands below each figure."""


rule figures:
    input:
        rules.collect.output,
    output:
        [update(f"{RESULTS}/figures/{name}") for name in FIGURES],
    log:
        f"{RESULTS}/logs/figures.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures.tsv"
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
    message:
        "Drawing the figures"
    shell:
        "logged {log:q} itt figures {params.collected:q} --out {params.out:q}"
