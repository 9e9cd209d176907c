"""The built-in variants of the paper, and what each changes."""

from __future__ import annotations

from itt.settings_file import Layer

VARIANTS: dict[str, Layer] = {
    "vanilla": {},
    "lazy": {"algorithm": {"lazy": {"period": 5}}},  # Sec. 3.3
    "bootstrap": {"candidates": {"resample": "once", "count": 16384, "subsample": 1000}},  # Sec. 3.3; sizes are ours
    "srp": {"candidates": {"resample": "once", "count": 16384, "subsample": None}, "search": {"name": "srp"}},
    "srp-lazy": {
        "candidates": {"resample": "once", "count": 16384, "subsample": None},
        "search": {"name": "srp"},
        "algorithm": {"lazy": {"period": 5}},
    },  # Sec. 2.3: what is built is used until the action tower moves
    "rft": {
        "candidates": {"resample": "once", "count": 16384, "subsample": None},
        "policy": {"selection": "sample", "state": {"output": "tanh"}, "action": {"output": "tanh"}},
        "search": {"name": "rft"},
    },  # Sec. 2.3.2; bounded towers, as features say little of longer latents
}
"""A study may add its own or redefine these."""
