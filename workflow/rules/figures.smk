"""Learning curves in the layout of Fig. 3, and each variant against vanilla."""


rule figures:
    input:
        rules.collect.output,
    output:
        [
            report(
                update(f"{RESULTS}/figures/{name}.svg"),
                caption="../report/learning-curves.rst" if variant == outputs.VANILLA else "../report/variant.rst",
                category="Figures",
                labels={"figure": name},
            )
            for name, variant in FIGURES.items()
        ],
        [update(f"{RESULTS}/figures/{name}{kind}") for name in FIGURES for kind in outputs.IMAGES if kind != ".svg"],
    log:
        f"{RESULTS}/logs/figures.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=2000,
        runtime=30,
    params:
        collected=lambda wildcards, input: Path(input[0]).parent,
        out=lambda wildcards, output: Path(output[0]).parent,
    message:
        "Drawing the figures"
    shell:
        "logged {log:q} itt figures {params.collected:q} --out {params.out:q}"
