"""Casts a frame to a wider schema without changing, cutting or dropping a value."""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl
from polars.exceptions import PolarsError

from fetchtozip_gui.core.errors import SourceError
from fetchtozip_gui.core.lattice import fields_of, inner_type, join

_EXACT_IN_FLOAT = 2**53
_INTEGERS = 2**63
_LONG_INTEGER = r"^[+-]?\d{39,}$"
Fields = Mapping[str, pl.DataType]


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """`frame` with exactly the columns and types of `schema`, which must be a union that covers the frame's own.

    Missing columns and fields are null and a null object stays null. What becomes String: true as `true`, numbers in
    their shortest text that reads back the same (whole ones without `.0`), dates and times in ISO 8601, bytes as
    base64, objects and lists as compact JSON without null fields. A String column may also become Int64, Float64 or
    Boolean, read strictly (for CSV). A value comes out the same by whatever types in between it came to `schema`, but
    for one case: a field that became text by itself is quoted when its object becomes text later.
    Raises `SourceError` when a value would be lost; `widen_for` says beforehand which columns must be String.
    """
    found = frame.schema
    if found == schema:
        return frame
    extra = [name for name in found if name not in schema]
    if extra:
        raise SourceError(f"Column `{extra[0]}` is not among the {len(schema)} columns that were found.")
    columns = {
        name: _kept(frame[name], dtype) if name in found else pl.repeat(None, frame.height, dtype=dtype, eager=True)
        for name, dtype in schema.items()
    }
    return pl.DataFrame(columns)


def widen_for(frame: pl.DataFrame, schema: pl.Schema) -> pl.Schema:
    """`schema` with String wherever a value of `frame` would lose digits in the type that `schema` gives it.

    Integers beyond ±2^53 in a float column, dates in a finer unit that cannot reach them. The type alone does not
    show this, so it is asked of every frame whose schema differs from the union. `schema` itself where all fits.
    """
    wider: dict[str, pl.DataType] = {}
    for name, dtype in frame.schema.items():
        told = schema.get(name, dtype)
        if dtype != told and (fitting := _fitting(frame[name], told)) != told:
            wider[name] = fitting
    return pl.Schema({**schema, **wider}) if wider else schema


def _fitting(values: pl.Series, to: pl.DataType) -> pl.DataType:
    """`to`, or String in the places where `values` would not survive it."""
    of = values.dtype
    if isinstance(of, pl.Struct) and isinstance(to, pl.Struct):
        wanted = fields_of(to)
        for name, dtype in fields_of(of).items():
            if name in wanted and dtype != wanted[name]:
                wanted[name] = _fitting(values.struct.field(name), wanted[name])
        return pl.Struct(wanted)
    if isinstance(of, (pl.List, pl.Array)) and isinstance(to, pl.List):
        return pl.List(_fitting(values.explode(), inner_type(to))) if inner_type(of) != inner_type(to) else to
    if to.is_float() and (of.is_integer() or of == pl.String):
        return to if _float_holds(values, values.cast(pl.Float64, strict=False)) else pl.String()
    if of.is_temporal() and to.is_temporal():
        back = values.cast(to, strict=False).cast(of, strict=False)
        return to if back.equals(values) else pl.String()
    return to


def _float_holds(values: pl.Series, floats: pl.Series) -> bool:
    """Whether every integer among `values` (numbers, or texts of numbers) has an equal one among `floats`."""
    ends = floats.min(), floats.max()
    if all(isinstance(end, float) and abs(end) < _EXACT_IN_FLOAT for end in ends):
        return True
    large = floats.abs() >= _EXACT_IN_FLOAT  # 2^53 may be what 2^53 + 1 was rounded to
    if not large.any():
        return True
    integers = values.filter(large).cast(pl.Int128, strict=False)
    # null: a text that is no integer, or one beyond any integer type
    if integers.null_count() and (values.dtype != pl.String or values.filter(large).str.contains(_LONG_INTEGER).any()):
        return False
    return floats.filter(large).cast(pl.Int128, strict=False).eq(integers).all()


def _lost(name: str, of: pl.DataType, to: pl.DataType) -> SourceError:
    return SourceError(
        f"Column `{name}` holds values that cannot be kept when {of} becomes {to}.",
        "The types of all parts should have been united before: please report this with a few rows of the source.",
    )


def _kept(values: pl.Series, to: pl.DataType) -> pl.Series:
    if values.dtype == to:
        return values
    if values.dtype == pl.String and to == pl.Float64:
        floats = values.cast(to, strict=False)
        if floats.null_count() != values.null_count() or not _float_holds(values, floats):
            raise _lost(values.name, values.dtype, to)
        return floats
    if _fitting(values, to) != to:
        raise _lost(values.name, values.dtype, to)
    return _column(values, to)


def _column(values: pl.Series, to: pl.DataType) -> pl.Series:
    if values.dtype == pl.String and to.is_numeric():
        # without a plan, which costs more than to read some thousand texts
        made = values.cast(to, strict=False)
        if made.null_count() != values.null_count():
            raise _lost(values.name, values.dtype, to)
        return made
    if values.dtype != pl.String and join(to, values.dtype) != to:
        raise _lost(values.name, values.dtype, to)
    try:
        cast = _cast(pl.lit(values), values.dtype, to)
        made = pl.select(cast.alias(values.name)).to_series()
    except PolarsError as error:
        raise _lost(values.name, values.dtype, to) from error
    if made.dtype != to or made.null_count() != values.null_count():
        raise _lost(values.name, values.dtype, to)
    return made


def _cast(value: pl.Expr, of: pl.DataType, to: pl.DataType) -> pl.Expr:
    if of in (to, pl.Null):
        return value.cast(to)
    if to == pl.String:
        return _text(value, of)
    if isinstance(of, pl.Struct) and isinstance(to, pl.Struct):
        return _cast_object(value, fields_of(of), fields_of(to))
    if isinstance(of, (pl.List, pl.Array)) and isinstance(to, pl.List):
        return _listed(value, of).list.eval(_cast(pl.element(), inner_type(of), inner_type(to)))
    if of == pl.String and to == pl.Boolean:
        # anything else becomes null, which the caller's count of nulls finds
        spelled = value.str.to_lowercase()
        return pl.when(spelled == "true").then(True).when(spelled == "false").then(False)
    return value.cast(to)


def _cast_object(value: pl.Expr, of: Fields, to: Fields) -> pl.Expr:
    fields = [
        (_cast(value.struct.field(name), of[name], dtype) if name in of else pl.lit(None, dtype=dtype)).alias(name)
        for name, dtype in to.items()
    ]
    # a struct built from fields is never null itself
    return pl.when(value.is_not_null()).then(pl.struct(fields))


def _listed(value: pl.Expr, of: pl.List | pl.Array) -> pl.Expr:
    return value.arr.to_list() if isinstance(of, pl.Array) else value


def _text(value: pl.Expr, of: pl.DataType) -> pl.Expr:
    """The text of a value by itself: a string is its own text, everything else as JSON has it or as ISO 8601."""
    if isinstance(of, (pl.Struct, pl.List, pl.Array)):
        return pl.when(value.is_not_null()).then(_json(value, of))
    if of.is_float():
        return _number(value)
    if isinstance(of, pl.Datetime):
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if of.time_zone else ""))
    if isinstance(of, pl.Duration):
        return value.dt.to_string("iso")
    if of == pl.Binary:
        return value.bin.encode("base64")
    return value.cast(pl.String)


def _number(value: pl.Expr) -> pl.Expr:
    """Whole floats without a fraction, so that an integer's text is the same after it has stood among floats."""
    shortest = value.cast(pl.String)
    whole = (value == value.floor()) & (value >= -_INTEGERS) & (value < _INTEGERS) & (shortest != "-0.0")
    return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(shortest)


def _json(value: pl.Expr, of: pl.DataType) -> pl.Expr:
    """Compact JSON text of a value that is not null.

    Fields that are null are left out and the others sorted: a frame cannot say whether a field was null or missing, and
    which fields it has, in which order, depends on the rows before.
    """
    if isinstance(of, pl.Struct):
        fields = [_pair(value.struct.field(name), name, dtype) for name, dtype in sorted(fields_of(of).items())]
        inside = pl.concat_str(fields, separator=",", ignore_nulls=True) if fields else pl.lit("")
        return pl.lit("{") + inside + pl.lit("}")
    if isinstance(of, (pl.List, pl.Array)):
        element, dtype = pl.element(), inner_type(of)
        texts = pl.when(element.is_not_null()).then(_json(element, dtype)).otherwise(pl.lit("null"))
        return pl.lit("[") + _listed(value, of).list.eval(texts).list.join(",") + pl.lit("]")
    text = _text(value, of)
    if of.is_float():
        # JSON has no word for NaN and the infinities
        return pl.when(value.is_finite()).then(text).otherwise(pl.lit('"') + text + pl.lit('"'))
    return text if of.is_numeric() or of == pl.Boolean else _quoted(text)


def _pair(value: pl.Expr, name: str, dtype: pl.DataType) -> pl.Expr:
    key = json.dumps(name, ensure_ascii=False)
    return pl.when(value.is_not_null()).then(pl.lit(f"{key}:") + _json(value, dtype))


def _quoted(text: pl.Expr) -> pl.Expr:
    # Polars only encodes structs: one of a nameless field, taken off again
    return pl.struct(text.alias("")).struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}")
