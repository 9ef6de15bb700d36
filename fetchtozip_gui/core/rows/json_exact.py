"""Reads JSON rows of unknown types: looks at every value, then lets Polars parse what is proven.

The slower of two ways (see `json_rows`). Every value of every row is decoded and looked at, so the types are those of
all rows. Polars' reader then gets text in which nothing is left that it would change: columns that mix types, repeated
keys and rows that are no objects are written anew first.
"""

from __future__ import annotations

from typing import Any

import msgspec
import polars as pl

from fetchtozip_gui.core.rows.depth import too_deep
from fetchtozip_gui.core.rows.json_broken import broken
from fetchtozip_gui.core.rows.json_keys import count_is, repeated_keys
from fetchtozip_gui.core.rows.json_shape import Survey
from fetchtozip_gui.core.rows.json_units import Unit

_PLAIN = msgspec.json.Decoder()
# floats stay their own text: used where a number becomes text, and for numbers no float can hold (1e400)
_TEXTUAL = msgspec.json.Decoder(float_hook=msgspec.Raw)


def exact_frame(unit: Unit, notes: list[str]) -> pl.DataFrame:
    """The rows of a unit with the narrowest types that hold every value; raises `BadBody`.

    A sentence is added to `notes` for what a reader of the log should know: repeated keys, null rows.
    """
    for index, body in enumerate(unit.bodies):
        if too_deep(body):
            raise broken(unit, index, RecursionError())
    decoder = _PLAIN
    try:
        decoded = _decoded(unit, decoder)
    except _OutOfRange:
        decoder = _TEXTUAL
        decoded = _decoded(unit, decoder)
    rows = _objects(decoded)
    survey = Survey()
    shape = survey.table(rows)
    if survey.floats_to_text and decoder is _PLAIN:
        decoded = _decoded(unit, _TEXTUAL)
        rows = _objects(decoded)
    text = unit.joined()
    if rows is decoded and count_is(survey.keys, text, survey.names):
        rewrite = shape.rewrite
    else:
        rewrite = _tell(unit, decoded, notes) or shape.rewrite
    if rewrite:
        shape.rewrite_in(rows)
        text = msgspec.json.encode(rows)
    if not shape.fields:
        # Polars' reader does not count rows that have no columns
        return pl.DataFrame(height=len(rows))
    return pl.read_json(text, schema={name: column.dtype for name, column in shape.fields.items()})


def _decoded(unit: Unit, decoder: msgspec.json.Decoder[Any]) -> list[Any]:
    rows: list[Any] = []
    for index, body in enumerate(unit.bodies):
        try:
            value = decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            if "Number out of range" in str(error):
                raise _OutOfRange from None
            raise broken(unit, index, error) from error
        if isinstance(value, list):
            rows += value
        elif isinstance(value, dict):
            rows.append(value)
        elif value is not None:
            raise broken(unit, index, None)
    return rows


def _objects(rows: list[Any]) -> list[Any]:
    """The same list when all rows are objects, else one in which those that are none have become some."""
    if set(map(type, rows)) <= {dict}:
        return rows
    return [row if type(row) is dict else {} if row is None else {"value": row} for row in rows]


def _tell(unit: Unit, decoded: list[Any], notes: list[str]) -> bool:
    """Add to `notes` how the rows differ from the text, and say whether they do."""
    if None in decoded:
        notes.append("Rows that are null in the source are kept as rows without values.")
    names = [f"`{name}`" for name in repeated_keys(unit.bodies)]
    if names:
        told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
        notes.append(f"Keys that occur more than once in one object: {told}; the last value was kept.")
    return bool(names) or not set(map(type, decoded)) <= {dict}


class _OutOfRange(Exception):
    """A number is too large for a float; never leaves this module."""
