"""CSV and TSV as RFC 4180 has them: quoted where necessary, null empty, empty text two quotes."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from fetchtozip_gui.core.outputs import spreadsheet_safety, values
from fetchtozip_gui.core.outputs.stream import Chunk, StreamWriter, Told

if TYPE_CHECKING:
    from fetchtozip_gui.core.outputs.file import FileOutput

_NOT_FINITE = (
    "{n} values inside objects or lists that are not finite numbers (NaN, infinity) are null in their JSON text."
)
_NO_DATE = "{n} dates that no calendar reaches (such as a database's infinity) are empty."
_MADE_SAFE = "{n} texts that a spreadsheet would run as a formula have a quote (') before it."
_ALONE = "{n} nulls are written as empty text; most readers would skip a line without any character."


class Delimited:
    """Lines end with a line feed; the header is always there. NaN and infinity are `NaN`, `inf` and `-inf`, dates
    and times ISO 8601, decimals and integers of any size exact, bytes base64, nested values compact JSON text.
    """

    def __init__(self, name: str, media_type: str, delimiter: str | None = None) -> None:
        """Without `delimiter`, the recipe's output says it."""
        self.name = name
        self.suffix = f".{name}"
        self.media_type = media_type
        self._delimiter = delimiter

    def open(self, file: BinaryIO, schema: pl.Schema, options: FileOutput) -> StreamWriter:
        return StreamWriter(file, self.stream(schema, options))

    def stream(self, schema: pl.Schema, options: FileOutput) -> DelimitedStream:
        return DelimitedStream(schema, self.delimiter(options), bom=options.bom, safe=options.safe_for_spreadsheets)

    def delimiter(self, options: FileOutput) -> str:
        return self._delimiter or options.delimiter


class DelimitedStream:
    """The rows of one table as lines."""

    packed = False
    notes: tuple[str, ...] = ()

    def __init__(self, schema: pl.Schema, delimiter: str, *, bom: bool, safe: bool) -> None:
        self._names = list(schema)
        self._delimiter = delimiter
        self._bom = bom
        self._plan = values.Plan(schema, _column)
        self._floats = [name for name, dtype in schema.items() if dtype.is_nested() and _holds_floats(dtype)]
        self._texts = [name for name, dtype in schema.items() if _is_text(dtype)] if safe else []
        self._safe = safe
        self._alone = len(schema) == 1

    def head(self) -> bytes:
        names = self._names
        if self._safe:
            safe, _ = spreadsheet_safety.quoted(pl.Series("name", names, dtype=pl.String), self._delimiter)
            names = safe.to_list()
        line = self._delimiter.join(self._header(name) for name in names)
        return (b"\xef\xbb\xbf" if self._bom else b"") + line.encode() + b"\n"

    def _header(self, name: str) -> str:
        # a name that begins with a byte order mark would lose it
        special = not name or name.startswith("\ufeff")
        if special or any(character in name for character in f'{self._delimiter}"\r\n'):
            return '"' + name.replace('"', '""') + '"'
        return name

    def encode(self, frame: pl.DataFrame, first_row: int) -> Chunk:
        shown, beyond = self._plan.show(frame)
        told: dict[Told, int] = {(name, _NO_DATE): count for name, count in beyond.items()}
        for name, count in values.unusual(frame, self._floats, values.not_finite).items():
            told[name, _NOT_FINITE] = count
        for name in self._texts:
            safe, changed = spreadsheet_safety.quoted(shown[name].cast(pl.String), self._delimiter)
            if changed:
                shown = shown.with_columns(safe)
                told[name, _MADE_SAFE] = changed
        if self._alone and (nulls := shown.to_series().null_count()):
            told[self._names[0], _ALONE] = nulls
        target = BytesIO()
        if shown.width:
            null = '""' if self._alone else None
            shown.write_csv(target, include_header=False, separator=self._delimiter, null_value=null)
        return Chunk(target.getvalue(), frame.height, told)

    def tail(self, rows: int) -> bytes:
        return b""


def _is_text(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Categorical, pl.Object) or isinstance(dtype, pl.Enum) or dtype.is_nested()


def _holds_floats(dtype: pl.DataType) -> bool:
    return values.holds(dtype, lambda inner: inner.is_float())


def _column(value: pl.Expr, dtype: pl.DataType, rule: values.Rule) -> pl.Expr | None:
    return values.json_text(value, dtype, rule) if dtype.is_nested() else rule(value, dtype)
