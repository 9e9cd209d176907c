"""Torch modules, and nothing else: no losses, no envs, no files.

    mlp.py              a stack of linear layers with ReLU between
    tanh_gaussian.py    the head of a policy over bounded actions
    twin_q.py           two values of an observation and an action
    named_arrays.py     a module's parameters as named NumPy arrays, and back

Importing this room imports torch, so a job imports it only where it acts.
"""
