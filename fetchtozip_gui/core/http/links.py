"""Reads the Link header (RFC 8288)."""

from __future__ import annotations

import re

_LINK = re.compile(r"""\s*<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)\s*(?:,|$)""")
_REL = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))""", re.IGNORECASE)
_ANCHOR = re.compile(r";\s*anchor\s*=", re.IGNORECASE)
LIMIT = 64 * 1024


def linked(header: str | None, relation: str) -> str | None:
    """The address of the first link of this relation, as it is written; None without one."""
    text, at = (header or "")[:LIMIT], 0
    while found := _LINK.match(text, at):
        # a link with an anchor is about another page than this one
        rel = None if _ANCHOR.search(found[2]) else _REL.search(found[2])
        if rel and relation in (rel[1] or rel[2] or "").lower().split():
            return found[1]
        at = found.end()
    return None
