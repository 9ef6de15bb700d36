"""Reads dates and times from texts, ISO 8601 unless a pattern says otherwise, and from Unix time."""

from __future__ import annotations

from typing import Final

import polars as pl

UNIX: Final = ("s", "ms", "us")
"""Formats that say that integers count these units since 1970-01-01 UTC."""
_PER_UNIT = {"s": 1_000_000, "ms": 1_000, "us": 1}
_ISO_DATE = r"^\d{4}-\d\d-\d\d$"
_ISO_TIME = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?$"
_ISO_ZONED = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d(?::?\d\d)?)$"


def datetime_type(form: str | None) -> pl.Datetime:
    """With a zone (UTC) for Unix time and for patterns that read a zone; without one otherwise."""
    zoned = form is not None and (form in UNIX or "z" in form or "%+" in form)
    return pl.Datetime("us", "UTC" if zoned else None)


def date(values: pl.Series, form: str | None) -> pl.Series | None:
    """Null where a text is no date, and for types that are none. The time of a date with time is left out."""
    if values.dtype == pl.Date:
        return values
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.date()
    if values.dtype != pl.String:
        return None
    texts = values if form else _only(values, _ISO_DATE)
    return texts.str.strptime(pl.Date, form or "%Y-%m-%d", strict=False)


def datetime(values: pl.Series, form: str | None) -> pl.Series | None:
    """Microseconds; finer fractions are cut. ISO texts with a zone are brought to UTC, and the result has no zone:
    a pattern with %z makes a column that says UTC. Texts with and without a zone in one column do not fit together."""
    to = datetime_type(form)
    if isinstance(values.dtype, pl.Datetime):
        return _zone(values, to)
    if values.dtype == pl.Date:
        return _zone(values.cast(pl.Datetime("us")), to)
    if values.dtype.is_integer() and form in UNIX:
        return (values.cast(pl.Int64, strict=False) * _PER_UNIT[form]).cast(to)
    if values.dtype != pl.String or form in UNIX:
        return None
    return values.str.strptime(to, form, strict=False) if form else _iso(values)


def _zone(values: pl.Series, to: pl.Datetime) -> pl.Series:
    zone = getattr(values.dtype, "time_zone", None)
    if zone is not None and to.time_zone is None:
        return values.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(to)
    if zone is None and to.time_zone is not None:
        return values.dt.replace_time_zone("UTC").cast(to)
    return values.cast(to)


def _iso(values: pl.Series) -> pl.Series:
    texts = values.str.replace(" ", "T", literal=True)
    zoned = _only(texts, _ISO_ZONED)
    if zoned.null_count() < values.len():
        made = zoned.str.strptime(pl.Datetime("us", "UTC"), "%Y-%m-%dT%H:%M:%S%.f%#z", strict=False)
        return made.dt.replace_time_zone(None)
    made = values.clear(values.len()).cast(pl.Datetime("us"))
    texts = _only(texts, _ISO_TIME)
    for form in ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        made = made.zip_with(made.is_not_null(), texts.str.strptime(pl.Datetime("us"), form, strict=False))
        if made.null_count() == values.null_count():
            break
    return made


def _only(texts: pl.Series, pattern: str) -> pl.Series:
    """The texts with null where the pattern does not fit."""
    fits = texts.str.contains(pattern)
    return texts if fits.all() else texts.set(~fits.fill_null(True), None)
