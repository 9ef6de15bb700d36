"""Parses pages into frames, and finds the one page that spoils a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from fetchtozip_gui.core.errors import BadBody, SourceError
from fetchtozip_gui.core.rows.json_rows import json_frame
from fetchtozip_gui.core.schema import unite

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.fetching import Page

UNIT = 200_000
"""Bytes from which on records are parsed by themselves; smaller pages wait until they are as many together."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows of the first `pages` pages of a unit; `error` says why the next one could not be had."""

    frame: pl.DataFrame
    pages: int
    schema: pl.Schema | None = None
    error: SourceError | None = None
    notes: list[str] = field(default_factory=list)


class Parser:
    """Parses in any thread. `known` is what earlier pages, and only they, were found to be: it makes it quicker."""

    def __init__(self, known: pl.Schema | None) -> None:
        self.known = known
        self.format = "json"

    def learn(self, schema: pl.Schema) -> None:
        """Take in the types of the next part in order."""
        if schema != self.known:
            self.known = schema if self.known is None else unite(self.known, schema)

    def page(self, page: Page) -> Parsed:
        """One page by itself. Its bytes are let go of."""
        records, page.records = page.records, b""
        try:
            if self.format == "json":
                notes: list[str] = []
                return Parsed(json_frame([records], self.known, notes), 1, notes=notes)
            return self._file(bytes(records), page.charset)
        except SourceError as error:
            return Parsed(pl.DataFrame(), 0, error=_named(error, page.number))

    def group(self, pages: Sequence[Page]) -> Parsed:
        """Small pages of JSON together."""
        notes: list[str] = []
        try:
            return Parsed(json_frame([page.records for page in pages], self.known, notes), len(pages), notes=notes)
        except SourceError as error:
            return self._up_to_error(pages, error)

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
            return Parsed(pl.DataFrame(), 0, error=error)
        frame = json_frame([page.records for page in pages[:good]], self.known) if good else pl.DataFrame()
        return Parsed(frame, good, error=error)

    def _file(self, body: bytes, charset: str | None) -> Parsed:
        from fetchtozip_gui.core.rows.bodies import body_frame  # heavy: readers that few sources need

        found = body_frame(body, self.format, encoding=charset)
        return Parsed(found.frame, 1, found.schema, notes=list(found.notes))


def _named(error: SourceError, page: int) -> SourceError:
    return BadBody(f"Page {page:,}: {error.message}", error.hint)
