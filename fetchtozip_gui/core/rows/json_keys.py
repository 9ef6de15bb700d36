"""Shows that no object of a JSON text has a key twice, by counting keys, and names those that do."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import polars as pl

from fetchtozip_gui.core.lattice import fields_of, inner_type

_QUOTE, _COLON, _SPACE = b'": '
_SPACED = re.compile(rb'"[ \t\r\n]+:')
# what may stand before a quote that opens a string, or before an escaped one
_BEFORE = ("\\", ",", ":", "[", "{", " ")


def count_is(keys: int, text: bytes, names: Collection[str]) -> bool:
    """Whether valid JSON has exactly `keys` keys, counting repeated ones, where all of them are among `names`.

    Given that it has at least so many: a text that has more is never passed, one that has not may rarely be refused.
    What is counted, without holding the interpreter, is a quote and a colon: the end of a key, or too many (the text
    ":)", escaped quotes). These are only left out where no name could have put the same characters there.
    """
    if len(text) < 2:
        return keys == 0
    codes: pl.Series = pl.Series([text]).cast(pl.List(pl.UInt8))[0]
    colons = (codes == _COLON).slice(1)
    count = ((codes == _QUOTE).slice(0, len(colons)) & colons).sum()
    if ((codes <= _SPACE).slice(0, len(colons)) & colons).any():
        count += len(_SPACED.findall(text))
    if count > keys:
        ends = {name[-1:] for name in names}
        count -= sum(text.count(f'{before}":'.encode()) for before in _BEFORE if before not in ends)
    return bool(count == keys)


def names_in(dtype: pl.DataType) -> Iterator[str]:
    """Every field name of a type, however deep."""
    if isinstance(dtype, pl.Struct):
        for name, of in fields_of(dtype).items():
            yield name
            yield from names_in(of)
    elif isinstance(dtype, pl.List):
        yield from names_in(inner_type(dtype))


def repeated_keys(bodies: Sequence[bytes]) -> list[str]:
    """The keys that occur more than once in one object of valid JSON, in order of first sight."""
    repeated: dict[str, None] = {}

    def look(pairs: Iterable[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                repeated[name] = None
            seen.add(name)

    for body in bodies:
        json.loads(body, object_pairs_hook=look, parse_int=str, parse_float=str)
    return list(repeated)
