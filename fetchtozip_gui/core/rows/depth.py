"""Finds JSON that is nested too deeply, before a parser that recurses meets it."""

from __future__ import annotations

import re

LIMIT = 64
"""Levels of objects and lists in one body, its outermost list included."""

_KEPT = b'[]{}"'
_OTHERS = bytes(set(range(256)) - set(_KEPT))
_ALIKE = bytes.maketrans(b"{}", b"[]")
_TOO_MANY = b"[" * (LIMIT + 1)
_STRINGS = re.compile(rb'"[^"]*"')


def too_deep(body: bytes) -> bool:
    """Whether brackets outside strings are open more than `LIMIT` deep; takes about 2 ms a MB."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    left = body.translate(_ALIKE, _OTHERS)
    # two quotes side by side are an empty string, or the end of one and the start of the next: neither hides brackets
    left = left.replace(b'""', b"")
    if b'"' in left:
        left = _STRINGS.sub(b"", left)
    levels = 0
    while b"[]" in left:
        if levels == LIMIT or _TOO_MANY in left:
            return True
        # takes the innermost level away, everywhere at once
        left = left.replace(b"[]", b"")
        levels += 1
    # what does not pair up belongs to a broken body, which is the parser's to tell as long as it is shallow
    return levels + left.count(b"[") > LIMIT
