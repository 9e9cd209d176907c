"""The compiled engine: the whole episode in Numba, with MuJoCo's own C functions and no Python between steps.

player.py           plays episodes: with compiled physics, or with the compiled policy in an env's own simulator
loop.py             the episode
sight.py            what the policy sees of a state
policy.py           from a state to an action; actor.py has its arrays
exact_search.py     the best of all candidates; scores.py, towers.py and vectors.py compute, in this order
searches.py         the other searches: projections.py, feature_tree.py
generator.py        fresh candidates
physics.py          the env: observe and step; a file a family
"""
