"""JSONPath expressions (RFC 9535), split into a plain path that can be cut out of bytes and a rest that cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LIMIT = 1024
"""Bytes of the longest expression."""

# letters, _ and all beyond ASCII, digits too after the first; said by what is not meant, for a class of a million
# characters takes 30 ms to compile
_WORD = r"[^\x00-@\[-\^`{-\x7f][^\x00-/:-@\[-\^`{-\x7f]*"
_NAME = re.compile(rf"""\.({_WORD})|\['([^'\\]*)'\]|\["([^"\\]*)"\]""")
_PLAIN = re.compile(_WORD)


@dataclass(frozen=True, slots=True)
class Expression:
    """`path` are the names from the root; `rest` is what follows, itself an expression (`$` when nothing does).

    `members` says that what is selected are records themselves (`[*]`, a filter, a slice) and not what contains them.
    """

    text: str
    path: tuple[str, ...]
    rest: str
    members: bool

    @property
    def plain(self) -> bool:
        """Whether the path alone says it: no query has to be run over parsed values."""
        return self.rest in ("$", "$[*]", "$.*")

    def matches(self, value: Any) -> Iterator[Any]:
        """What `rest` selects in the already parsed value at `path`."""
        yield from (match.obj for match in _compiled(self.rest).finditer(value))


@lru_cache(maxsize=64)
def expression(text: str) -> Expression:
    """Parse `text`; ValueError says what is wrong with it."""
    if len(text.encode()) > LIMIT:
        raise ValueError(f"a JSONPath is at most {LIMIT:,} bytes")
    if not text.startswith("$"):
        raise ValueError(f"a JSONPath begins with $, such as $.{text.lstrip('.') or 'data'}")
    at, path = 1, []
    while found := _NAME.match(text, at):
        path.append(next(group for group in found.groups() if group is not None))
        at = found.end()
    rest = "$" + text[at:]
    if rest not in ("$", "$[*]", "$.*"):
        _compiled(text)
    return Expression(text, tuple(path), rest, members=not _ends_in_name(text))


def spell(path: tuple[str, ...]) -> str:
    """The path as an expression: `$.data`, `$['@odata.nextLink']`."""
    return "$" + "".join(f".{name}" if _PLAIN.fullmatch(name) else f"['{_escape(name)}']" for name in path)


def _escape(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")


def _ends_in_name(text: str) -> bool:
    return text == "$" or bool(re.search(rf"""(\.{_WORD}|['"]\]|\[-?\d+\])$""", text))


@lru_cache(maxsize=64)
def _compiled(text: str) -> Any:
    import jsonpath  # heavy: only for expressions that are more than a path

    environment = jsonpath.JSONPathEnvironment(strict=True)
    # Python's regular expressions can hang on a crafted pattern, Rust's cannot
    environment.function_extensions["match"] = _Pattern(whole=True)
    environment.function_extensions["search"] = _Pattern(whole=False)
    try:
        return environment.compile(text)
    except jsonpath.JSONPathError as error:
        raise ValueError(f"not a JSONPath: {str(error).partition(chr(10))[0]}") from None
    except RecursionError:
        raise ValueError("not a JSONPath: it is nested too deep") from None


class _Pattern:
    """The `match` and `search` of RFC 9535 with a regular expression engine of linear time."""

    def __init__(self, *, whole: bool) -> None:
        from jsonpath.function_extensions import ExpressionType  # heavy: see _compiled

        self.arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]
        self.return_type = ExpressionType.LOGICAL
        self._whole = whole

    def __call__(self, value: object, pattern: object) -> bool:
        import polars as pl

        if not isinstance(value, str) or not isinstance(pattern, str):
            return False
        wanted = f"^(?:{pattern})$" if self._whole else pattern
        return bool(pl.Series([value]).str.contains(wanted, strict=False).fill_null(False)[0])
