"""The `itt` command: parse, call one function, print."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from itt import destination, listeners
from itt.analysis.outputs import Axis, Shade
from itt.archive.cli import app as archive
from itt.bench.cli import app as bench
from itt.errors import Stopped, UserError

_CODES = (
    "Exit codes: 0 done, 2 a mistake of yours (one line says which), 75 stopped early by a signal or for want of disk "
    "space (run the same command again: a training goes on from its checkpoint, an evaluation starts anew), 130 ended "
    "at once by Ctrl-C (a second one, or before there was a run), 1 a fault."
)

app = typer.Typer(
    name="itt",
    help=f"Implicit Two-Tower policies trained by evolution strategies.\n\n{_CODES}",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(archive, name="archive")
app.add_typer(bench, name="bench")

Env = Annotated[str, typer.Option(help="The paper's name of an env (`itt envs` lists them) or any Gymnasium id.")]
Method = Annotated[str, typer.Option(help="itt, iot or explicit.")]
Variant = Annotated[
    str,
    typer.Option(
        help="vanilla (the paper's settings), lazy (the action tower moves every 5th iteration), bootstrap (candidates "
        "are drawn from one pool a run), srp (hashing by signed random projections finds the best of one pool), "
        "srp-lazy (srp and lazy), rft (a random feature tree draws from one pool), or a variant of the study's own."
    ),
]
Seed = Annotated[int, typer.Option(help="The seed: with the settings, all that a result depends on.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="A setting above all others, like algorithm.iterations=50. Repeats."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Collected = Annotated[Path, typer.Argument(help="What `itt collect --out` wrote: runs.csv and curves.csv.")]
Out = Annotated[
    Path,
    typer.Option(parser=destination.folder, metavar="FOLDER", help="The folder to write to; made if it is not there."),
]


@app.command(epilog=_CODES)
def train(
    env: Env,
    method: Method,
    variant: Variant = "vanilla",
    seed: Seed = 0,
    set_: Set = None,
    study: Annotated[
        Path | None, typer.Option(help="A study file that has this run; else the paper's settings.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=destination.named,
            metavar="FOLDER",
            help="The run's folder, new, empty or this run's; default results/STUDY/runs/ENV/METHOD/VARIANT/seedK.",
        ),
    ] = None,
    small: Annotated[
        bool,
        typer.Option("--rehearsal", help="The run as it is in the rehearsal of --study: tiny, a folder of its own."),
    ] = False,
    extend: Annotated[
        bool, typer.Option("--extend", help="Go on with a run that ended with fewer iterations or at a lower target.")
    ] = False,
) -> int:
    """Train one policy, or go on with a training that was stopped.

    Reads the study file, if one is given, and the run's folder, if it is there. Writes to that folder run.yaml,
    metrics.csv (row k describes theta_k before update k), policy.npz (the final policy), best.npz, provenance.json and
    checkpoints. Under `mpiexec -n R` rank 0 coordinates and the other R - 1 ranks play; the result is the same, bit for
    bit, for any R.
    """
    from itt import ranks
    from itt.algorithms import es
    from itt.progress import progress
    from itt.rehearsal import rehearsal
    from itt.resolve import resolve
    from itt.rollouts.needs import check_installed
    from itt.study import load, single

    def main(team: ranks.Team) -> int:
        overrides = set_ or []
        if study is not None:
            whole = load(study, overrides)
            run = (rehearsal(whole) if small else whole).find(env, method, variant, seed)
        elif small:
            raise UserError("--rehearsal: of a study; --study names it")
        else:
            run = single(env, method, variant, seed, overrides)
        run = resolve(run)
        check_installed(run)
        path = out if out is not None else Path("results", run.study, run.folder)
        title = f"{run.env}/{run.method}/{run.variant}/seed{run.seed}"
        with progress(title, run.algorithm.iterations) as report:
            es.train(path, run, team, _say, report, extend)
        return 0

    return ranks.lead(main)


@app.command("eval", epilog=_CODES)
def evaluate(
    run: Annotated[Path, typer.Argument(help="A run's folder.")],
    episodes: Annotated[int, typer.Option(min=1, help="Number of episodes.")] = 100,
    best: Annotated[bool, typer.Option("--best", help="Evaluate best.npz; only prints, writes nothing.")] = False,
    search: Annotated[
        str | None,
        typer.Option(
            help="Another search than in training (the paper's Remark 2.1): exact, dfo, srp or rft. However the run "
            "was trained, srp takes the best (policy.selection: argmax) and rft draws (sample), both from candidates "
            "that stand: one pool an episode where the run has none. A line says what that changes."
        ),
    ] = None,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="One pool of candidates, and what a search builds of it, for all episodes.")
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting of candidates or search, for inference. Repeats."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an evaluation that is there and has other returns.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Evaluate a run's final policy afresh, with env seeds that training never uses.

    Reads RUN/policy.npz; writes RUN/evaluation.csv (episode, return, seed, and diverged where an episode did); prints
    mean and standard deviation. With another search it writes RUN/evaluation-SEARCH.csv, with --frozen
    evaluation[-SEARCH]-frozen.csv; --set adds the hash of its settings. Beside such a file, one that ends in .yaml says
    how candidates were chosen from. An evaluation that is there already stays, unless it is the same or with
    --overwrite. Runs under mpiexec as `itt train` does.
    """
    from itt import ranks
    from itt.inference import changed, for_inference, settings
    from itt.record import evaluation, policy_file
    from itt.resolve import resolve
    from itt.rollouts import ready
    from itt.rollouts.evaluation import evaluate as play
    from itt.rollouts.needs import check_installed

    def main(team: ranks.Team) -> int:
        saved = policy_file.read(run / ("best.npz" if best else "policy.npz"))
        chooses = resolve(for_inference(saved.run, search, frozen, set_ or []))
        check_installed(chooses)
        if difference := changed(saved.run, chooses):
            _say(f"in inference {difference}")
        path = run / evaluation.name(search, frozen, chooses.hash if set_ else None)
        if not best:
            destination.check(run)
            if not overwrite:
                evaluation.check_length(path, episodes)
        ready(chooses)
        played = play(chooses, saved.theta, episodes, team.map, saved.normaliser)
        returns = [(episode.value, seed, episode.diverged) for episode, seed in played]
        if not best:
            evaluation.write(path, returns, settings(chooses), overwrite)
        summary = evaluation.summary(returns)
        print(json.dumps(summary) if as_json else f"{run}: {_told(summary)}")
        return 0

    return ranks.lead(main)


@app.command()
def envs(as_json: Json = False) -> int:
    """List the paper's environments with the size of each policy beside the paper's Table 4.

    Reads nothing, writes nothing. A count that differs from the paper's is marked; the note says why.
    """
    from itt.overview import overview

    rows = overview()
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        _print_envs(rows)
    return 0


@app.command()
def collect(
    out: Out,
    folders: Annotated[list[Path] | None, typer.Argument(help="Run folders, or folders above them.")] = None,
    inventory: Annotated[
        Path | None,
        typer.Option("--from", help="Instead of folders: a study's inventory.csv, as the workflow writes it."),
    ] = None,
) -> int:
    """Gather run folders into two tables.

    Reads run.yaml, metrics.csv, evaluation.csv and provenance.json of each run; writes OUT/runs.csv (a row a run) and
    OUT/curves.csv (a row an iteration). Seeds of one env, method and variant must have been trained in the same way.
    """
    from itt.analysis.collect import collect as gather
    from itt.analysis.collect import collect_listed

    if (inventory is None) == (not folders):
        raise UserError("collect: give run folders, or --from and a list of them")
    return _print_paths(gather(folders or [], out) if inventory is None else collect_listed(inventory, out))


@app.command()
def tables(
    collected: Collected,
    out: Out,
    speed: Annotated[
        Path | None,
        typer.Option(help="What `itt bench rollouts --study` wrote: divides episodes into physics and policy."),
    ] = None,
) -> int:
    """Make the paper's Tables 1 to 6, its numbers beside ours, with a verdict on each of them and on its claims.

    Reads COLLECTED/runs.csv and curves.csv; writes to OUT scores, training-time, sigma, dimensions, layers, claims,
    against (the paper against ours) and aggregates (statistics over all envs), each as .csv, .md, .tex and .html.
    docs/verdicts.md says what the verdicts mean.
    """
    from itt.analysis.tables import tables as make

    return _print_paths(make(collected, out, speed))


@app.command()
def figures(
    collected: Collected,
    out: Out,
    x: Annotated[
        Axis | None,
        typer.Option(
            "--x",
            help="What all curves are drawn over. Without it the methods' curves are drawn over each of these, in "
            "files of their own, and a variant and vanilla over iterations where both pay as many env steps for "
            "one, else over env steps.",
        ),
    ] = None,
    band: Annotated[
        Shade,
        typer.Option(
            help="The shade around a mean: from the lowest to the highest seed, or its 95 % bootstrap interval."
        ),
    ] = "range",
) -> int:
    """Draw the paper's Fig. 3, each variant beside vanilla as in its Fig. 4 and 5, and statistics over all envs.

    Reads COLLECTED/runs.csv and curves.csv; writes OUT/learning-curves, learning-curves-env-steps,
    learning-curves-core-hours, vanilla-vs-VARIANT, performance-profiles, aggregates and probability-of-improvement,
    each as .svg, .png and .pdf, and captions.json, which says what they show.
    """
    from itt.analysis.figures import figures as draw

    return _print_paths(draw(collected, out, x, band))


@app.command()
def effort(
    collected: Collected,
    out: Out,
    score: Annotated[float, typer.Option(help="The return to reach.")],
    rows: Annotated[int, typer.Option(min=1, help="Evaluation returns in a row whose mean must reach it.")] = 10,
) -> int:
    """Tell the env steps and core-seconds until a score was reached, variant by variant.

    Reads COLLECTED/runs.csv and curves.csv; writes OUT/effort.csv, effort-seeds.csv, effort.md.
    """
    from itt.analysis.effort import write_effort

    return _print_paths(write_effort(collected, out, score, rows))


@app.command()
def reference(
    results: Annotated[Path, typer.Argument(help="A study's results, results/NAME, with its tables and figures.")],
    out: Out,
) -> int:
    """Select what of a study's results is small enough to be committed, as in results/reference.

    Reads the records in RESULTS/runs and what was made of them; writes OUT/finished.md, finished.csv, runs.csv,
    curves.csv, and copies of tables, figures, final policies, and the records of runs that took long. What else is in
    OUT stays.
    """
    from itt.analysis.reference import reference as select

    return _print_paths(select(results, out))


@app.command()
def theory(
    out: Out,
    estimates: Annotated[int, typer.Option(min=2, help="Gradient estimates that each error is the mean of.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of the functions and directions.")] = 0,
) -> int:
    """Hold the paper's Lemma 1, on the error of its gradient estimators, against measurements.

    Reads nothing. Writes OUT/theory.csv (a row a mean squared error: measured, its standard error, as printed, exact),
    verdicts.csv and theory.md, .tex and .html (which forms hold), and lemma-1, remark-6.1 and remark-6.2, each as .svg,
    .png and .pdf. Seconds; the same command gives the same files.
    """
    from itt.theory.report import theory as measure

    return _print_paths(measure(out, estimates, seed))


@app.command()
def kernels(
    out: Annotated[
        Path | None,
        typer.Option(
            parser=destination.file, metavar="FILE", help="A file that the folder's name is written to as well."
        ),
    ] = None,
) -> int:
    """Compile the engine for this machine, so that the many ranks of a training find it compiled.

    Reads nothing; writes compiled functions to a folder, which it prints: below $ITT_CACHE_DIR or ~/.cache/itt, one
    folder for each kind of CPU and version of Python, Numba and this code. A minute or so, once.
    """
    from itt.native.cache import cache_folder
    from itt.record.files import write_atomically
    from itt.rollouts.compiled.player import ready

    ready()
    print(cache_folder())
    if out is not None:
        write_atomically(out, f"{cache_folder()}\n".encode())
    return 0


@app.command()
def schema() -> int:
    """Print the JSON schema of a study file, for editors that check and complete YAML."""
    from itt.study import json_schema

    print(json.dumps(json_schema(), indent=1))
    return 0


_EXTRAS = {"pandas": "analysis", "seaborn": "analysis", "matplotlib": "analysis", "rocrate": "archive"}
"""What only `collect`, `tables`, `figures`, `effort`, `reference`, `theory` and `archive` need, and the extra that
installs it."""


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES)
"""What is wrong with a place, not with this program, when a file cannot be read or written."""


def main() -> None:
    """The entry point: runs a command and turns its end into an exit code."""
    with listeners.may_leave():
        sys.exit(_run())


def _run() -> int:
    try:
        code: int = app(args=sys.argv[1:] or ["--help"], standalone_mode=False) or 0
        sys.stdout.flush()
        return code
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "itt"
        return _complain(f"{error.format_message().rstrip('.')} (see `{command} --help`)")
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except UserError as error:
        return _complain(str(error))
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        return _complain(f"{error.name} is not installed: pip install 'itt[{_EXTRAS[error.name]}]'")
    except OSError as error:
        if error.errno not in _DISK or error.filename is None:
            raise
        return _complain(f"{error.filename}: {error.strerror}")
    except Stopped as stopped:
        _say(str(stopped))
        return 75


def _say(line: str) -> None:
    print(f"itt: {line}", file=sys.stderr, flush=True)


def _complain(line: str) -> int:
    from itt.ranks.launch import is_first

    if is_first():  # what is wrong on one rank is wrong on all
        _say(f"error: {' '.join(line.split())}")
    return 2


def _print_paths(paths: list[Path]) -> int:
    for path in paths:
        print(path)
    return 0


def _told(summary: dict[str, Any]) -> str:
    episodes, diverged = summary["episodes"], summary["diverged"]
    if summary["mean"] is None:
        return f"no return: {diverged} of {episodes} episodes diverged"
    line = f"return {summary['mean']:.2f} +- {summary['std']:.2f} over {episodes} episodes"
    return f"{line}, {diverged} of which diverged and count as the worst of the others" if diverged else line


def _print_envs(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Environments; D ours / the paper's Table 4", caption="* differs from the paper")
    for name in ("env", "s", "a", "actions", "steps", "engine"):
        table.add_column(name, justify="right" if name in ("s", "a", "steps") else "left", no_wrap=True)
    for name in ("itt", "iot", "explicit"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("note", overflow="fold")
    for row in rows:
        counts = [
            f"{ours} / {(paper := row['paper_parameters'][name])}{'' if ours == paper else ' *'}"
            for name, ours in row["parameters"].items()
        ]
        kind = "discrete" if row["discrete"] else "continuous"
        limit = str(row["episode_limit"])
        table.add_row(
            row["env"], str(row["observation"]), str(row["action"]), kind, limit, row["engine"], *counts, row["note"]
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)


if __name__ == "__main__":
    main()
