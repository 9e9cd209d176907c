"""The `itt` command: parse, call one function, print."""

from __future__ import annotations

import errno
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from itt import destination, listeners
from itt.algorithms import METHODS
from itt.analysis.outputs import Axis, Shade
from itt.archive.cli import app as archive
from itt.bench.cli import app as bench
from itt.errors import Stopped, UserError

if TYPE_CHECKING:
    from rich.console import RenderableType

_CODES = (
    "Exit codes: 0 done, 2 a mistake of yours (one line says which), 75 stopped early by a signal, for want of disk "
    "space or by a rank that is silent (run the same command again: a training goes on from its checkpoint, an "
    "evaluation starts anew), 130 ended at once by Ctrl-C (a second one, or before there was a run), 1 a fault."
)

app = typer.Typer(
    name="itt",
    help="Implicit Two-Tower policies, trained by evolution strategies, and other methods beside them.\n\n" + _CODES,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(archive, name="archive")
app.add_typer(bench, name="bench")

Env = Annotated[str, typer.Option(help="The paper's name of an env (`itt envs` lists them) or any Gymnasium id.")]
Method = Annotated[str, typer.Option(help=f"One of {', '.join(METHODS)}: what the policy is, and what trains it.")]
Variant = Annotated[
    str,
    typer.Option(
        help="vanilla (the method's own settings) or a variant of the study's; of itt and iot bootstrap (candidates "
        "are drawn from one pool a run); of itt alone lazy (the action tower moves every 5th iteration), srp (hashing "
        "by signed random projections finds the best of one pool), srp-lazy (srp and lazy), rft (a random feature tree "
        "draws from one pool)."
    ),
]
Seed = Annotated[int, typer.Option(help="The seed: with the settings, all that a result depends on.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="A setting above all others, like algorithm.iterations=50. Repeats."
    ),
]
Silence = Annotated[
    float,
    typer.Option(
        min=1.0,
        metavar="SECONDS",
        help="Under mpiexec: a rank that gives no sign of life for so long ends the job with exit code 75. After a "
        "tenth of it a line says which rank on which host.",
    ),
]
LongestEpisode = Annotated[
    float,
    typer.Option(min=1.0, metavar="SECONDS", help="An episode that takes longer ends the job with exit code 75."),
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
        bool,
        typer.Option("--extend", help="Go on with a run that ended where less was asked for: how long, how good."),
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Where another process trains this run, wait for it; else it is an error.")
    ] = False,
    silence: Silence = 600.0,
    longest_episode: LongestEpisode = 3600.0,
) -> int:
    """Train one policy, or go on with a training that was stopped.

    Reads the study file, if one is given, and the run's folder, if it is there. Writes to that folder run.yaml,
    metrics.csv (row k, from 0 on, describes the policy after k iterations, or after k times what its algorithm has for
    them), policy.npz (the final policy), best.npz, provenance.json and checkpoints. Under `mpiexec -n R` rank 0
    coordinates and the other R - 1 ranks play; the result is the same, bit for bit, for any R.
    """
    from itt import ranks
    from itt.progress import progress
    from itt.rehearsal import rehearsal
    from itt.resolve import resolve
    from itt.study import load, single
    from itt.training import algorithm_of

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
        algorithm = algorithm_of(run)
        algorithm.check_installed(run)
        path = out if out is not None else Path("results", run.study, run.folder)
        title = f"{run.env}/{run.method}/{run.variant}/seed{run.seed}"
        with progress(title, run.length, run.unit, algorithm.told) as report:
            algorithm.train(path, run, team, _say, report, extend, wait)
        return 0

    return ranks.lead(main, ranks.Patience(silence, longest_episode))


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
    silence: Silence = 600.0,
    longest_episode: LongestEpisode = 3600.0,
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
    from itt.record import evaluation, policy_file
    from itt.training import algorithm_of

    def main(team: ranks.Team) -> int:
        if run.is_file():
            raise UserError(f"{run}: is a file; name the run's folder, of which --best evaluates best.npz")
        saved = policy_file.read(run / ("best.npz" if best else "policy.npz"))
        algorithm = algorithm_of(saved.run)
        chooses = algorithm.inference(saved, str(run), search, frozen, set_ or [])
        algorithm.check_installed(chooses.run)
        if chooses.changed:
            _say(f"in inference {chooses.changed}")
        path = run / evaluation.name(search, frozen, chooses.run.hash if set_ else None)
        if not best:
            destination.check(run)
            if not overwrite:
                evaluation.check_length(path, episodes)
        returns = algorithm.evaluate(saved, chooses, episodes, team)
        if not best:
            evaluation.write(path, returns, chooses.settings, overwrite)
        summary = evaluation.summary(returns)
        print(json.dumps(summary) if as_json else f"{run}: {_told(summary)}")
        return 0

    return ranks.lead(main, ranks.Patience(silence, longest_episode))


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
def plan(
    study: Annotated[Path, typer.Argument(help="A study file.")],
    ranks: Annotated[int, typer.Option(min=1, help="MPI ranks of one training, its coordinator included.")] = 24,
    measure: Annotated[
        bool, typer.Option("--measure", help="Play each env, method and variant here, a core-second each.")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Its results: what was expected beside what it came to.")
    ] = None,
    site: Annotated[
        Path, typer.Option(metavar="FILE", help="What the site's jobs ask for, if there is such a file.")
    ] = Path("profiles/slurm/site.yaml"),
    as_json: Json = False,
) -> int:
    """Tell what a study will cost: env steps, core-hours, time, memory, and what its jobs ask a scheduler for.

    Reads the study, the site's file and the committed benchmark of rollouts; writes nothing. Episodes count at full
    length, so where they end early it costs less.
    """
    from itt import plan as planning
    from itt.plan import compare as comparing
    from itt.plan import table
    from itt.study import load

    whole, asked = load(study), planning.site(site, {})
    try:
        if measure:
            cells = list(planning.cells(whole, ranks, lambda run: planning.measured(run, seconds=1.0)))
        else:
            speeds = planning.published()
            cells = list(planning.cells(whole, ranks, lambda run: planning.speed(run, speeds)))
    except UserError as error:
        raise UserError(f"{study}: {error}") from None
    if compare is not None:
        compared = comparing.compare(whole, cells, compare)
        if not compared:
            raise UserError(f"{compare}: holds no run of {study} with a row of metrics")
        print(json.dumps(compared, indent=1)) if as_json else _show(lambda: comparing.table(compared), None)
        return 0
    rows = [table.row(cell, planning.request(cell, asked)) for cell in cells]
    if as_json:
        print(json.dumps({"rows": rows, "totals": table.totals(rows)}, indent=1))
    else:
        _show(lambda: table.table(rows, asked), None)
    return 0


@app.command()
def status(
    results: Annotated[Path, typer.Argument(help="A study's results, like results/demo, or any folder of runs.")],
    everything: Annotated[bool, typer.Option("--all", help="Also the runs that are done or have not begun.")] = False,
    every: Annotated[
        float | None, typer.Option(min=1, metavar="SECONDS", help="Look again and again, until Ctrl-C.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Show how far a study's runs are, by what they have left on disk.

    Reads inventory.csv, if the workflow wrote one, and of each run metrics.csv (or its checkpoint), provenance.json,
    .lock and the log of its job; writes nothing. A run is done, running, waiting (it has not begun, or was stopped and
    goes on when its job is started again) or failed.
    """
    from itt import status

    if as_json:
        print(json.dumps([vars(look) for look in status.study(results)], indent=1))
    else:
        _show(lambda: status.table(status.study(results), everything), every)
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
    OUT/curves.csv (a row for each of a metrics.csv). Seeds of one env, method and variant must have been trained in the
    same way.
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
def report(
    results: Annotated[Path, typer.Argument(help="A study's results, results/NAME.")],
    out: Annotated[Path, typer.Option(parser=destination.file, metavar="FILE", help="The page, an .html file.")],
) -> int:
    """Write all that came of a study as one HTML page, which loads nothing from elsewhere.

    Reads RESULTS/collected, figures, theory, speed, and the records in runs. Draws and measures nothing: what is not
    there is not on the page. The same results give the same bytes.
    """
    from itt.report.page import report as write

    return _print_paths([write(results, out)])


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
def settings(
    method: Method,
    env: Annotated[
        str | None, typer.Option(help="An env: defaults are what `itt train` takes in it, else those of the code.")
    ] = None,
    as_json: Json = False,
) -> int:
    """List what can be set of a method: each key, its default, what is allowed, what it means.

    Reads nothing, writes nothing. Keys stand in a study's sections, or behind --set; in `search(srp).tables` the
    brackets say with which `search.name` there is such a key.
    """
    from itt import settings_help
    from itt.resolve import resolve
    from itt.study import single

    if method not in METHODS:
        raise UserError(f"--method: must be one of {', '.join(METHODS)}, not {method!r}")
    defaults = {}
    if env is not None:
        run = single(env, method)
        resolve(run)  # refuses what `itt train` would
        defaults = run.model_dump(mode="json")
    rows = settings_help.settings(method, defaults)
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        _print_settings(rows)
    return 0


@app.command()
def schema() -> int:
    """Print the JSON schema of a study file, for editors that check and complete YAML."""
    from itt.study import json_schema

    print(json.dumps(json_schema(), indent=1))
    return 0


_EXTRAS = {
    "pandas": "analysis",
    "seaborn": "analysis",
    "matplotlib": "analysis",
    "jinja2": "analysis",
    "rocrate": "archive",
}
"""What only the commands from `collect` to `report`, and `archive`, need, and the extra that installs it."""


_DISK = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ESTALE,
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP,
)  # fmt: skip
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


def _show(look: Callable[[], RenderableType], every: float | None) -> None:
    """Prints what `look` gives, once, or in its place again and again."""
    from rich.console import Console
    from rich.live import Live

    console = Console(width=None if sys.stdout.isatty() else 160)
    if every is None:
        console.print(look())
        return
    with Live(look(), console=console, auto_refresh=False) as live:
        while True:
            time.sleep(every)
            live.update(look(), refresh=True)


def _print_settings(rows: list[dict[str, str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("setting", "default", "allowed"):
        table.add_column(name, overflow="fold")
    table.add_column("meaning", overflow="fold", ratio=1)
    for row in rows:
        table.add_row(*row.values())
    Console(width=None if sys.stdout.isatty() else 160).print(table, markup=False)


def _print_envs(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Environments; D ours / the paper's Table 4", caption="* differs from the paper")
    for name in ("env", "s", "a", "actions", "steps", "engine"):
        table.add_column(name, justify="right" if name in ("s", "a", "steps") else "left", no_wrap=True)
    for name in rows[0]["parameters"]:
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
