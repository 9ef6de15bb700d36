"""Turns JSON bodies into one frame that holds exactly what their text says.

Rules, for all rows of one call:

- null < boolean, null < integer < float; anything else that mixes becomes String holding JSON text: `1.0` stays
  `1.0`, true becomes `true`, an object or list its compact JSON. Objects and lists among themselves unite by field
  and element, `{}` and `[]` included, and stay nested.
- integers beyond 64 bits, beside floats those that no float can hold, and numbers beyond any float (1e400) keep their
  digits: their column is String. Other numbers with a point or an exponent are floats of 64 bits.
- an object type of more than `MAX_FIELDS` fields is a map: JSON text. Rows of more than `MAX_COLUMNS` are refused.
- a missing key is null; of a repeated key the last value counts, and that is told; a null row is a row of nulls, a row
  that is no object a column `value`.
- the text of a number is the source's own where 256 KB of rows mix numbers with text. Where one stretch held numbers
  alone and another one text, `conform` writes the numbers anew (`1e5`: `100000`).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from fetchtozip_gui.core.rows.json_exact import exact_frame
from fetchtozip_gui.core.rows.json_units import Unit, units
from fetchtozip_gui.core.rows.witness import NotProven, witness_of
from fetchtozip_gui.core.schema import conform, unite, widen_for


def json_frame(
    bodies: Sequence[bytes | memoryview], known: pl.Schema | None = None, notes: list[str] | None = None
) -> pl.DataFrame:
    """All rows of `bodies` in order.

    Either all of them provably fit `known`, then the frame has exactly that schema and is made quickly; or `known` is
    set aside, and types and columns are those of these bodies alone. Both conform to the same values of any schema
    that covers both, so results do not depend on what was known when.
    A body is UTF-8 text of a JSON list of objects, of one object (one row), or null (no rows). Sentences that the
    log should hold are added to `notes`. Raises `BadBody` with the place and the reason for anything else, and for
    more than 64 levels or 4,300 digits.
    """
    texts = [bytes(body) for body in bodies]
    if known and (frame := known_frame(texts, known)) is not None:
        return frame
    told: list[str] = []
    frames: list[pl.DataFrame] = []
    schema = pl.Schema()
    for unit in units(texts):
        try:
            frames.append(_proven(unit, schema))
        except NotProven:
            frames.append(exact_frame(unit, told))
            schema = widen_for(frames[-1], unite(schema, frames[-1].schema))
    if notes is not None:
        notes += [note for note in dict.fromkeys(told) if note not in notes]
    return _stacked(frames, schema)


def known_frame(bodies: Sequence[bytes | memoryview], known: pl.Schema) -> pl.DataFrame | None:
    """The rows of `bodies` as a frame of exactly this schema, or None where they do not provably fit it."""
    try:
        return _stacked([_proven(unit, known) for unit in units([bytes(body) for body in bodies])], known)
    except NotProven:
        return None


def _proven(unit: Unit, schema: pl.Schema) -> pl.DataFrame:
    witness = witness_of(schema)
    if witness is None:
        raise NotProven
    return witness.frame(unit)


def _stacked(frames: list[pl.DataFrame], schema: pl.Schema) -> pl.DataFrame:
    if not frames:
        return pl.DataFrame(schema=schema)
    if len(frames) == 1:
        return frames[0]
    # a later stretch may have widened what an earlier one still has to fit
    for frame in frames:
        schema = widen_for(frame, schema)
    return pl.concat([conform(frame, schema) for frame in frames])
