"""The HTTP source: a paged web API as a recipe describes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator

from fetchtozip_gui.core.events import Said
from fetchtozip_gui.core.http.auth import ApiKey, Auth, NoAuth
from fetchtozip_gui.core.http.expressions import expression
from fetchtozip_gui.core.http.paging import AutoPages, Pagination
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.work import Done, Tools, Yielded, threads, working

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.client import Client
    from fetchtozip_gui.core.http.retry import Patience
    from fetchtozip_gui.core.http.template import Template
    from fetchtozip_gui.core.http.watch import Watch


def _sendable(value: Any) -> Any:
    for one in value if isinstance(value, list) else (value,):
        if not isinstance(one, (str, int, float, bool, type(None))):
            raise ValueError("must be text, a number, true, false or null, or a list of those")
    return value


_SCALARS = [{"type": name} for name in ("string", "number", "boolean", "null")]
Value = Annotated[
    Any,
    AfterValidator(_sendable),
    WithJsonSchema({"anyOf": [*_SCALARS, {"type": "array", "items": {"anyOf": _SCALARS}}]}),
]


def _web_address(url: str) -> str:
    from fetchtozip_gui.core.http.address import address  # only loaded where there is an address

    url = url.strip()
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError("must be an address that begins with https:// or http://")
    address(url)
    return url


def _records(text: str) -> str:
    if text != "auto":
        expression(text)
    return text


def _spelled_out(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class Incremental(Model):
    """Only what is newer than the last time: the highest value of a column is sent as a parameter."""

    column: str = Field(min_length=1)
    param: str = Field(min_length=1)
    start: str | int | float | None = None
    """What is sent when nothing was kept from an earlier run; null sends nothing then."""


class HttpSource(Model):
    """A web API, read page by page."""

    model_config = ConfigDict(serialize_by_alias=True)

    type: Literal["http"] = "http"
    url: Annotated[str, AfterValidator(_web_address)]
    """The address, http or https; its query is kept."""
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Value] = Field(default_factory=dict)
    """Added to the query. A value may be `keyring:NAME` or `env:NAME`."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Sent to the source's own host alone. A value may be `keyring:NAME` or `env:NAME`."""
    body: Any = Field(default=None, alias="json")
    """Sent as JSON with every request; null sends none."""
    auth: Annotated[Auth, BeforeValidator(_spelled_out)] = NoAuth()
    format: Literal["auto", "json", "jsonl", "csv", "xml", "xlsx", "parquet"] = "auto"
    records: Annotated[str, AfterValidator(_records)] = "auto"
    """Where the records are: `auto`, or a JSONPath (RFC 9535)."""
    pagination: Pagination = AutoPages()
    rate_limit: float | None = Field(default=10, gt=0, le=100_000)
    """Requests a second; null is as fast as the source answers."""
    page_limit: int | None = Field(default=100, ge=1)
    """Pages at most; null is until the end."""
    concurrency: int = Field(default=8, ge=1, le=256)
    """Requests side by side, where the pagination allows it."""
    timeout: float = Field(default=30, gt=0, le=86_400)
    """Seconds for one attempt at a page, from connecting to its last byte."""
    retries: int = Field(default=5, ge=0, le=100)
    retry_post: bool = False
    """Whether a POST only reads, so that it may be repeated when it fails."""
    max_page_bytes: int = Field(default=256 * 1024 * 1024, ge=1024, le=2**40)
    """Bytes of one page after decompression."""
    verify_tls: bool = True
    proxy: str | None = None
    """null is the system's, an empty text none."""
    incremental: Incremental | None = None
    allow_hosts: tuple[str, ...] = ()
    """Other hosts that next addresses may lead to, without credentials."""

    @field_validator("params", mode="before")
    @classmethod
    def _no_nulls(cls, params: Any) -> Any:
        return {} if params is None else params

    def with_since(self, value: str | int | float) -> HttpSource:
        """The same source, asked for what is newer than `value` (the highest one that was kept)."""
        if self.incremental is None:
            return self
        return self.model_copy(update={"incremental": self.incremental.model_copy(update={"start": value})})

    def read(
        self, tools: Tools, done: Done, *, watch: Watch | None = None, patience: Patience | None = None
    ) -> Iterator[Yielded]:
        """Parts in the source's order; see `core.work`. A part's cursor has the highest value of the incremental
        column as `incremental`. `watch` and `patience` (in place of `retries`) are for who tries a source out."""
        # only loaded by jobs that ask for pages
        from fetchtozip_gui.core.http.detect import Wanted
        from fetchtozip_gui.core.http.fetching import Ending
        from fetchtozip_gui.core.http.reading import Reading

        ending = Ending(tools.stop)
        own = replace(tools, stop=ending)
        heard: deque[Said] = deque()
        client = self._client(own, heard, watch, patience)
        reading = Reading(
            client.fetch,
            self._template(),
            Wanted(self.format, self.records, self.pagination),
            page_limit=self.page_limit,
            concurrency=self.concurrency,
            column=self.incremental.column if self.incremental else None,
            heard=heard,
            tools=tools,
            done=done,
        )
        # left in this order: first what runs is told to stop, then its threads are waited for
        with working(tools) as parsers, threads(self.concurrency, "fetch") as fetchers:
            try:
                yield from reading.run(fetchers, parsers)
            finally:
                ending.set()
                client.close()

    def _template(self) -> Template:
        from fetchtozip_gui.core.http.template import Template

        since = self.incremental
        template = Template(
            self.url,
            self.params,
            method=self.method,
            json=self.body,
            key=self.auth.name if isinstance(self.auth, ApiKey) and self.auth.place == "query" else "",
            allowed=self.allow_hosts,
        )
        return template if since is None or since.start is None else template.sending(since.param, since.start)

    def _client(
        self, tools: Tools, heard: deque[Said], watch: Watch | None = None, patience: Patience | None = None
    ) -> Client:
        from fetchtozip_gui.core.http.client import Client
        from fetchtozip_gui.core.http.message import Request

        client = Client(
            tools=tools,
            auth=self.auth,
            timeout=self.timeout,
            retries=self.retries,
            rate_limit=self.rate_limit,
            concurrency=self.concurrency,
            max_page_bytes=self.max_page_bytes,
            verify_tls=self.verify_tls,
            proxy=self.proxy,
            allow_hosts=self.allow_hosts,
            headers=self.headers,
            retry_post=self.retry_post,
            say=heard.append,
            patience=patience,
            watch=watch,
        )
        # the address of the recipe is the source's own, also when this run begins at a next address
        client.settle(Request(self.url))
        return client
