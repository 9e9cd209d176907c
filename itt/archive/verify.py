"""What an archive says, checked: its bytes, then its tables by its records, then its records by training again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from itt.analysis import runs as records
from itt.archive import container
from itt.archive.contents import code
from itt.archive.replay import replay
from itt.archive.tables import redraw
from itt.errors import UserError
from itt.ranks import Team
from itt.record import finished


def verify(file: Path, runs: int, iterations: int, team: Team, say: Callable[[str], None]) -> None:
    """Checks an archive from the cheap to the dear; stops at what is wrong.

    Args:
        file: The archive.
        runs: How many of its runs are trained again.
        iterations: For how many iterations each.
        team: Who plays in these trainings.
        say: Takes a line for each thing that was found right.

    Raises:
        UserError: The archive is not sound, or what a replay needs is not installed.
        Stopped: A signal came.
    """
    count = container.check(file)
    say(f"{count} files, all as SHA256SUMS and the zip have them; SHA-256 of the whole: {container.digest(file)}")
    with tempfile.TemporaryDirectory() as scratch:
        opened, trainings = Path(scratch, "opened"), Path(scratch, "trainings")
        container.unpack(file, opened)
        if stray := records.unlisted(opened):
            raise UserError(
                f"{file}: not sound: its inventory leaves out {len(stray)} of the runs inside ({', '.join(stray[:3])})"
            )
        try:
            redrawn = redraw(opened)
        except UserError as error:  # what to do about a damaged record of one's own is of no use here
            told = str(error).removesuffix(f"; {finished.REMEDY}").replace(f"{opened}/", "")
            raise UserError(f"{file}: not sound: {told}") from None
        if redrawn.differing:
            raise UserError(f"{file}: not sound: {'; '.join(redrawn.differing)}{_drawn_by(opened)}")
        if redrawn.same:
            say(f"drawn again from the records, byte for byte the same: {', '.join(redrawn.same)}")
        else:
            say("there are no tables inside to compare with the records")
        again = replay(opened, runs, iterations, team, trainings) if runs else []
        for replayed in again:
            otherwise = f" ({replayed.environment})" if replayed.environment else ""
            if replayed.difference:
                raise UserError(f"{file}: not sound: {replayed.name}, trained again: {replayed.difference}{otherwise}")
            say(f"{replayed.name}: {replayed.rows} rows trained again, bit for bit the same{otherwise}")
        if len(again) < runs:
            say(f"only {len(again)} of {runs} runs could be replayed: no more have recorded an iteration")


def _drawn_by(opened: Path) -> str:
    """A note for tables that are drawn otherwise here, if that may be because the code is another one."""
    then, now = json.loads((opened / "code.json").read_text(encoding="utf-8")), code()
    if all(then.get(key) == value for key, value in now.items()):
        return ""
    told = (f"itt {about.get('version')} of commit {about.get('git_commit')}" for about in (then, now))
    return f" (the archive was written by {' and this is '.join(told)})"
