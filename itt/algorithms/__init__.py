"""Training algorithms, a room each, and the one table that names them: a method implies its algorithm.

An algorithm's room has three modules that others know, and loads the rest from there:

    settings     what one of its runs is: `RUN`, an `itt.run.Run` with the algorithm's sections
    resolve      what such a run means in its env: `resolve`, which decides what depends on it, and refuses
    algorithm    what is done with it: `ALGORITHM`, an `itt.training.Algorithm`

They are imported by what stands in the table, when they are needed: nobody else imports an algorithm, or asks for one
by name.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class Method:
    """A method, as a user compares it with others.

    Attributes:
        label: How tables and figures call it.
        algorithm: What trains it: the name of a room below this one.
        about: What it is, in a sentence for who reads a figure.
        returns: What its rows and their returns are, in a sentence for who reads a figure or a table; empty where a row
            is an iteration, and its return that of one episode, played without perturbing the policy.
    """

    label: str
    algorithm: str
    about: str
    returns: str = ""


METHODS = {
    "itt": Method(
        "ITT",
        "es",
        "ITT is the paper's policy: one network for the state and another for actions, which chooses the sampled "
        "action that matches the state best.",
    ),
    "iot": Method("IOT", "es", "IOT chooses likewise, by one network that sees state and action together."),
    "explicit": Method("Explicit", "es", "Explicit is an ordinary network that puts the action out."),
    "sac": Method(
        "SAC",
        "sac",
        "SAC, soft actor-critic, trains a random policy by gradients, through networks that learn what actions are "
        "worth from all that was met so far.",
        "SAC has rows, one every so many env steps, in place of iterations; the return of a row is the mean of an "
        "evaluation, several episodes played without noise, where one falls on it.",
    ),
}
"""All methods, in the order of tables and figures."""


def returns(methods: Iterable[str]) -> list[str]:
    """The sentences on returns that some methods have; one that is none of ours has none."""
    return [METHODS[method].returns for method in methods if method in METHODS and METHODS[method].returns]


def module(method: str, name: str) -> ModuleType:
    """A module of the room of a method's algorithm.

    Raises:
        KeyError: There is no such method.
    """
    return importlib.import_module(f"itt.algorithms.{METHODS[method].algorithm}.{name}")
