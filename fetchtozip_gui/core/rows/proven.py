"""Proves that bytes of a delimited text are whole records, so that a fast reader may be trusted with them."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from fetchtozip_gui.core.rows.dialect import Dialect

_WIDEST = 5_000
"""Columns up to which a proof is quick."""
_FEW = 50
"""Columns up to which the texts themselves are proven, and not what is left of them when all letters are alike."""


class NotUtf8(ValueError):
    """Bytes that are no text."""


def proven_bytes(text: bytes, dialect: Dialect, width: int) -> int:
    """How many bytes at the beginning are whole records of `width` fields beyond doubt.

    Raises `NotUtf8` where the text is none.
    """
    try:
        proven = _strings(text)
    except pl.exceptions.ComputeError as error:
        raise NotUtf8 from error
    if width > _WIDEST:
        return 0
    if (simple := _simple_bytes(text, dialect, width)) is not None:
        return simple
    if width <= _FEW:
        grammar = _grammar(dialect, width)
    else:
        marks, grammar = _marked_grammar(dialect, width)
        proven = _strings(text.translate(marks))
    return len(text) - int(proven.str.replace(grammar, "").str.len_bytes()[0])


def _strings(text: bytes) -> pl.Series:
    """The text, and an empty one: Polars takes what stands alone for a value of all rows, and copies it whole several
    times while it holds Python's lock."""
    return pl.Series([text, b""], dtype=pl.Binary).cast(pl.String)


def _simple_bytes(text: bytes, dialect: Dialect, width: int) -> int | None:
    """The same where no field is quoted, which takes a quarter of the time; null where one is."""
    if (dialect.quote and dialect.quote.encode() in text) or b"\r" in text:
        return None
    end = text.rfind(b"\n") + 1
    delimiter = dialect.delimiter.encode()
    record = delimiter * (width - 1) + b"\n"
    bare = text[:end].translate(None, _without(delimiter + b"\n"))
    return end if bare == record * (len(bare) // len(record)) else None


@lru_cache(maxsize=64)
def _without(marks: bytes) -> bytes:
    """All other bytes."""
    return bytes(byte for byte in range(256) if byte not in marks)


@lru_cache(maxsize=64)
def _grammar(dialect: Dialect, width: int) -> str:
    """The expression for whole records."""
    d, q = _escaped(dialect.delimiter), _escaped(dialect.quote)
    return _records(d, q, width, plain=rf"[^{d}{q}\r\n]", inside=f"[^{q}]")


@lru_cache(maxsize=64)
def _marked_grammar(dialect: Dialect, width: int) -> tuple[bytes, str]:
    """A table that turns all bytes without a meaning into one letter, and the expression for whole records of that:
    for many columns, one of any letters takes longer and has no end."""
    special = f"{dialect.delimiter}{dialect.quote}\r\n".encode()
    plain = "b" if dialect.delimiter == "a" else "a"
    marks = bytes(byte if byte in special else ord(plain) for byte in range(256))
    d, q = _escaped(dialect.delimiter), _escaped(dialect.quote)
    return marks, _records(d, q, width, plain=plain, inside=rf"[{plain}{d}\r\n]")


def _escaped(mark: str) -> str:
    return f"\\x{ord(mark):02x}" if mark else ""


def _records(delimiter: str, quote: str, width: int, *, plain: str, inside: str) -> str:
    field = f"{plain}*"
    if quote:
        quoted = f"{quote}{inside}*{quote}"
        field = f"(?:{quoted}(?:{quoted})*|{field})"
    return rf"\A(?:(?:{field}{delimiter}){{{width - 1}}}{field}\r?\n)*"
