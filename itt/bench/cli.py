"""`itt bench ...`: parse, measure, print. Whatever measures is imported by the command that needs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from itt import destination
from itt.errors import UserError

app = typer.Typer(
    name="bench",
    help="Measure speed on this machine. docs/benchmarks.md says what the figures mean.",
    rich_markup_mode=None,
)


@app.callback()
def bench() -> None:
    """Measure speed on this machine. docs/benchmarks.md says what the figures mean."""
    from itt.ranks.threads import one_thread

    one_thread()


Row = dict[str, Any]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[
    Path | None,
    typer.Option(parser=destination.file, metavar="FILE", help="A file for the figures and the machine, as JSON."),
]
Seconds = Annotated[float, typer.Option(min=0.0, help="Seconds to measure for, at least; each row.")]
Together = Annotated[float, typer.Option(min=0.0, help="Seconds to measure for, at least; all rows of a size.")]


@app.command()
def rollouts(
    env: Annotated[list[str] | None, typer.Option(help="An env. Repeats.")] = None,
    method: Annotated[list[str] | None, typer.Option(help="itt, iot or explicit. Repeats.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All envs and methods, or those given.")] = False,
    variant: Annotated[str, typer.Option(help="A built-in variant.")] = "vanilla",
    candidates: Annotated[int | None, typer.Option(min=1, help="N; default: the paper's.")] = None,
    resample: Annotated[str | None, typer.Option(help="transition, iteration or once; default: the paper's.")] = None,
    study: Annotated[
        Path | None,
        typer.Option(help="Instead: every env, method and variant of a study file, only on the engine that it uses."),
    ] = None,
    small: Annotated[bool, typer.Option("--rehearsal", help="The study as `itt train --rehearsal` plays it.")] = False,
    seconds: Seconds = 10.0,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Time rollouts beside a replay of their controls and beside the reference engine.

    A row an env and method: env steps a CPU second of the compiled engine, of the simulator alone (the floor) and of
    the reference engine, medians over interleaved repeats, resets apart; and of EnvPool with a NumPy policy, if it is
    installed (pip install 'itt[bench]'). With --study a row an env, method and variant, without the last two.
    """
    from itt.algorithms.es.settings import METHODS, ESRun
    from itt.bench.rollouts import measure
    from itt.envs import CATALOG
    from itt.study import single

    if study is not None:
        if env or method or everything or variant != "vanilla" or candidates or resample:
            raise UserError("itt bench rollouts: --study says what is measured; leave out the options that say it, too")
        return _give("rollouts", _of_study(study, small, seconds), out, as_json, _rollout)
    if small:
        raise UserError("itt bench rollouts: --rehearsal is about a study; name it with --study")
    if not everything and not (env and method):
        raise UserError("itt bench rollouts: name --env and --method, or ask for --all")
    overrides = [] if candidates is None else [f"candidates.count={candidates}"]
    overrides += [] if resample is None else [f"candidates.resample={resample}"]
    cells = [(name, by) for name in env or CATALOG for by in method or METHODS]
    runs = [ESRun.of(single(name, by, variant, overrides=overrides), "itt bench rollouts") for name, by in cells]
    rows = (measure(run, seconds) for run in runs)
    return _give("rollouts", rows, out, as_json, _rollout)


def _of_study(file: Path, small: bool, seconds: float) -> Iterator[Row]:
    """A row a cell of the study; cells that are not played by the compiled engine are told and left out."""
    from itt.algorithms.es.settings import ESRun
    from itt.bench.rollouts import is_measurable, measure_briefly
    from itt.rehearsal import rehearsal
    from itt.study import load

    whole = rehearsal(load(file)) if small else load(file)
    cells = {(run.env_label, run.method, run.variant): run for run in whole.runs}
    for cell, run in cells.items():
        if isinstance(run, ESRun) and is_measurable(run):
            yield measure_briefly(run, seconds)
        else:
            print(f"itt: {'/'.join(cell)}: not played by the compiled engine, so not measured", file=sys.stderr)


def _rollout(row: Row) -> str:
    name = " ".join([row["env"], row["method"], *([row["variant"]] if row["variant"] != "vanilla" else [])])
    reference = (
        f", the reference engine {row['reference_steps_per_s']:,.0f} (speed-up {row['speedup']:.1f})"
        if row["speedup"] is not None
        else ""
    )
    return (
        f"{name}: {row['steps_per_s']:,.0f} steps/s; the simulator alone {row['floor_steps_per_s']:,.0f} (efficiency "
        f"{row['efficiency']:.2f}){reference}{_peer(row)}; a reset {row['reset_seconds']:.1e} s"
    )


def _peer(row: Row) -> str:
    return f", EnvPool {row['envpool_steps_per_s']:,.0f}" if row["envpool_steps_per_s"] else ""


@app.command()
def ranks(seconds: Seconds = 10.0, out: Out = None, as_json: Json = False) -> int:
    """Time 1 and 2 MPI workers beside 1 and 2 independent processes, playing HalfCheetah (itt).

    Steps a second of wall clock, so that it needs a machine with two free cores. Starts its own mpiexec: not to be
    started under one.
    """
    from itt.bench.ranks import measure

    return _give("ranks", (measure(seconds) for _ in range(1)), out, as_json, _rank)


def _rank(row: Row) -> str:
    return (
        f"{row['env']} {row['method']}: {row['one_worker_steps_per_s']:,.0f} and {row['two_workers_steps_per_s']:,.0f} "
        f"steps/s with 1 and 2 workers, {row['one_process_steps_per_s']:,.0f} and "
        f"{row['two_processes_steps_per_s']:,.0f} with 1 and 2 processes (relative efficiency "
        f"{row['relative_efficiency']:.3f}); the coordinator takes {100 * row['coordinator_cpu']:.1f} % of a core"
    )


@app.command()
def learning(
    method: Annotated[str, typer.Option(help="sac, which is all that there is.")],
    env: Annotated[str, typer.Option(help="An env of Gymnasium with continuous actions.")] = "HalfCheetah-v4",
    seconds: Annotated[float, typer.Option(min=0.0, help="CPU seconds of each in a round; there are nine.")] = 1.0,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Time training by gradients beside the bare products of its networks, and beside its peers, on one thread.

    CPU time, medians over interleaved rounds: updates a second with an env step each, as a multiple of the products
    alone; and of Stable-Baselines3 and SBX (jax) the same, as far as they are installed (pip install 'itt[bench]').
    """
    from itt.bench.learning import measure

    if method != "sac":
        raise UserError(f"itt bench learning: --method: {method} does not learn by gradients; allowed is sac")
    return _give("learning", [measure(env, seconds)], out, as_json, _learning)


def _learning(row: Row) -> str:
    peers = [
        f"; {name} {peer['multiple']:.2f}, so {peer['speedup']:.2f} times as fast as it"
        for name, peer in row["peers"].items()
        if peer
    ]
    return (
        f"{row['env']} {row['method']}: {row['updates_per_s']:.1f} updates/s with an env step each, "
        f"{row['multiple']:.2f} times the bare products{''.join(peers)}; efficiency {row['efficiency']:.2f}"
    )


@app.command()
def scale(
    ranks: Annotated[int, typer.Option(min=2, help="MPI ranks, the coordinator included.")] = 64,
    episode: Annotated[float, typer.Option(min=0.0, metavar="SECONDS", help="How long an episode sleeps.")] = 0.5,
    rounds: Annotated[int, typer.Option(min=1, help="Episodes of each worker an iteration.")] = 3,
    iterations: Annotated[int, typer.Option(min=1, help="Iterations to measure, after some that warm up.")] = 10,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Time a training on many ranks whose episodes sleep, so that they fit on few cores.

    Efficiency beside the ideal, ceil(episodes / workers) x SECONDS an iteration; a rank's memory; messages and bytes an
    iteration. Starts its own mpiexec: not to be started under one.
    """
    from itt.bench.scale import measure

    return _give("scale", (measure(ranks, episode, rounds, iterations) for _ in range(1)), out, as_json, _scale)


def _scale(row: Row) -> str:
    return (
        f"{row['ranks']} ranks, episodes of {row['episode_seconds']:g} s, {row['directions']} directions: "
        f"{row['seconds']:.3f} s an iteration, ideally {row['ideal_seconds']:.3f} (efficiency "
        f"{row['efficiency']:.3f}); {row['messages_an_iteration']:.0f} messages and "
        f"{row['bytes_an_iteration']:,.0f} bytes an iteration; a rank has {row['rss_mb']:.0f} MB resident, "
        f"{row['pss_mb']:.0f} by its share"
    )


@app.command()
def search(
    candidates: Annotated[int, typer.Option(min=1, help="N.")] = 1000,
    dim: Annotated[int, typer.Option(min=1, help="d, of a latent.")] = 6,
    everything: Annotated[bool, typer.Option("--all", help="N from 2^8 to 2^20 and d in {2, 6, 20}.")] = False,
    seconds: Together = 5.0,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Time one choice among N standing candidates: exact search, SRP and RFT, beside NumPy and, if installed, FAISS.

    A row a search: microseconds a choice, milliseconds to build, the share of the candidates that is scored, how often
    it finds the best, where its choice lies between the worst and the best, and how much it closes of the gap between
    a random subset as large as what it scores, and the best. For d in {2, 6, 20} on latents of trained policies.
    """
    from itt.bench.search import measure, measure_all

    rows = measure_all(seconds) if everything else measure(candidates, dim, seconds)
    return _give("search", rows, out, as_json, _search)


def _search(row: Row) -> str:
    drawn = "" if row["total_variation"] is None else f", total variation {row['total_variation']:.3f}"
    return (
        f"{row['name']}: {row['us_per_choice']:.2f} us a choice of {row['candidates']} in {row['dim']} dimensions "
        f"({row['source']}), built in {row['build_ms']:.2f} ms; scans {100 * row['scanned']:.3g} %, recall@1 "
        f"{row['recall_at_1']:.3f}, closes {100 * row['gap_closed']:.1f} % of the gap{drawn}"
    )


@app.command()
def directions(
    count: Annotated[int, typer.Option("--directions", min=1, help="M.")] = 282,
    size: Annotated[int, typer.Option(min=1, help="D, the number of parameters.")] = 282,
    seconds: Together = 5.0,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Time an iteration's random directions, sampling by sampling.

    A row a sampling, and LAPACK's QR of a Gaussian matrix (`qr`): milliseconds of CPU time, the speed-up over QR, and
    how far from orthogonal the rows are.
    """
    from itt.bench.directions import measure

    return _give("directions", measure(count, size, seconds), out, as_json, _direction)


def _direction(row: Row) -> str:
    return (
        f"{row['name']}: {row['ms']:.1f} ms for {row['directions']} directions in {row['size']} dimensions, "
        f"{row['speedup']:.1f} times as fast as QR; root mean square cosine of two {row['cosine']:.1e}"
    )


@app.command()
def features(out: Out = None, as_json: Json = False) -> int:
    """Measure how near a random feature tree's law is to Eq. 3, by kernel, N, d, length of latents, features, split."""
    from itt.bench.features import measure

    return _give("features", measure(), out, as_json, _feature)


def _feature(row: Row) -> str:
    return (
        f"kernel {row['kernel']}, {row['candidates']} candidates in {row['dim']} dimensions, latents of length "
        f"{row['length']}, "
        f"{row['features']} features: total variation {row['total_variation_random']:.4f} split at random, "
        f"{row['total_variation_principal']:.4f} across principal directions"
    )


@app.command()
def projections(
    policies: Annotated[int, typer.Option(min=1, help="Random HalfCheetah policies, each with 20 states.")] = 40,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Measure what each setting of SRP is worth at N = 16384: what is scored, what is found, gap closed."""
    from itt.bench.projections import measure

    return _give("projections", measure(policies), out, as_json, _projection)


def _projection(row: Row) -> str:
    return (
        f"{row['settings']}: scores {row['scanned']}, recall@1 {row['recall_at_1']} (a random subset: "
        f"{row['random_recall']}), closes {100 * row['gap_closed']:.0f} % of the gap"
    )


@app.command()
def latents(
    run: Annotated[Path, typer.Argument(help="A finished run's folder; method itt.")],
    out: Annotated[Path, typer.Option(parser=destination.file, metavar="FILE", help="The file, .npz.")],
) -> int:
    """Write a trained policy with latents of states that it comes to, for `itt bench search`.

    Reads RUN/policy.npz and plays one fresh episode. The files of this package lie in itt/bench/trained/.
    """
    from itt.bench.trained import record

    print(record(run, out))
    return 0


@app.command("table")
def markdown(
    results: Annotated[Path, typer.Argument(help="What `itt bench rollouts|search|projections --out` wrote.")],
) -> int:
    """Print a result as the Markdown table that docs/ has."""
    from itt.bench.markdown import table

    print(table(results))
    return 0


@app.command("plot")
def draw(
    results: Annotated[Path, typer.Argument(help="What `itt bench rollouts --out` or `itt bench search --out` wrote.")],
    out: Annotated[Path, typer.Option(parser=destination.file, metavar="FILE", help="The image: .svg, .png or .pdf.")],
) -> int:
    """Draw a result: steps a second by env with a panel a method, or searches' cost and what they find, a panel a d."""
    from itt.bench.plot import plot

    print(plot(results, out))
    return 0


@app.command()
def hours(
    results: Annotated[Path, typer.Argument(help="What `itt bench rollouts --out` wrote.")],
    run: Annotated[
        list[Path] | None, typer.Option(help="A run folder, for how long episodes of its env and method are. Repeats.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Project the core-hours of the paper's Table 2 from measured rollouts, beside the paper's hours x 24 cores."""
    from itt.bench.hours import project

    return _give("hours", project(results, run or ()), None, as_json, _hours)


def _hours(row: Row) -> str:
    episode = f"{row['episode_steps']:.0f} steps an episode"
    told = f"{episode} in {row['iterations_seen']} iterations" if row["iterations_seen"] else f"at most {episode}"
    return (
        f"{row['env']} {row['method']}: {row['core_hours']:.1f} core-hours, {row['env_steps']:.1e} env steps ({told}); "
        f"the paper's {row['paper_core_hours']:.1f}"
    )


def _give(
    benchmark: str,
    rows: Iterable[dict[str, Any]],
    out: Path | None,
    as_json: bool,
    line: Callable[[dict[str, Any]], str],
) -> int:
    """Tells each row as it comes, on the terminal's error channel where the output is to be JSON; then the whole.

    The file holds all rows so far, so that nothing is lost when a long measurement is stopped.
    """
    from itt.bench import results

    where, kept = results.machine(), []
    for row in rows:
        print(line(row), file=sys.stderr if as_json else sys.stdout, flush=True)
        kept.append(row)
        if out is not None:
            results.write(out, benchmark, where, kept)
    if out is not None and not kept:
        results.write(out, benchmark, where, kept)
    if as_json:
        print(json.dumps(kept[0] if len(kept) == 1 else kept, indent=1))
    return 0
