"""What `itt bench` measures: rollouts against the physics, ranks against bare processes, one search against another.

    rollouts.py floor.py     steps a second, beside the simulator's own and the reference engine's
    ranks.py ranks_job.py    two MPI workers against two processes that know nothing of each other
    learning.py learning_job.py    training by gradients against its bare products, and against peers
    search.py searches.py    one choice among N candidates, search by search
    task.py trained.py       what they are asked: latents of trained policies (trained/)
    features.py              a random feature tree's law against the softmax
    results.py               a result file, with the machine that it comes from
    markdown.py plot.py search_plot.py    the same as a table and as a picture
    hours.py                 what the paper's trainings would take at the measured speed

Figures are read by people and committed under benchmarks/; no test depends on one. docs/benchmarks.md says what they
mean.
"""
