"""Finds how a delimited text is written: what stands between fields, around them and between lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.tokens import Record, records

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE_BYTES = 64 * 1024
_SAMPLE_RECORDS = 50
_PROOF = 3
"""Records that have to follow an opening quote, itself included, before it is taken for a character."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """`quote` is "" where quotes are ordinary characters."""

    delimiter: str
    quote: str

    def __str__(self) -> str:
        between = _NAMES.get(self.delimiter, repr(self.delimiter))
        return f"{between} between fields" + {"": ", no quoting", "'": ", single quotes"}.get(self.quote, "")


def find_dialect(text: bytes, *, final: bool, delimiter: str | None, quote: str | None = None) -> Dialect:
    """The dialect under which the first records have the header's number of fields; a comma where none is better.

    `final` says that `text` is all there is. Double quotes go before no quotes and single ones, and a comma before the
    other delimiters, so that what is written by the standard is read by the standard. What is given is not looked for.
    """
    sample = text[:_SAMPLE_BYTES]
    whole = final and len(sample) == len(text)
    best, best_score = Dialect(delimiter or ",", '"' if quote is None else quote), (0.0, 1)
    for mark in ('"', "'", "") if quote is None else (quote,):
        if quote is None and mark == "'" and b"'" not in sample:
            continue
        for candidate in (delimiter,) if delimiter else DELIMITERS:
            dialect = Dialect(candidate, mark)
            score = _score(sample, whole, dialect)
            if score > best_score and (mark or quote == "" or _is_unquoted(sample, whole, dialect)):
                best, best_score = dialect, score
            if best == dialect and score[0] == 1.0:
                return dialect
    return best


def _score(sample: bytes, whole: bool, dialect: Dialect) -> tuple[float, int]:
    """The share of records as wide as the first one, and that width; half the share where there is one field."""
    found, faults = _begun(sample, whole, dialect)
    widths = [len(record.fields) for record in found if not record.is_blank]
    if not widths or (widths[0] == 1 and max(widths) > 1):
        return 0.0, 0
    share = widths.count(widths[0]) / (len(widths) + faults)
    return (share, widths[0]) if widths[0] > 1 else (share / 2, 1)


def _begun(sample: bytes, whole: bool, dialect: Dialect) -> tuple[list[Record], int]:
    """The first records, and 1 when a malformed one ends them."""
    found: list[Record] = []
    try:
        found.extend(islice(records(sample, dialect.delimiter, dialect.quote, final=whole), _SAMPLE_RECORDS))
    except BadBody:
        return found, 1
    return found, 0


def _is_unquoted(sample: bytes, whole: bool, dialect: Dialect) -> bool:
    """Whether quotes are characters: none closes what another opened, and more follows than a cut field would have."""
    found, _ = _begun(sample, whole, dialect)
    opened = [place for place, record in enumerate(found) if any((field or b"")[:1] == b'"' for field in record.fields)]
    closed = any(field and len(field) > 1 and field[:1] == field[-1:] == b'"' for one in found for field in one.fields)
    return bool(opened) and not closed and len(found) - opened[0] > _PROOF
