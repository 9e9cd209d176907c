"""The compiled engine, made once on a machine that trains, before many ranks would all make it."""


rule kernels:
    output:
        f"{RESULTS}/kernels.txt",
    log:
        f"{RESULTS}/logs/kernels.log",
    benchmark:
        f"{RESULTS}/benchmarks/kernels.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=2000,
        runtime=SITE.minutes(30),
    message:
        "Compiling the engine"
    shell:
        "logged {log:q} itt kernels --out {output:q}"
