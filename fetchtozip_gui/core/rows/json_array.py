"""Cuts a JSON list of any size into lists of a bounded one, without holding it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.rows.delimited import LONGEST
from fetchtozip_gui.core.rows.encodings import Text
from fetchtozip_gui.core.rows.json_units import SIZE

_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_TRIES = 8
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},"]', re.DOTALL)
_BLANK = b" \t\r\n"


def begins_list(head: bytes) -> bool:
    """Whether a JSON document that begins like this is a list."""
    text = Text([head]).peek(len(head) + 1)[0]
    return text.lstrip(_BLANK).startswith(b"[")


def array_parts(chunks: Iterable[bytes], encoding: str | None = None, size: int = SIZE) -> Iterator[bytes]:
    """The items of the list as lists of about `size` bytes each; joined they are the list, valid or not.

    Where they are cut depends on the bytes alone. `BadBody` for an item beyond any measure.
    """
    text = Text(chunks, encoding)
    window, final = text.peek(size)
    begun = len(window) - len(window.lstrip(_BLANK))
    text.drop(begun + 1)
    wanted = size
    while True:
        window, final = text.peek(wanted)
        if final:
            yield b"[" + window
            return
        end = _items_end(window)
        if not end:
            wanted *= 2
            if wanted > LONGEST:
                raise BadBody(
                    f"A record of the JSON list is longer than {LONGEST:,} bytes (limit of a record).",
                    "The file may be cut or damaged.",
                )
            continue
        wanted = size
        yield b"[" + window[:end] + b"]"
        text.drop(window.index(b",", end) + 1)


def _items_end(window: bytes) -> int:
    """Where the last item that is followed by a comma ends; 0 when there is none."""
    end = len(window)
    for _ in range(_TRIES):
        end = window.rfind(b"}", 0, end)
        if end < 0:
            break
        if window[end + 1 :].lstrip(_BLANK)[:1] == b"," and _are_items(window[: end + 1]):
            return end + 1
    return _scanned_end(window)


def _are_items(piece: bytes) -> bool:
    """Inside an item or a text the brackets or quotes would not be balanced, so valid items end where items end."""
    try:
        _ITEMS.decode(b"[" + piece + b"]")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True


def _scanned_end(window: bytes) -> int:
    depth = end = 0
    for found in _TOKEN.finditer(window):
        token = found[0]
        if token in b"[{":
            depth += 1
        elif token in b"]}":
            depth -= 1
        elif token == b'"':
            # a text that goes on behind the window
            break
        elif token == b"," and depth == 0:
            end = found.start()
    return end
