"""Figures as part of the page. Each is an image of its own, as ids in one SVG are those in another."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

from itt.analysis import outputs
from itt.errors import UserError

LARGEST = 500_000
"""Bytes of an SVG; of a larger one the page has the PNG, which does not grow with the number of points."""

_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
_SIZE = re.compile(rb'<svg[^>]* width="([\d.]+)pt" height="([\d.]+)pt"')


@dataclass(frozen=True)
class Picture:
    """A figure.

    Attributes:
        name: That of its files, without the end.
        title, caption: What a reader must know of it.
        source: The image itself, a data: URI.
        width, height: In CSS pixels, as drawn.
        files: What there is of it on disk, by names in the folder of the study's results.
    """

    name: str
    title: str
    caption: str
    source: str
    width: int
    height: int
    files: list[str]


def drawn(results: Path) -> list[Picture]:
    """The figures that `itt figures` drew, in the order of its captions.

    Raises:
        UserError: The captions are damaged.
    """
    file = results / "figures" / outputs.CAPTIONS
    if not file.is_file():
        return []
    try:
        captions = json.loads(file.read_text(encoding="utf-8"))
        about = [(str(name), str(one["title"]), str(one["caption"])) for name, one in captions.items()]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{file}: not what `itt figures` writes") from None
    found = (picture(results, f"figures/{name}.svg", title, caption) for name, title, caption in about)
    return [one for one in found if one]


def picture(results: Path, file: str, title: str, caption: str) -> Picture | None:
    """The figure `results / file`, an SVG with its PNG beside it if it has one; None where it was not drawn.

    Raises:
        UserError: It is no SVG that Matplotlib wrote.
    """
    svg = results / file
    if not svg.is_file():
        return None
    content = svg.read_bytes()
    if (size := _SIZE.search(content)) is None:
        raise UserError(f"{svg}: not a figure that itt drew")
    width, height = (round(float(points) * 4 / 3) for points in size.groups())
    others = sorted(other for other in svg.parent.glob(f"{svg.stem}.*") if other.is_file())
    png = svg.with_suffix(".png")
    shown = png if len(content) > LARGEST and png in others else svg
    return Picture(
        name=svg.stem,
        title=title,
        caption=caption,
        source=f"data:{_TYPES[shown.suffix]};base64,{base64.b64encode(shown.read_bytes()).decode()}",
        width=width,
        height=height,
        files=[other.relative_to(results).as_posix() for other in others],
    )
