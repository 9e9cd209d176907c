"""Pieces of a matrix product in LLVM's own vectors, whose sums stay in registers; and what such code is made of.

Numba would keep the sums in memory between two terms, at two to four times the cost. Each sum is taken term by term, in
the order of the inputs, so that float64 sums have the same bits whichever piece adds them up; only float32 sums may
fuse a multiplication and an addition.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils as generated

from itt.native.instructions import intrinsic

_generated: Any = generated  # it has no types
WIDTH = 8
"""Outputs that `add_columns` treats together."""
_TILE = 64
"""Sums of a tile: eight of AVX2's sixteen registers in float32."""
_I64, _I64_TYPE = types.int64, ir.IntType(64)


@intrinsic
def add_columns(typing_context: Any, weights: Any, begin: Any, count: Any, values: Any, sums: Any, at: Any) -> Any:
    """sums[at + k] += sum_j weights[begin + WIDTH j + k] values[j] for j < count and k < WIDTH, in float64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        weights, begin, count, values, sums, at = arrays(context, builder, signature, arguments)
        vector = ir.VectorType(ir.DoubleType(), WIDTH)
        place = pointer(builder, sums, at, vector)
        total = _generated.alloca_once_value(builder, builder.load(place, align=8))
        with _generated.for_range(builder, count) as loop:
            where = builder.add(begin, builder.mul(loop.index, loop.index.type(WIDTH)))
            column = builder.load(pointer(builder, weights, where, vector), align=8)
            value = spread(builder, builder.load(builder.gep(values.data, [loop.index])), vector)
            builder.store(builder.fadd(builder.load(total), builder.fmul(column, value)), total)
        builder.store(builder.load(total), place, align=8)
        return context.get_dummy_value()

    return types.void(weights, _I64, _I64, values, sums, _I64), generate


def _tile(rows: int) -> Callable[..., Any]:
    """The intrinsic that computes `_TILE / rows` lanes of `rows` rows; see `one_row`."""

    def typed(
        typing_context: Any,
        weights: Any,
        start: Any,
        stride: Any,
        inputs: Any,
        offset: Any,
        source: Any,
        column: Any,
        floor: Any,
        target: Any,
        row: Any,
        lane: Any,
    ) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            weights, start, stride, inputs, offset, source, column, floor, target, row, lane = arrays(
                context, builder, signature, arguments
            )
            number = weights.data.type.pointee
            vector = ir.VectorType(number, _TILE // rows)
            narrow = isinstance(number, ir.FloatType)
            flags = ("contract",) if narrow else ()

            def constant(value: Any) -> Any:
                return spread(builder, builder.fptrunc(value, number) if narrow else value, vector)

            each = [builder.add(row, row.type(r)) for r in range(rows)]
            firsts = [builder.add(start, builder.mul(r, stride)) for r in each]
            offsets = [constant(builder.load(builder.gep(offset.data, [r]))) for r in each]
            sums = [_generated.alloca_once_value(builder, first) for first in offsets]
            width = builder.extract_value(source.shape, 1)
            with _generated.for_range(builder, inputs) as loop:
                where = builder.add(builder.mul(loop.index, width), column)
                lanes = builder.load(pointer(builder, source, where, vector), align=4)
                for total, first in zip(sums, firsts, strict=True):
                    weight = builder.load(builder.gep(weights.data, [builder.add(first, loop.index)]))
                    term = builder.fmul(spread(builder, weight, vector), lanes, flags=flags)
                    builder.store(builder.fadd(builder.load(total), term, flags=flags), total)
            least, width = constant(floor), builder.extract_value(target.shape, 1)
            for total, r in zip(sums, each, strict=True):
                reached = builder.load(total)
                result = builder.select(builder.fcmp_ordered("<", reached, least), least, reached)
                where = builder.add(builder.mul(r, width), lane)
                builder.store(result, pointer(builder, target, where, vector), align=4)
            return context.get_dummy_value()

        return types.void(weights, _I64, _I64, _I64, offset, source, _I64, types.float64, target, _I64, _I64), generate

    return typed


one_row: Any = intrinsic(_tile(1))
"""target[row, lane + k] = max(floor, offset[row] + sum_j weights[start + row stride + j] source[j, column + k]).

For k < ONE_ROW and j < inputs; weights, source and target are all float32 or all float64, offset and floor are float64.
A sum that is NaN stays NaN.
"""
two_rows: Any = intrinsic(_tile(2))
"""`one_row` for row and row + 1, with k < TWO_ROWS: half the loads, so that multiplication is what takes the time."""
ONE_ROW, TWO_ROWS = _TILE, _TILE // 2

PANEL, ROWS = 8, 6
"""Lanes and rows of `add_tile`: its sums fill twelve of AVX2's sixteen registers, or six of AVX-512's."""


def _added_tile(rows: int) -> Callable[..., Any]:
    """The intrinsic that adds to PANEL lanes of `rows` rows; see `add_tile`."""

    def typed(
        typing_context: Any,
        left: Any,
        start: Any,
        stride: Any,
        terms: Any,
        panel: Any,
        target: Any,
        place: Any,
        width: Any,
    ) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            left, start, stride, terms, panel, target, place, width = arrays(context, builder, signature, arguments)
            vector = ir.VectorType(ir.DoubleType(), PANEL)
            each = [_I64_TYPE(r) for r in range(rows)]
            firsts = [builder.add(start, builder.mul(r, stride)) for r in each]
            places = [pointer(builder, target, builder.add(place, builder.mul(r, width)), vector) for r in each]
            sums = [_generated.alloca_once_value(builder, builder.load(where, align=8)) for where in places]
            with _generated.for_range(builder, terms) as loop:
                where = builder.mul(loop.index, loop.index.type(PANEL))
                lanes = builder.load(pointer(builder, panel, where, vector), align=8)
                for total, first in zip(sums, firsts, strict=True):
                    weight = builder.load(builder.gep(left.data, [builder.add(first, loop.index)]))
                    term = builder.fmul(spread(builder, weight, vector), lanes)
                    builder.store(builder.fadd(builder.load(total), term), total)
            for total, where in zip(sums, places, strict=True):
                builder.store(builder.load(total), where, align=8)
            return context.get_dummy_value()

        return types.void(left, _I64, _I64, _I64, panel, target, _I64, _I64), generate

    return typed


add_tile: Any = intrinsic(_added_tile(ROWS))
"""target[place + r width + k] += sum_j left[start + r stride + j] panel[PANEL j + k], in float64.

For r < ROWS, k < PANEL and j < terms: a matrix product, PANEL columns of ROWS rows at a time.
"""
add_tile_row: Any = intrinsic(_added_tile(1))
"""`add_tile` for one row."""


def arrays(context: Any, builder: Any, signature: Any, arguments: Any) -> list[Any]:
    """The arguments, arrays as structures."""
    return [
        context.make_array(kind)(context, builder, value) if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args, arguments, strict=True)
    ]


def pointer(builder: Any, array: Any, place: Any, vector: Any) -> Any:
    """The address of an array's element, as a vector's."""
    return builder.bitcast(builder.gep(array.data, [place]), vector.as_pointer())


def spread(builder: Any, value: Any, vector: Any) -> Any:
    """A vector with one number everywhere."""
    unset = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(unset, value, ir.IntType(32)(0))
    return builder.shuffle_vector(
        first, unset, ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    )
