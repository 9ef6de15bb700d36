"""Says whether a result is complete, partial or empty, in words: never just green."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fetchtozip_gui.core.errors import PageFailed, SourceError

State = Literal["complete", "partial", "empty"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` for programs, `words` for people; `limited` when the job stopped at its own page limit."""

    state: State
    words: str
    rows: int = 0
    expected: int | None = None
    limited: bool = False
    rejected: int = 0
    """Rows that broke a rule of a validating step, dropped or not."""

    def with_rejects(self, rows: int, dropped: int, where: str) -> Verdict:
        """The verdict where `rows` broke a rule; they are listed in `where`."""
        what = "were dropped" if dropped == rows else "broke a rule" + (f", {dropped:,} dropped" if dropped else "")
        words = (
            f"{self.words}; {rows:,} row{'' if rows == 1 else 's'} {what.replace('were', 'was') if rows == 1 else what}"
        )
        return replace(self, words=f"{words} ({where})", rejected=rows)


def judge(
    *,
    rows: int,
    pages: int,
    total_rows: int | None,
    total_pages: int | None,
    limited: bool,
    failure: SourceError | None,
) -> Verdict:
    """Compare fetched `rows` and `pages` (before steps) with what the source declared.

    A failed page makes a result partial, and so does a declared total that was not reached, unless the job's own
    page limit ended it. More rows than declared are complete, and said.
    """
    if failure is not None:
        where = ""
        if isinstance(failure, PageFailed) and failure.page:
            where = f"page {failure.page}" + (f" of {total_pages:,}" if total_pages else "") + " failed"
            where += f" with {failure.status}" if failure.status else ""
        reason = where or failure.message.rstrip(".")
        return Verdict("partial", f"Partial: {reason}; {rows:,} rows kept", rows, total_rows)
    of = f"{rows:,} of {total_rows:,} rows" if total_rows is not None else f"{rows:,} rows"
    if limited:
        words = f"Complete up to the page limit: {of} in {pages:,} pages; the source has more"
        return Verdict("complete", words, rows, total_rows, limited=True)
    if total_rows is not None and rows < total_rows:
        missing = total_rows - rows
        words = f"Partial: the source declares {total_rows:,} rows and sent {rows:,}; {missing:,} are missing"
        return Verdict("partial", words, rows, total_rows)
    if rows == 0:
        return Verdict("empty", "Empty: the source answered no rows", 0, total_rows)
    if total_rows is not None and rows > total_rows:
        words = f"Complete: {rows:,} rows, {rows - total_rows:,} more than the source declared"
        return Verdict("complete", words, rows, total_rows)
    return Verdict("complete", f"Complete: {of}", rows, total_rows)
