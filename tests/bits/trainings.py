"""Short trainings of every method, variant and tool, and the SHA-256 of what each leaves behind.

    python tests/bits/trainings.py            print them as JSON
    python tests/bits/trainings.py --renew    write them to tests/bits/sha256.json, with the versions here

The second is for whoever changes numbers, or pins, on purpose; the commit says why.
"""

import csv
import hashlib
import importlib.metadata
import json
import platform
import sys
import tempfile
from pathlib import Path

import numpy as np

from itt.algorithms.es import trainer
from itt.algorithms.es.settings import METHODS, VARIANTS
from itt.ranks import lead
from itt.record import provenance
from itt.resolve import resolve
from itt.study import single

COMMITTED = Path(__file__).with_name("sha256.json")
FEW = ["algorithm.iterations=2", "algorithm.directions=3", "candidates.count=200"]
CONTINUOUS, DISCRETE, SHORT = "MountainCarContinuous-v0", "CartPole-v1", "Pendulum-v1"
SEEDS = {"Acrobot-v1 itt": 5, "Acrobot-v1 iot": 2, "Acrobot-v1 explicit": 3}
"""With which its returns differ from the first iteration on."""
PACKAGES = [name for name in provenance.PACKAGES if name not in ("itt", "mpi4py", "mpich")]
"""Whose version a number may depend on."""


def cases():
    """name -> run."""
    found = {f"{env} {method}": (env, method, []) for env in ("Swimmer-v2", "Acrobot-v1") for method in METHODS}
    found |= {
        "HalfCheetah-v2 explicit": ("HalfCheetah-v2", "explicit", []),
        "fish-swim itt": ("fish-swim", "itt", []),
        "LunarLanderContinuous-v2 iot": ("LunarLanderContinuous-v2", "iot", []),
        "InvertedPendulumBulletEnv-v0 itt": ("InvertedPendulumBulletEnv-v0", "itt", []),
        "as many directions as parameters": ("Swimmer-v2", "itt", ["algorithm.directions=null"]),
        "more directions than parameters": (CONTINUOUS, "explicit", ["algorithm.directions=20"]),
        "tanh": (CONTINUOUS, "iot", ["policy.tower.activation=tanh"]),
        "normalised": (CONTINUOUS, "explicit", ["policy.observations=normalised", "algorithm.episodes=2"]),
    }
    for kernel in ("softmax", "angular"):
        settings = [f"policy.kernel={kernel}", "policy.selection=sample", "policy.action.output=tanh"]
        found[f"{kernel}, sampled"] = (CONTINUOUS, "itt", settings)
    tools = {
        "hadamard": ["sampling=hadamard"],
        "released": ["sampling=released"],
        "gaussian": ["sampling=gaussian", "sigma_schedule={name: exponential, final: 0.1, iterations: 3}"],
        "forward": ["estimator=forward", "eta_schedule={name: cosine, final: 0.1, iterations: 3}"],
        "adam": ["optimiser.name=adam", "shaping=centered_ranks", "weight_decay=0.01"],
        "clipup": ["optimiser.name=clipup", "shaping=z_score", "random_numbers=pair"],
        "momentum": ["optimiser.name=momentum", "shaping=return_std", "top_directions=2"],
    }
    for name, settings in tools.items():
        found[name] = (CONTINUOUS, "explicit", [f"algorithm.{setting}" for setting in settings])
    searches = {
        **{name: [] for name in VARIANTS},
        "bootstrap": ["candidates.subsample=9"],
        "srp paper": ["search={mode: paper, projections: 4}"],
        "srp released": ["search={mode: released}"],
        "srp iteration": ["candidates.resample=iteration", "policy.latent=4", "policy.action.activation=tanh"],
        "rft iteration": ["candidates.resample=iteration", "search.split=principal"],
        "rft angular": ["policy.kernel=angular", "search.signs=16"],
    }
    for name, settings in searches.items():
        found[f"variant {name}"] = (CONTINUOUS, "itt", settings, name.partition(" ")[0])
    reference = {method: (SHORT, method, []) for method in METHODS}
    reference |= {
        "discrete": (DISCRETE, "itt", ["policy.selection=sample"]),
        "angular": (SHORT, "itt", ["policy.kernel=angular", "policy.selection=sample"]),
        "dfo": (SHORT, "iot", ["search.name=dfo"]),
        "srp": (CONTINUOUS, "itt", [], "srp"),
        "rft": (CONTINUOUS, "itt", [], "rft"),
    }
    for name, (env, method, settings, *variant) in reference.items():
        found[f"reference {name}"] = (env, method, ["engine=reference", *settings], *variant)
    return {
        name: single(env, method, *variant or ["vanilla"], SEEDS.get(name, 0), [*FEW, *settings])
        for name, (env, method, settings, *variant) in found.items()
    }


def digests(run, team):
    """Trains, and tells the SHA-256 of each file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run")
        trainer.train(path, resolve(run), team, lambda line: None, lambda *_: None)
        with open(path / "metrics.csv", newline="") as file:
            table = list(csv.DictReader(file))
        rows = [[text for name, text in row.items() if "seconds" not in name] for row in table]
        assert all(float(row["es/grad_norm"]) for row in table), f"{run}: nothing was learned, so nothing is compared"
        contents = {name: learned(path / name) for name in ("policy.npz", "best.npz")}
        contents["metrics.csv"] = repr(rows).encode()
        return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def learned(path):
    """All that a policy's file holds but the run's settings, of which there may be more one day."""
    with np.load(path, allow_pickle=False) as file:
        return b"".join(name.encode() + file[name].tobytes() for name in sorted(file.files) if name != "spec")


def versions():
    """What a number may depend on beside the code."""
    found = {name: importlib.metadata.version(name).partition("+")[0] for name in PACKAGES}
    return found | {"libc": " ".join(platform.libc_ver())}


def main(team):
    sha256 = {name: digests(run, team) for name, run in cases().items()}
    found = json.dumps({"versions": versions(), "sha256": sha256}, indent=1) + "\n"
    if sys.argv[1:] == ["--renew"]:
        COMMITTED.write_text(found)
    else:
        print(found)
    return 0


if __name__ == "__main__":
    sys.exit(lead(main))
