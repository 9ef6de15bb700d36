"""A tested page as texts and tables to look at; heavy enough to be made beside the window's thread."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fetchtozip_gui.gui.words import counted, duration, size

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.http.tester import Tested
    from fetchtozip_gui.core.http.watch import Received, Sent

RECORDS = 100
"""Records that are written out as JSON."""
LETTERS = 60_000
"""Of a text that is shown; more would hold the window while it is laid out."""
LINE = 2_000
"""Letters of a line that is shown, for the same reason."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page made ready."""

    tested: Tested
    json: str
    request: str
    status: str
    response: str
    schema: pl.DataFrame


def shown(tested: Tested) -> Shown:
    """Make a page ready to be looked at."""
    return Shown(
        tested,
        _records(tested.frame),
        _request(tested.sent),
        _status(tested.received),
        _response(tested.received),
        _schema(tested.frame),
    )


def _records(frame: pl.DataFrame) -> str:
    # not Polars' own writer, which ends the thread over bytes and times
    text = json.dumps(frame.head(RECORDS).to_dicts(), indent=2, ensure_ascii=False, default=str)
    if frame.height > RECORDS:
        text += f"\n\n… {counted(frame.height - RECORDS, 'record')} more on this page"
    return _bounded(text)


def _request(sent: Sent) -> str:
    lines = [f"{sent.method} {sent.url}", *(f"{name}: {value}" for name, value in sent.headers)]
    return _bounded("\n".join((*lines, "", _pretty(sent.body)) if sent.body else lines))


def _status(received: Received | None) -> str:
    if received is None:
        return "No answer came."
    taken = f"{received.seconds * 1000:,.0f} ms" if received.seconds < 1 else duration(received.seconds)
    parts = [f"{received.status} {received.reason}".strip(), taken, size(received.bytes)]
    if received.content_type:
        parts.append(received.content_type)
    return " · ".join(parts)


def _response(received: Received | None) -> str:
    if received is None:
        return ""
    head = "\n".join(f"{name}: {value}" for name, value in received.headers)
    if b"\0" in received.body[:4096]:
        return f"{head}\n\n{counted(len(received.body), 'byte')} that are no text"
    return _bounded(f"{head}\n\n{_pretty(received.body.decode('utf-8', 'replace'))}")


def _schema(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl  # heavy: after the first paint

    from fetchtozip_gui.gui.models.frame import texts, type_words

    rows = []
    missing = frame.null_count().row(0) if frame.width else ()
    for column, nulls in zip(frame.get_columns(), missing, strict=True):
        example = next((text for text in texts(column.drop_nulls().head(1), 120)), None)
        share = _share(nulls / frame.height) if nulls else "none"
        rows.append((column.name, type_words(column.dtype), share, example))
    names = ("Column", "Type", "Missing", "Example")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _share(of: float) -> str:
    # a single missing value is not none
    return f"{of:.0%}" if of >= 0.005 else "< 1%"


def _pretty(text: str) -> str:
    """JSON with a line for each value; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _bounded(text: str) -> str:
    more = len(text) - LETTERS
    lines = text[:LETTERS].splitlines()
    cut = "\n".join(
        line if len(line) <= LINE else f"{line[:LINE]} … {len(line) - LINE:,} letters more" for line in lines
    )
    return f"{cut}\n\n… {more:,} letters more" if more > 0 else cut
