"""Takes the codings off a body as it arrives, within limits, and demands that everything ends where it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fetchtozip_gui.core.errors import BadBody
from fetchtozip_gui.core.http.codings import CODINGS, Buffer, Coding, Spoiled

ACCEPTED = "gzip, deflate, br, zstd"
MAX_LAYERS = 2
MAX_EXPANSION = 400
"""Bytes out for one byte in; more is a bomb. Real data stays below 100, and deflate cannot pass 1,032."""
FREE_BYTES = 8 << 20
"""What may come out before the expansion counts."""

_SLICE = 1 << 16


class Damaged(BadBody):
    """The body is cut or corrupt, so another try may bring it whole. Never leaves this room: it ends as `BadBody`."""


def codings(headers: Mapping[str, str], where: object) -> tuple[str, ...]:
    """The names in Content-Encoding in the order they were applied; `BadBody` names one we cannot read."""
    header = headers.get("content-encoding", "")
    named = tuple(name for part in header.split(",") if (name := part.strip().lower()) not in ("", "identity"))
    for name in named:
        if name not in CODINGS:
            raise BadBody(
                f"{where} came in the encoding {name[:40]!r}, which cannot be read here.",
                f"Known are {ACCEPTED}; a header Accept-Encoding in source.headers asks for one of them.",
            )
    if len(named) > MAX_LAYERS:
        raise BadBody(
            f"{where} is compressed {len(named)} times over; at most {MAX_LAYERS} layers are taken off.",
            "Ask the source for uncompressed pages: a header Accept-Encoding identity in source.headers.",
        )
    return named


class Body:
    """Collects one answer: `add` what arrives, then `whole` gives the decoded bytes; both raise `BadBody`.

    `limit` bounds the bytes on the wire, and those that come out of each layer (`max_page_bytes`).
    """

    def __init__(self, names: tuple[str, ...], limit: int, where: object) -> None:
        self.wire_bytes = 0
        self._fed = 0
        self._where = where
        self._limit = limit
        self._layers = [CODINGS[name]() for name in reversed(names)]
        self._made = [0] * len(names)
        self._pieces: list[Buffer] = []

    def add(self, chunk: Buffer) -> None:
        self.wire_bytes += len(chunk)
        if self.wire_bytes > self._limit:
            raise too_large(self._where, self._limit, "on the wire")
        if not self._layers:
            self._pieces.append(chunk)
            return
        view = memoryview(chunk)
        try:
            # small slices, since a library copies what follows each end of a stream
            for start in range(0, len(view), _SLICE):
                self._fed += len(view[start : start + _SLICE])
                self._pieces.extend(self._through(0, view[start : start + _SLICE]))
        except Spoiled as reason:
            raise self._damaged(reason) from None

    def whole(self) -> bytes:
        try:
            for layer in self._layers:
                layer.end()
        except Spoiled as reason:
            raise self._damaged(reason) from None
        pieces = self._pieces
        return bytes(pieces[0]) if len(pieces) == 1 else b"".join(pieces)

    def _through(self, depth: int, data: Buffer) -> Iterator[Buffer]:
        if depth == len(self._layers):
            yield data
            return
        layer: Coding = self._layers[depth]
        for piece in layer.feed(data):
            self._made[depth] += len(piece)
            self._check(self._made[depth])
            if piece:
                yield from self._through(depth + 1, piece)

    def _check(self, made: int) -> None:
        if made > self._limit:
            raise too_large(self._where, self._limit, "after decompression")
        if made > FREE_BYTES and made > MAX_EXPANSION * self._fed:
            raise BadBody(
                f"{self._where} expands to more than {MAX_EXPANSION} times its size (expansion limit).",
                "That is how a decompression bomb looks; ask the source for smaller or for uncompressed pages.",
            )

    def _damaged(self, reason: Spoiled) -> Damaged:
        return Damaged(
            f"{self._where} did not come whole: {reason}.", "The answer was cut or damaged; nothing of it was used."
        )


def too_large(where: object, limit: int, how: str) -> BadBody:
    return BadBody(
        f"{where} is larger than {limit:,} bytes {how} (max_page_bytes).",
        "Ask for smaller pages, or raise source.max_page_bytes.",
    )
