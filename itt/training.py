"""What every training algorithm offers: what is done with a run, whatever trains it.

Command line, workflow, plan and archive ask `algorithm_of(run)`; how it does what they ask for is its own affair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from numpy.typing import ArrayLike

from itt.algorithms import module
from itt.progress import Report
from itt.ranks import Team
from itt.record import SavedPolicy, policy_file
from itt.record.evaluation import Returns
from itt.run import Run


@dataclass(frozen=True)
class Effort:
    """What a training takes, on whatever machine, if nothing ends it early.

    Attributes:
        steps: How many, one after the other; each has a row in metrics.csv.
        items: How many pieces of work a step has, which ranks may do at the same time.
        item_steps: Env steps of such a piece, at most.
        memory_mb: Of one rank.
        evaluation_steps: Env steps of all the run's own evaluations, at most, where they come on top of the others.
            Their time does not count: nothing is learned in them, which is what a step's time goes to.
    """

    steps: int
    items: int
    item_steps: int
    memory_mb: int
    evaluation_steps: int = 0


@dataclass(frozen=True)
class Speed:
    """Env steps a core-second, and the seconds of a reset, which the steps do not contain.

    `source` says how well it fits: measured here, or benchmark; `benchmark, other candidates` is the speed of the same
    env and method with the paper's candidates.
    """

    steps_per_s: float
    reset_seconds: float
    source: Literal["measured here", "benchmark", "benchmark, other candidates"]


@dataclass(frozen=True)
class Inference:
    """A saved policy as it chooses in an evaluation.

    Attributes:
        run: Its run with the settings of inference, resolved.
        changed: What an option brought along, in words for the user; empty if nothing.
        settings: How it chooses, as it is written beside an evaluation that is not as trained.
    """

    run: Run
    changed: str
    settings: Mapping[str, Any]


class Policy(Protocol):
    """A trained policy that can act, wherever states come from.

    An episode begins with `begin`; then `act` is asked once a transition, in order.
    """

    run: Any
    """The run that it is of, an `itt.run.Run`, resolved."""

    def begin(self, episode: int) -> None:
        """Begins an episode. Its number stands for all that the policy draws in it."""

    def env_seed(self, episode: int) -> int:
        """The seed of the env with which `itt eval` plays that episode."""

    def act(self, observation: ArrayLike) -> Any:
        """The action for an observation, as an env of `itt.envs.make` gives and takes them."""


class Algorithm(Protocol):
    """One training algorithm. Its runs come resolved (`itt.resolve`)."""

    def check_installed(self, run: Any) -> None:
        """That what the run needs is installed.

        Raises:
            UserError: A package is missing; the line says how to install it.
        """

    def identified(self, run: Any) -> Any:
        """The run with what it is by the files that it starts from filled in, so that its hash depends on what is in
        them and not on their names.

        Raises:
            UserError: Such a file cannot be read, or does not fit.
        """

    def train(
        self,
        path: Path,
        run: Any,
        team: Team,
        say: Callable[[str], None],
        report: Report,
        extend: bool = False,
        wait: bool = False,
    ) -> None:
        """Trains a run, or goes on with it, and records it in the folder `path`.

        Args:
            path: The run's folder.
            run: What is trained.
            team: Who plays.
            say: Takes a line for the user.
            report: Takes the steps done and the newest row of metrics.csv, after every step.
            extend: Whether a shorter run may be lengthened.
            wait: Whether to wait while another process writes to the folder.

        Raises:
            Stopped: A signal came; a checkpoint is saved.
            UserError: The folder cannot be used for this run; or the training came to where it cannot go on, of which
                a checkpoint is saved, as it is before any other error leaves.
        """

    def told(self, row: Mapping[str, float]) -> str:
        """What a line on progress tells of the newest row beside its return; may be empty."""

    def inference(
        self, saved: SavedPolicy, source: str, search: str | None, frozen: bool, overrides: Sequence[str]
    ) -> Inference:
        """A saved policy with the options of `itt eval`; `source` is where it was saved, for messages.

        Raises:
            UserError: The policy does not fit its env, or has no such options.
        """

    def evaluate(self, saved: SavedPolicy, inference: Inference, episodes: int, team: Team) -> Returns:
        """Plays fresh episodes, with env seeds that training never uses.

        Raises:
            Stopped: A signal came.
        """

    def policy(self, saved: SavedPolicy, source: str) -> Policy:
        """A saved policy, ready to act; `source` is where it was saved, for messages.

        Raises:
            UserError: It does not fit its env, or a package is missing.
        """

    def effort(self, run: Any) -> Effort:
        """What the run takes."""

    def speed(self, run: Any, row: Mapping[str, Any]) -> Speed:
        """How fast it goes by its row of the committed benchmark."""

    def measured(self, run: Any, seconds: float) -> Speed:
        """How fast it goes on this machine, by playing for so many core-seconds at least."""


def load(path: Path | str) -> Policy:
    """A trained policy, by the folder of its run or by its file (policy.npz, best.npz).

    Raises:
        UserError: There is none, or it cannot act here.
    """
    file = Path(path) / "policy.npz" if Path(path).is_dir() else Path(path)
    saved = policy_file.read(file)
    return algorithm_of(saved.run).policy(saved, str(file))


def algorithm_of(run: Run) -> Algorithm:
    """The algorithm that trains the run."""
    algorithm: Algorithm = module(run.method, "algorithm").ALGORITHM
    return algorithm
