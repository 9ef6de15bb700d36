"""What a body or a stretch of a file became: rows, their types, and what should be told about them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Parsed:
    """`schema` is the type all texts of a column have, where `frame` still holds the texts; null where it has types.

    `notes` are sentences for the log: columns renamed, an encoding found. `left_out` are the lines that are no rows,
    one sentence each.
    """

    frame: pl.DataFrame
    schema: pl.Schema | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    typed: pl.DataFrame | None = None
    """The rows in the types of `schema`, where they have been made."""
