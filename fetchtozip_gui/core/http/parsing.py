"""Parses pages into frames, and finds the one page that spoils a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from fetchtozip_gui.core.errors import BadBody, SourceError
from fetchtozip_gui.core.rows.json_rows import json_frame, known_frame
from fetchtozip_gui.core.schema import unite
from fetchtozip_gui.core.spool_rows import pack

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.fetching import Page

UNIT = 200_000
"""Bytes from which on records are parsed by themselves; smaller pages wait until they are as many together."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of the first `pages` pages of a unit; `error` says why the next one could not be had.

    `schema`, `known` and `packed` are those of a `Part`.
    """

    frame: pl.DataFrame
    pages: int
    schema: pl.Schema | None = None
    known: pl.Schema | None = None
    packed: bytes | None = None
    error: SourceError | None = None
    notes: list[str] = field(default_factory=list)


class Parser:
    """Parses in any thread. `known` is what earlier pages, and only they, were found to be: it makes it quicker."""

    def __init__(self, known: pl.Schema | None) -> None:
        self.known = known
        self.format = "json"

    def learn(self, schema: pl.Schema) -> None:
        """Take in the types of the next part in order."""
        if schema is not self.known and schema != self.known:
            self.known = schema if self.known is None else unite(self.known, schema)

    def page(self, page: Page) -> Parsed:
        """One page by itself. Its bytes are let go of."""
        records, page.records = page.records, b""
        try:
            if self.format == "json":
                return self._json([records])
            return self._file(bytes(records), page.charset)
        except SourceError as error:
            return _nothing(_named(error, page.number))

    def group(self, pages: Sequence[Page]) -> Parsed:
        """Small pages of JSON together."""
        try:
            return self._json([page.records for page in pages])
        except SourceError as error:
            return self._up_to_error(pages, error)

    def _json(self, bodies: Sequence[bytes | memoryview]) -> Parsed:
        known = self.known
        frame = known_frame(bodies, known) if known else None
        if frame is not None:
            return Parsed(frame, len(bodies), known=known, packed=pack(frame))
        notes: list[str] = []
        frame = json_frame(bodies, None, notes)
        return Parsed(frame, len(bodies), packed=pack(frame), notes=notes)

    def _up_to_error(self, pages: Sequence[Page], error: SourceError) -> Parsed:
        good = 0
        for page in pages:
            try:
                json_frame([page.records], self.known)
            except SourceError as own:
                error = _named(own, page.number)
                break
            good += 1
        else:
            return _nothing(error)
        return replace(self._json([page.records for page in pages[:good]]), error=error) if good else _nothing(error)

    def _file(self, body: bytes, charset: str | None) -> Parsed:
        from fetchtozip_gui.core.rows.bodies import body_frame  # heavy: readers that few sources need

        found = body_frame(body, self.format, encoding=charset)
        return Parsed(found.frame, 1, found.schema, packed=pack(found.frame), notes=list(found.notes))


def _nothing(error: SourceError) -> Parsed:
    return Parsed(pl.DataFrame(), 0, error=error)


def _named(error: SourceError, page: int) -> SourceError:
    return BadBody(f"Page {page:,}: {error.message}", error.hint)
