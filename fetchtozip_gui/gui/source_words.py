"""How the window calls what a source's recipe has, and what was found out about a source as a line of links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.gui.form_specs import Path, Words
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Tested

KINDS = {"http": "HTTP source", "file": "File", "job": "Earlier job"}
"""The sources that can be chosen, with what they are called; another one is added here when its engine exists."""

_HOW = {
    "auto": "Found out",
    "none": "One request",
    "page": "Page numbers",
    "offset": "Row offsets",
    "cursor": "Cursor",
    "link": "Link header",
    "next_url": "Next address",
}
_WHO = {
    "none": "Nobody is named",
    "basic": "Name and password",
    "bearer": "Bearer token",
    "api_key": "API key",
    "cookie": "Cookies",
    "oauth2": "OAuth 2 client",
}
_FORMATS = {
    "auto": "Found out",
    "json": "JSON",
    "jsonl": "JSON Lines",
    "csv": "CSV",
    "tsv": "TSV",
    "xml": "XML",
    "xlsx": "Excel",
    "parquet": "Parquet",
    "avro": "Avro",
    "delta": "Delta",
}

_NAMED = re.compile(r"source\.([a-z_]+)\b(?!:)")

HTTP: Mapping[str, Words] = {
    "url": Words("Address", "Where the data is; its query is kept", "https://api.example.com/orders"),
    "rate_limit": Words("Rate", "Requests a second; empty is as fast as the source answers", "max"),
    "page_limit": Words("Pages", "Pages at most; empty is until the end", "all"),
    "concurrency": Words("At once", "Requests side by side, where the pagination allows it"),
    "method": Words("Method", "GET asks; POST sends a body as well"),
    "params": Words("Parameters", "Added to the address's query. A value may be keyring:NAME or env:NAME"),
    "headers": Words("Headers", "Sent to the source's own host alone. A value may be keyring:NAME or env:NAME"),
    "json": Words("Body", "Sent as JSON with every request; empty sends none", "no body"),
    "auth": Words("With", "How the source learns who asks", names=_WHO),
    "auth.username": Words("Name", "Who asks"),
    "auth.password": Words("Password", "Kept in the keyring, never in the recipe"),
    "auth.token": Words("Token", "Kept in the keyring, never in the recipe"),
    "auth.name": Words("Key's name", "The header or parameter that carries the key"),
    "auth.value": Words("Key", "Kept in the keyring, never in the recipe"),
    "auth.in": Words("Sent in", "Where the key goes", names={"header": "Header", "query": "Query"}),
    "auth.cookies": Words("Cookies", "Sent with every request; what the source sets itself is not kept"),
    "auth.token_url": Words("Token address", "Where a token is fetched, and again before it expires"),
    "auth.client_id": Words("Client id", "The name of the client that the source knows"),
    "auth.client_secret": Words("Client secret", "Kept in the keyring, never in the recipe"),
    "auth.scope": Words("Scope", "What the token is to be good for; empty where the source decides", "as it decides"),
    "format": Words("Format", "What the answers are", names=_FORMATS),
    "records": Words("Records", "Where the records are: auto, or a JSONPath such as $.data", "auto"),
    "pagination": Words("Next page", "How the next page is asked for", names=_HOW),
    "pagination.param": Words("Parameter", "The parameter that moves on to another page"),
    "pagination.start": Words("Begins at", "The number of the first page or row"),
    "pagination.size_param": Words("Size's name", "The parameter that asks for rows a page", "the source decides"),
    "pagination.size": Words("Rows a page", "How many rows a page are asked for"),
    "pagination.offset_param": Words("Offset's name", "The parameter that holds the first row's number"),
    "pagination.limit_param": Words("Limit's name", "The parameter that asks for rows a page", "the source decides"),
    "pagination.limit": Words("Rows a page", "How many rows a page are asked for"),
    "pagination.cursor": Words("Cursor", "Where the cursor is in the answer, as a JSONPath", "$.next_cursor"),
    "pagination.in": Words(
        "Sent in", "Where the cursor goes", names={"query": "Query", "body": "Body", "header": "Header"}
    ),
    "pagination.more": Words("More", "Where the answer says whether there is more, as a JSONPath", "nowhere"),
    "pagination.next": Words("Address", "Where the next address is in the answer, as a JSONPath", "$.next"),
    "timeout": Words("Timeout", "Seconds for one attempt at a page, from connecting to its last byte"),
    "retries": Words("Retries", "How often a page that failed is tried again"),
    "retry_post": Words("POST only reads", "A POST that failed may then be repeated"),
    "max_page_bytes": Words("Page's bytes", "Bytes of one page at most, after decompression"),
    "proxy": Words("Proxy", "The address of a proxy; empty takes the system's", "the system's"),
    "verify_tls": Words("Check certificates", "Off takes every certificate: only for servers that are known"),
    "allow_hosts": Words(
        "Other hosts", "Hosts that next addresses may lead to, without credentials; with commas between", "none"
    ),
    "incremental": Words(
        "Fetch",
        "The highest value of a column is kept, and the next run asks for what lies above it",
        names={"none": "All rows, every time", "given": "Only those above a column's highest value"},
    ),
    "incremental.column": Words("Column", "The column that only grows, such as updated_at"),
    "incremental.param": Words("Parameter", "The parameter that asks for rows from a value on"),
    "incremental.start": Words("First value", "What is sent when no earlier run kept one", "nothing"),
}
"""Refines the fields of `HttpSource` for people."""
_SAID = {name: words.label for name, words in HTTP.items()} | {"auth": "Sign in", "incremental": "New rows"}

FILE: Mapping[str, Words] = {
    "path": Words("File", "Where the file is; ~ is your own folder", "~/data/orders.csv"),
    "format": Words("Format", "What the file is; found out by its first bytes and its name", names=_FORMATS),
    "sheet": Words("Sheet", "Of a workbook: its name, or its number from 1", "the first with rows"),
    "delimiter": Words("Delimiter", "Between the fields of a CSV", "found out"),
    "encoding": Words("Encoding", "Of a text, such as utf-8 or cp1252", "found out"),
    "member": Words("File in the ZIP", "Where a ZIP holds several", "the only one"),
    "quote": Words(
        "Quotes",
        "Around the fields of a CSV in which a delimiter stands",
        names={"auto": "Found out", "double": 'Double "', "single": "Single '", "none": "None"},
    ),
    "header": Words("Names in", "The line or row that holds the names; those before it are left out; 0 is none"),
    "records": Words("Rows at", "In a JSON a JSONPath such as $.data, in an XML the element as orders/order", "auto"),
    "bad_lines": Words(
        "Bad lines",
        "What becomes of a line of a CSV or JSON Lines that is no row",
        names={"stop": "End the reading there", "skip": "Leave them out, and list them"},
    ),
}
"""Refines the fields of `FileSource`."""

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Request": ("method", "params", "headers", "json"),
    "Sign in": ("auth",),
    "Paging": ("format", "records", "pagination"),
    "Limits": ("timeout", "retries", "retry_post", "max_page_bytes"),
    "Network": ("proxy", "verify_tls", "allow_hosts"),
    "New rows": ("incremental",),
}
"""What is out of sight until it is wanted, in groups."""
IN_SIGHT = ("rate_limit", "page_limit", "concurrency")
"""What stands under the address."""

_ACTS = {"auth": "how to sign in", "incremental": "which rows are fetched", "path": "the file", "job_id": "the job"}
"""What is changed, where the field's name does not tell."""

HARMLESS = frozenset(
    {"rate_limit", "page_limit", "concurrency", "timeout", "retries", "retry_post", "max_page_bytes", "proxy"}
)
"""Fields that change how rows are fetched, but not which: what was found stays true."""


def change(kind: str, path: Path) -> str:
    """What undo calls a change of a field: `Change rate`."""
    name = ".".join(path)
    hand = (FILE if kind == "file" else HTTP).get(name)
    label = hand.label if hand is not None and hand.label else path[-1]
    return f"Change {_ACTS.get(name) or label.lower()}"


def in_window(text: str) -> str:
    """What is said of `source.url` and the like, with the names that the window has for them."""
    return _NAMED.sub(lambda found: f"“{_SAID[found[1]]}”" if found[1] in _SAID else found[0], text)


@dataclass(frozen=True, slots=True)
class Link:
    """A part of what was found, and the field that changes it."""

    text: str
    field: str


def found(tested: Tested) -> list[Link]:
    """What was found, part by part: where the records are, how the next page is asked for, how many there are."""
    parts = []
    if tested.format == "json":
        parts.append(Link(f"records at {tested.records}", "records"))
    elif tested.format:
        parts.append(Link(f"rows of {_FORMATS.get(tested.format, tested.format)}", "format"))
    if tested.pagination:
        parts.append(Link(_next_page(tested.pagination), "pagination"))
    count = "page_limit" if tested.pagination else "format"
    if tested.rows_total is not None:
        pages = f" in {counted(tested.pages_total, 'page')}" if tested.pages_total else ""
        parts.append(Link(f"{counted(tested.rows_total, 'row')}{pages}", count))
    elif tested.pages_total is not None:
        parts.append(Link(counted(tested.pages_total, "page"), count))
    elif tested.more:
        parts.append(Link(f"{counted(tested.page_rows, 'row')} a page, and nobody says how many pages", count))
    elif not tested.pagination:
        parts.append(Link(f"more than {counted(tested.page_rows, 'row')}", count))
    return parts


def _next_page(how: Mapping[str, Any]) -> str:
    match how.get("type"):
        case "page":
            return f"next page by ?{how['param']}="
        case "offset":
            return f"next page by ?{how['offset_param']}="
        case "cursor":
            return f"next page by the cursor at {how['cursor']}"
        case "link":
            return "next page by the Link header"
        case "next_url":
            return f"next page by the address at {how['next']}"
        case _:
            return "one request for all"


def why(tested: Tested) -> str:
    """Why that is so, as far as somebody said it; a sentence."""
    for sentence in tested.said:
        if sentence.startswith("Pagination:") and "because " in sentence:
            return f"Because {in_window(sentence.partition('because ')[2].rstrip('.'))}."
    return "" if tested.pagination else " ".join(tested.said)


def linked(parts: list[Link]) -> str:
    """Parts as rich text; what a source says is never taken for markup."""
    texts = [f'<a href="{part.field}">{escape(part.text)}</a>' for part in parts]
    return "; ".join(texts)
