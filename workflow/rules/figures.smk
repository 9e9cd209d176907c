"""Learning curves in the layout of Fig. 3, and each variant against vanilla."""


rule figures:
    input:
        rules.collect.output,
    output:
        curves=report(
            f"{RESULTS}/figures/learning-curves.svg",
            caption="../report/learning-curves.rst",
            category="Figures",
            labels={"figure": "learning curves"},
        ),
        variants=[
            report(
                f"{RESULTS}/figures/vanilla-vs-{variant}.svg",
                caption="../report/variant.rst",
                category="Figures",
                labels={"figure": f"vanilla and {variant}"},
            )
            for variant in VARIANTS
        ],
        png=expand(
            "{results}/figures/{figure}.png",
            results=RESULTS,
            figure=["learning-curves", *(f"vanilla-vs-{v}" for v in VARIANTS)],
        ),
    log:
        f"{RESULTS}/logs/figures.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        collected=lambda wildcards, input: Path(input[0]).parent,
        out=lambda wildcards, output: Path(output.curves).parent,
    message:
        "Drawing the figures"
    shell:
        "logged {log:q} itt figures {params.collected:q} --out {params.out:q}"
