"""The content codings of HTTP as streams that give bounded pieces, see their own end and refuse what follows it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

MAX_STREAMS = 10_000
"""Gzip members or zstd frames in one body; each costs time even when it is empty."""

_PIECE = 1 << 20
_ZSTD_WINDOW_LOG = 23  # 8 MiB, the largest window of the zstd content coding (RFC 9659)
_GZIP, _ZLIB, _BARE = 31, 15, -15  # zlib's wbits

Buffer = bytes | memoryview


class Spoiled(Exception):
    """A stream is not what its coding says; the text says how, as the end of a sentence."""


class _Stream(Protocol):
    """One compressed stream: `over` once its end was seen, `rest` is what came after it."""

    over: bool
    rest: bytes

    def push(self, data: Buffer) -> Iterator[bytes]: ...


class Coding:
    """A layer of compression: `feed` what arrives, take the pieces, and call `end` when nothing more comes.

    `several` allows streams one after another that count as one: gzip members (RFC 1952), zstd frames (RFC 8878).
    `first` are the bytes each of them begins with, where there is only one possibility.
    """

    def __init__(self, name: str, open_one: Callable[[], _Stream], several: bool = False, first: bytes = b"") -> None:
        self._name = name
        self._open = open_one
        self._several = several
        self._first = first
        self._stream: _Stream | None = None
        self._opened = 0

    def feed(self, data: Buffer) -> Iterator[bytes]:
        while len(data):
            stream = self._stream or self._next(data)
            yield from self._pushed(stream, data)
            if not stream.over:
                return
            data, self._stream = stream.rest, None

    def end(self) -> None:
        if self._stream is not None or not self._opened:
            raise Spoiled(f"the {self._name} stream has no end")

    def _next(self, data: Buffer) -> _Stream:
        start = bytes(data[: len(self._first)])
        if self._opened and (not self._several or not self._first.startswith(start)):
            raise Spoiled(f"something follows the end of the {self._name} stream")
        if self._opened == MAX_STREAMS:
            raise Spoiled(f"it is made of more than {MAX_STREAMS:,} {self._name} streams")
        self._opened += 1
        self._stream = self._open()
        return self._stream

    def _pushed(self, stream: _Stream, data: Buffer) -> Iterator[bytes]:
        try:
            yield from stream.push(data)
        except Spoiled:
            raise
        except Exception as error:  # each library has its own class, and isal's cannot be named
            what = "what follows the first" if self._opened > 1 else "the"
            raise Spoiled(f"{what} {self._name} stream is corrupt ({error})") from None


class _Inflate:
    """One DEFLATE stream in the wrapping `wbits` says, checksum and length checked by the library."""

    def __init__(self, wbits: int) -> None:
        from isal import isal_zlib  # heavy: only for compressed answers

        self._engine: Any = isal_zlib.decompressobj(wbits)
        self.over = False
        self.rest = b""

    def push(self, data: Buffer) -> Iterator[bytes]:
        while True:
            yield self._engine.decompress(data, _PIECE)
            data = self._engine.unconsumed_tail
            if self._engine.eof:
                self.over, self.rest = True, self._engine.unused_data
                return
            if not data:
                return


class _Deflate:
    """`deflate` as RFC 9110 has it (zlib), or bare as some servers send it: the first two bytes tell."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Inflate | None = None
        self.over = False
        self.rest = b""

    def push(self, data: Buffer) -> Iterator[bytes]:
        if self._inner is None:
            data = self._head = self._head + bytes(data)
            if len(data) < 2:
                return
            zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inner = _Inflate(_ZLIB if zlib else _BARE)
        yield from self._inner.push(data)
        self.over, self.rest = self._inner.over, self._inner.rest


class _Zstd:
    """One zstd frame; the window is bounded, so that a frame cannot ask for more memory than the coding allows."""

    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression import zstd  # heavy: only for compressed answers
        else:
            from backports import zstd

        options = {int(zstd.DecompressionParameter.window_log_max): _ZSTD_WINDOW_LOG}
        self._engine: Any = zstd.ZstdDecompressor(options=options)
        self.over = False
        self.rest = b""

    def push(self, data: Buffer) -> Iterator[bytes]:
        while True:
            yield self._engine.decompress(data, _PIECE)
            data = b""
            if self._engine.eof:
                self.over, self.rest = True, self._engine.unused_data
                return
            if self._engine.needs_input:
                return


class _Brotli:
    """One brotli stream. The library itself refuses bytes after the end, if they come in the same piece."""

    def __init__(self) -> None:
        import brotli  # type: ignore[import-untyped]  # heavy: only for compressed answers

        self._engine: Any = brotli.Decompressor()
        self.over = False
        self.rest = b""

    def push(self, data: Buffer) -> Iterator[bytes]:
        piece = self._engine.process(data, output_buffer_limit=_PIECE)
        while piece or not self._engine.can_accept_more_data():
            yield piece
            if self._engine.is_finished():
                break
            # it may say that it accepts more while it still holds output: only an empty piece means that all is out
            piece = self._engine.process(b"", output_buffer_limit=_PIECE)
        self.over = self._engine.is_finished()


CODINGS: dict[str, Callable[[], Coding]] = {
    "gzip": lambda: Coding("gzip", lambda: _Inflate(_GZIP), several=True, first=b"\x1f\x8b"),
    "deflate": lambda: Coding("deflate", _Deflate),
    "br": lambda: Coding("brotli", _Brotli),
    "zstd": lambda: Coding("zstd", _Zstd, several=True),
}
CODINGS["x-gzip"] = CODINGS["gzip"]
