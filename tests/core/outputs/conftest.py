"""How tests write a table: through a format's writer, in frames cut wherever the test wants."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl
import pytest

from fetchtozip_gui.core.datapackage import About
from fetchtozip_gui.core.outputs import FORMATS
from fetchtozip_gui.core.outputs.file import FileOutput


@dataclass(frozen=True)
class Written:
    """What came out, and what the writer says about it."""

    data: bytes
    notes: list[str]


Write = Callable[..., Written]


def write_table(
    name: str, table: pl.DataFrame, cuts: Sequence[int] = (), about: About | None = None, **options: object
) -> Written:
    """`table` in the format called `name`, its rows cut into frames before each row of `cuts`."""
    file = io.BytesIO()
    writer = FORMATS[name].open(file, table.schema, FileOutput(format=name, **options))
    edges = [0, *sorted(cuts), table.height]
    # encoded last to first: each chunk must depend on its own rows alone
    pieces = [(start, table.slice(start, end - start)) for start, end in pairwise(edges)]
    chunks = [writer.encode(piece, start) for start, piece in reversed(pieces)]
    for chunk in reversed(chunks):
        writer.write(chunk)
    writer.close(about)
    return Written(file.getvalue(), writer.notes)


@pytest.fixture(scope="session")
def write() -> Write:
    return write_table
