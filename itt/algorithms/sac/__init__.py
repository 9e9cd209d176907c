"""Soft actor-critic (Haarnoja et al. 2018, arXiv:1812.05905), with inputs normalised by frozen statistics.

    settings.py         its settings; checks.py: what only an env, or a machine, can say of them
    losses.py           what each network minimises, an equation a function
    networks.py         which networks there are, and their first weights
    update.py           one update of all networks, readable: autograd
    update_fast.py      the same with gradients by hand; elementwise.py: its compiled parts
    draws.py            all random numbers of a training, by step
    training.py         env steps and updates, and what it takes to go on from any of them

docs/sac.md tells more.
"""
