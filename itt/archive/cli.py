"""`itt archive ...`: parse, call one function, print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from itt import destination


class _OrWrite(TyperGroup):
    """Takes `itt archive results/NAME --out FILE` for `itt archive write results/NAME --out FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Adds `write` where no command is named."""
        known = bool(args) and args[0] in (*self.commands, "--help")
        return super().parse_args(ctx, args if known or not args else ["write", *args])


app = typer.Typer(
    name="archive",
    cls=_OrWrite,
    help="Put a study's results into one file that can be checked. docs/archive.md says what that proves.\n\n"
    "`itt archive results/NAME --out FILE` writes it.",
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(help="What `itt archive results/NAME --out FILE` wrote.")]


@app.command()
def write(
    results: Annotated[Path, typer.Argument(help="A study's results, results/NAME.")],
    out: Annotated[
        Path,
        typer.Option(
            parser=destination.file, metavar="FILE", help="The file; a zip, whose usual name is NAME.crate.zip."
        ),
    ],
) -> int:
    """Write the archive of a study's results; the word `write` may be left out.

    Reads the records in RESULTS/runs and what was made of them (collected, tables, figures, theory, report.html). The
    same results give the same bytes. Tables that are not what the records give are refused.
    """
    from itt.archive.making import make

    print(f"{out}: {make(results, out)} files")
    return 0


@app.command()
def verify(
    file: File,
    replay: Annotated[int, typer.Option(min=0, help="Train so many of its runs again, spread over envs.")] = 0,
    iterations: Annotated[int, typer.Option(min=1, help="The first iterations that --replay trains.")] = 2,
) -> int:
    """Check an archive: every byte of it, then its tables by its records, then some records by training again.

    Exit code 0 if it is sound; else 2, and a line names what is not. Writes nothing but in a temporary folder. Under
    mpiexec the ranks share the work of --replay.
    """
    from itt import ranks
    from itt.archive.verify import verify as check

    def main(team: ranks.Team) -> int:
        check(file, replay, iterations, team, lambda line: print(line, flush=True))
        print(f"{file}: sound")
        return 0

    return ranks.lead(main)


@app.command("open")
def unpack(
    file: File,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=destination.folder,
            metavar="FOLDER",
            help="The folder; default: here, with FILE's name without .crate.zip.",
        ),
    ] = None,
) -> int:
    """Unpack a sound archive into a new folder, for `itt tables`, `itt figures` and `itt eval`.

    The folder is laid out as results/NAME. An archive that is not sound is not unpacked: exit code 2.
    """
    from itt.archive.opening import unpack as into

    folder = out if out is not None else Path(file.name.removesuffix(".zip").removesuffix(".crate"))
    into(file, folder)
    print(folder)
    return 0
