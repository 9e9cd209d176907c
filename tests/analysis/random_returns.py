"""The returns of uniformly random actions, which are the 0 of normalised scores; the 1 is the paper's or the rules'.

    python tests/analysis/random_returns.py            print itt/analysis/normalisation.csv
    python tests/analysis/random_returns.py --renew    write it

The second is for whoever means to change what a normalised score is; the commit says why.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

from itt.envs import make
from itt.published import names, zhao2022

COMMITTED = Path(__file__).parents[2] / "itt" / "analysis" / "normalisation.csv"
EPISODES = 100
TASK_LIMIT = 1000.0
"""The greatest return that a dm_control task allows: a thousand steps, each with a reward of at most 1."""


def returns(name, episodes=EPISODES):
    """One return an episode: the env's seed is its number, and so is that of the generator of its actions."""
    env = make(name)
    found = [_return(env, seed) for seed in range(episodes)]
    env.close()
    return np.array(found)


def _return(env, seed):
    rng, space = np.random.default_rng(seed), env.action_space
    env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        discrete = hasattr(space, "n")
        action = int(rng.integers(space.n)) if discrete else rng.uniform(space.low, space.high).astype(space.dtype)
        _, reward, terminated, truncated, _ = env.step(action)
        total, over = total + float(reward), terminated or truncated
    return total


def rows():
    """A line of the file for each env."""
    best = {}
    for (env, _), (mean, _) in zhao2022.scores().items():
        best[env] = max(mean, best.get(env, mean))
    for name in names.ENVS:
        found = returns(name)
        error = np.std(found, ddof=1) / np.sqrt(len(found))
        high, source = (best[name], "Table 6") if name in best else (TASK_LIMIT, "greatest possible")
        yield f"{name},{np.mean(found):.2f},{error:.2f},{len(found)},{high:g},{source}"


def main():
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("gymnasium", "mujoco", "dm_control", "pybullet", "numpy")
    )
    text = "\n".join(
        [
            "# What counts as 0 and as 1 in normalised scores; itt/analysis/normalisation.py says what that means.",
            "# low: mean return of random actions, with its standard error (tests/analysis/random_returns.py)",
            f"# ({packages}). high: the best mean of Table 6.",
            "env,low,low_error,episodes,high,high_from",
            *rows(),
        ]
    )
    if sys.argv[1:] == ["--renew"]:
        COMMITTED.write_text(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
