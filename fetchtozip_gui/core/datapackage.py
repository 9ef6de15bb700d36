"""The manifest of an exported archive: a Data Package (version 2 of the standard, https://datapackage.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from fetchtozip_gui import __version__
from fetchtozip_gui.core.schema import type_name
from fetchtozip_gui.core.secrets import redact
from fetchtozip_gui.core.verdict import Verdict

if TYPE_CHECKING:
    from fetchtozip_gui.core.rejects import Rejected

NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The first moment that a ZIP can say; stands where nobody said when a job started."""


@dataclass(frozen=True, slots=True)
class About:
    """What an export tells of its job. `recipe` is its public form; whatever still looks like a secret is masked.

    `started` is also the date of the archive's members, so that the same job makes the same bytes.
    """

    recipe: Mapping[str, Any] = field(default_factory=dict)
    name: str = "export"
    started: datetime = EARLIEST
    verdict: Verdict | None = None
    pages: int = 0
    fetched_rows: int = 0
    fetched_bytes: int = 0
    notes: tuple[str, ...] = ()
    """Sentences of the steps; those of the writer come after them."""
    rejects: Rejected | None = None
    """The finished list of rejects, for a member beside the data."""


@dataclass(frozen=True, slots=True)
class Resource:
    """The data beside the manifest: `digest` is the SHA-256 of its bytes before they are packed, in hexadecimals."""

    path: str
    format: str
    media_type: str
    schema: pl.Schema
    rows: int
    bytes: int
    digest: str
    text: bool = True
    delimiter: str | None = None
    safe_for_spreadsheets: bool = False


def describe(
    about: About, resource: Resource, notes: Sequence[str] = (), rejects: Resource | None = None
) -> dict[str, Any]:
    """The manifest as JSON values; `rejects` is the member that lists the rows that broke a rule."""
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": slug(about.name),
        "title": about.name,
        "created": moment(about.started),
        "resources": [_resource(resource), *([_resource(rejects)] if rejects is not None else [])],
    }
    if sources := _sources(about.recipe):
        package["sources"] = sources
    package["fetchtozip"] = _own(about, resource, notes)
    return package


def to_bytes(package: Mapping[str, Any]) -> bytes:
    """As it stands in the archive: the same values make the same bytes."""
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def slug(name: str) -> str:
    """A name as the standard likes it: small letters, digits and . _ - alone."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-.") or "export"


def moment(when: datetime) -> str:
    """ISO 8601 in UTC to the second; a time without a zone is taken for UTC."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _resource(resource: Resource) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": slug(resource.path.rpartition(".")[0]),
        "path": resource.path,
        "type": "table",
        "format": resource.format,
        "mediatype": resource.media_type,
    }
    if resource.text:
        made["encoding"] = "utf-8"
    made |= {"bytes": resource.bytes, "hash": f"sha256:{resource.digest}", "rowCount": resource.rows}
    if resource.delimiter is not None:
        made["dialect"] = {"delimiter": resource.delimiter, "lineTerminator": "\n", "quoteChar": '"', "header": True}
    made["schema"] = {
        "fields": [_field(name, dtype) for name, dtype in resource.schema.items()],
        "missingValues": [""] if resource.delimiter is not None else [],
    }
    return made


def _field(name: str, dtype: pl.DataType) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "type": type_name(dtype)}
    if dtype == pl.Binary:
        made["format"] = "binary"
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        made["timezone"] = dtype.time_zone
    return made


def _sources(recipe: Mapping[str, Any]) -> list[dict[str, str]]:
    """Where the rows are from, in the standard's words, without what is secret in an address."""
    source = redact(recipe.get("source") or {})
    title = str(source.get("type", ""))
    for key in ("url", "path", "key", "job_id"):
        if source.get(key):
            return [{"title": title, "path": str(source[key])}]
    return [{"title": title}] if title else []


def _own(about: About, resource: Resource, notes: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"version": __version__, "recipe": redact(dict(about.recipe))}
    if about.verdict is not None:
        verdict = about.verdict
        made["verdict"] = {"state": verdict.state, "words": verdict.words}
        if verdict.expected is not None:
            made["verdict"]["expected"] = verdict.expected
    made |= {
        "started": moment(about.started),
        "pages": about.pages,
        "fetched_rows": about.fetched_rows,
        "fetched_bytes": about.fetched_bytes,
        "notes": [*about.notes, *notes],
    }
    if about.rejects is not None:
        of = about.rejects
        made["rejects"] = {"path": of.place, "rows": of.rows, "dropped": of.dropped, "faults": of.faults}
    if resource.delimiter is not None:
        made["safe_for_spreadsheets"] = resource.safe_for_spreadsheets
    return made
