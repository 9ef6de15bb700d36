"""Words what is wrong with a JSON body, and where."""

from __future__ import annotations

import json
import re

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.depth import LIMIT
from fetchtozip_gui.core.rows.json_units import Unit

_LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DEEP_HINT = "Data this deep is no table; check that the address answers what you expect."
_HINT = "The answer was cut or garbled on its way, or the source does not send JSON."


def broken(unit: Unit, index: int, error: Exception | None) -> BadBody:
    """The error for body `index` of a unit, of which `error` was raised, or which is valid JSON but no rows."""
    body = unit.bodies[index] if unit.part_of is None else unit.part_of
    number = unit.first + index
    which = f"Body {number + 1} of {unit.count}" if unit.count > 1 else "The body"
    if isinstance(error, RecursionError):
        told = f"is nested deeper than {LIMIT} levels, the limit (max_depth)"
        return BadBody(f"{which} {told}.", _DEEP_HINT, body=number)
    told = _not_rows(body) if error is None else _why(body, error)
    return BadBody(f"{which} {told}.", _HINT, body=number)


def _not_rows(body: bytes) -> str:
    kind = {b'"': "text", b"t": "true", b"f": "false"}.get(body.strip()[:1], "number")
    return f"is one JSON {kind}; rows come as a list or an object"


def _why(body: bytes, error: Exception) -> str:
    if not body.strip():
        return "is empty where JSON was expected"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in body[:4]:
        return "is not UTF-8 at byte 0: it looks like UTF-16 or UTF-32, and JSON is read as UTF-8"
    if body.startswith(b"\xef\xbb\xbf"):
        return "begins with a byte order mark, which JSON does not allow (byte 0)"
    try:
        text = body.decode()
    except UnicodeDecodeError as bad:
        return f"is not UTF-8 at byte {bad.start:,}: {bad.reason}"
    try:
        json.loads(text, parse_constant=_constant, parse_int=str, parse_float=str)
    except _Constant as constant:
        return f"holds {constant}, which JSON does not allow (byte {_find(body, str(constant)):,})"
    except json.JSONDecodeError as bad:
        at = len(text[: bad.pos].encode())
        if at >= len(body.rstrip()) or bad.msg.startswith("Unterminated string"):
            return f"is cut off: its JSON is not finished after {len(body):,} bytes"
        return f"is not valid JSON at byte {at:,}: {bad.msg[0].lower()}{bad.msg[1:]}"
    except RecursionError:
        return f"is not valid JSON: {error}"
    if lone := _LONE.search(text):
        return f"holds half of a surrogate pair, {lone[0]}, at byte {len(text[: lone.start()].encode()):,}"
    if "Integer value out of range" in str(error):
        return "holds an integer of more than 4,300 digits, the limit (max_digits)"
    return f"is not valid JSON: {error}"


class _Constant(Exception):
    """NaN or Infinity as a literal; never leaves this module."""


def _constant(name: str) -> None:
    raise _Constant(name)


def _find(body: bytes, name: str) -> int:
    """Where the word stands outside of strings."""
    return _STRING.sub(lambda found: b'"' * len(found[0]), body).find(name.encode())
