"""Turns the bytes of a text file into UTF-8, whatever they were written in."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from fetchtozip_gui.core.errors import BadBody

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the first half of it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT = 4096


class Text:
    """A text that arrives in chunks, as lines of UTF-8 with `\\n` (and `\\r\\n`) between them.

    Without a given `encoding` a byte order mark decides, then bytes of nought at every second place (UTF-16), and then
    the first stretch that is not plain ASCII: UTF-8 if it is valid, else Windows-1252, else Latin-1. What was found is
    added to `notes`.
    """

    def __init__(self, chunks: Iterable[bytes], encoding: str | None = None, notes: list[str] | None = None) -> None:
        self._chunks = iter(chunks)
        self._given = encoding
        self.encoding: str | None = None
        """What the text is written in; null while that is not decided."""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._only_returns = False
        self._begun = False
        self._notes = [] if notes is None else notes
        self.ended = False
        self.buffer = bytearray()
        """What has arrived and was not dropped yet."""

    def window(self, size: int) -> tuple[bytes, bool]:
        """The whole lines in the next `size` bytes, and whether these are all that is left.

        Nothing when a line is longer than that. What is given depends on the text alone and not on its chunks.
        """
        self._fill(size)
        final = self.ended and len(self.buffer) <= size
        window = self._first(len(self.buffer) if final else self.buffer.rfind(b"\n", 0, size) + 1)
        if self.encoding is None and not window.isascii():
            self._decide(window)
            return self.window(size)
        return window, final

    def peek(self, size: int) -> tuple[bytes, bool]:
        """The next `size` bytes, and whether these are all that is left; for texts that are not made of lines."""
        self._fill(size)
        return self._first(size), self.ended and len(self.buffer) <= size

    def drop(self, count: int) -> None:
        """Forget the first bytes of the window: they are dealt with."""
        del self.buffer[:count]  # moves none of those behind them

    def _first(self, size: int) -> bytes:
        with memoryview(self.buffer) as buffer:
            return bytes(buffer[:size])

    def _fill(self, size: int) -> None:
        while len(self.buffer) <= size and not self.ended:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
                chunk = self._decoded(b"", final=True)
            elif not self._begun:
                # the first chunk may be short: what is looked at must not depend on that
                while len(chunk) < _LOOKED_AT and (more := next(self._chunks, None)) is not None:
                    chunk += more
                chunk = self._begin(chunk)
            else:
                chunk = self._decoded(chunk)
            self.buffer += chunk

    def _begin(self, head: bytes) -> bytes:
        self._begun = True
        mark, marked = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", None))
        name = self._given or marked or _wide(head)
        if name is not None:
            try:
                name = codecs.lookup(name).name
            except LookupError:
                raise BadBody(f"There is no encoding {name!r}.", "Usual ones are utf-8, utf-16 and cp1252.") from None
            if name in ("utf-8-sig", "ascii"):
                name = "utf-8"
            if marked and name.startswith(marked[:6].rstrip("-")):
                head = head[len(mark) :]
                name = marked
            self._settle(name)
        head = self._decoded(head)
        self._only_returns = b"\r" in head and b"\n" not in head
        return head.replace(b"\r", b"\n") if self._only_returns else head

    def _decide(self, window: bytes) -> None:
        for name in ("utf-8", "cp1252", "latin-1"):
            try:
                window.decode(name)
            except UnicodeDecodeError:
                continue
            self._settle(name)
            if self._decoder:
                self.buffer = bytearray(self._decoded(bytes(self.buffer)))
            break

    def _settle(self, name: str) -> None:
        self.encoding = name
        if name != "utf-8":
            self._decoder = codecs.getincrementaldecoder(name)()
            self._notes.append(f"Read as {name}.")

    def _decoded(self, chunk: bytes, final: bool = False) -> bytes:
        if self._decoder is not None:
            try:
                chunk = self._decoder.decode(chunk, final).encode("utf-8")
            except UnicodeError as error:
                raise BadBody(f"The text is not {self.encoding}: {error}.", "Give its `encoding`.") from None
        return chunk.replace(b"\r", b"\n") if self._only_returns else chunk


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: texts that are mostly Latin have a nought beside every letter."""
    looked_at = head[:_LOOKED_AT]
    half = len(looked_at) // 2
    if half and looked_at[1::2].count(0) > 0.4 * half and looked_at[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if half and looked_at[::2].count(0) > 0.4 * half and looked_at[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return None
