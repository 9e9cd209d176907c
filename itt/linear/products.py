"""Products of matrices; each sum is taken term by term, in order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.native.kernel import kernel
from itt.native.vectors import PANEL, ROWS, add_tile, add_tile_row

Values = NDArray[np.float64]
_DEPTH = 256
"""Terms that are added at a time: a panel of so many stays in the L1 cache."""


def product(left: Values, right: Values) -> Values:
    """left right, shapes (n, k) and (k, m) -> (n, m). See `readable_product`, which gives the same bits."""
    found = np.zeros((len(left), right.shape[1]))
    add_product(np.ascontiguousarray(left), np.ascontiguousarray(right), found, room())
    return found


def readable_product(left: Values, right: Values) -> Values:
    """What `product` computes."""
    found = np.zeros((len(left), right.shape[1]))
    readable_add_product(left, right, found)
    return found


def readable_add_product(left: Values, right: Values, target: Values) -> None:
    """target += left right, in place: what `add_product` computes."""
    for k in range(len(right)):
        target += left[:, k, None] * right[k]


def room() -> Values:
    """What `add_product` works in."""
    return np.empty((_DEPTH + ROWS) * PANEL)


@kernel
def add_product(left: Any, right: Any, target: Any, room: Any) -> None:
    """target += left right, in place, shapes (n, k), (k, m) and (n, m), all of them row by row in memory.

    Columns of `right` are laid out in panels of PANEL, whose sums then stay in registers; the last may be narrower.
    """
    rows, depth, columns = len(left), len(right), right.shape[1]
    panel, corner = room[: _DEPTH * PANEL], room[_DEPTH * PANEL :]
    for k in range(0, depth, _DEPTH):
        terms = min(_DEPTH, depth - k)
        for j in range(0, columns, PANEL):
            width = min(PANEL, columns - j)
            for term in range(terms):
                for lane in range(width):
                    panel[term * PANEL + lane] = right[k + term, j + lane]
                for lane in range(width, PANEL):
                    panel[term * PANEL + lane] = 0.0
            for i in range(0, rows, ROWS):
                height = min(ROWS, rows - i)
                if width == PANEL:
                    _add_tile(left, i, height, k, terms, panel, target, i * columns + j, columns)
                    continue
                for row in range(height):
                    for lane in range(width):
                        corner[row * PANEL + lane] = target[i + row, j + lane]
                _add_tile(left, i, height, k, terms, panel, corner, 0, PANEL)
                for row in range(height):
                    for lane in range(width):
                        target[i + row, j + lane] = corner[row * PANEL + lane]


@kernel
def _add_tile(
    left: Any, first: Any, height: Any, k: Any, terms: Any, panel: Any, target: Any, place: Any, stride: Any
) -> None:
    """ROWS rows at once, or what there is one by one."""
    depth = left.shape[1]
    if height == ROWS:
        add_tile(left, first * depth + k, depth, terms, panel, target, place, stride)
        return
    for row in range(height):
        add_tile_row(left, (first + row) * depth + k, depth, terms, panel, target, place + row * stride, stride)
