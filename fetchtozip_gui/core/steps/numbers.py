"""Reads numbers written with other marks than Python's, as a sample number shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

_SAMPLE = re.compile(r"1([ .,'_\u00a0\u202f]?)234(?:([.,])(\d+))?")
PLAIN = "1234.56"


@dataclass(frozen=True, slots=True)
class Marks:
    """`group` stands between thousands ("" for none), `point` before the fraction, `places` digits after it."""

    group: str
    point: str
    places: int

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, sample: str) -> Marks:
        """Read off 1234 written as the column writes it: `1,234.56`, `1.234,56`, `1 234,5`, `1234,567`."""
        found = _SAMPLE.fullmatch(sample)
        if not found or (found[1] and found[1] == found[2]):
            raise ValueError("the number 1234 as this column writes it is expected, such as 1,234.56 or 1.234,56")
        return cls(found[1], found[2] or ".", len(found[3] or ""))

    def plain(self, texts: pl.Series) -> pl.Series:
        """The texts with a point and without groups; null where a text is no such number."""
        group, point = re.escape(self.group), re.escape(self.point)
        whole = rf"(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+)" if group else r"\d+"
        fits = texts.str.contains(rf"^[+-]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?$")
        kept = texts.set(~fits.fill_null(True), None)
        if self.group:
            kept = kept.str.replace_all(self.group, "", literal=True)
        return kept.str.replace(self.point, ".", literal=True) if self.point != "." else kept
