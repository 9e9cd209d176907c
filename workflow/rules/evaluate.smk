"""A fresh look at every final policy: episodes with seeds that training never used.

A policy that was evaluated over another number of episodes is evaluated again.
"""


rule evaluate:
    input:
        run=f"{RESULTS}/{{run}}/run.yaml",
        policy=f"{RESULTS}/{{run}}/policy.npz",
        inventory=lambda wildcards: INVENTORY if wildcards.run in EVALUATED_OTHERWISE else ancient(INVENTORY),
    output:
        update(f"{RESULTS}/{{run}}/evaluation.csv"),
    log:
        f"{RESULTS}/logs/{{run}}/evaluate.log",
    benchmark:
        f"{RESULTS}/benchmarks/{{run}}/evaluate.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **SITE.resources(),
        mem_mb=lambda wildcards: requested(wildcards).memory_mb,
        runtime=lambda wildcards: requested(wildcards).evaluation_runtime,
    params:
        folder=lambda wildcards, input: Path(input.policy).parent,
        episodes=STUDY.evaluation.episodes,
    message:
        "Evaluating {wildcards.run} over {params.episodes} episodes"
    shell:
        "logged {log:q} itt eval {params.folder:q} --episodes {params.episodes} --overwrite"
