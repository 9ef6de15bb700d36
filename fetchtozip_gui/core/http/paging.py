"""How a source hands out its pages: the recipe's `pagination`, and the plan that a first answer turns it into."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Field

from fetchtozip_gui.core.http.expressions import expression
from fetchtozip_gui.core.http.message import Place
from fetchtozip_gui.core.http.records import Records
from fetchtozip_gui.core.model import Model


def _checked(text: str) -> str:
    expression(text)
    return text


JsonPath = Annotated[str, BeforeValidator(_checked), Field(max_length=1024)]
"""An expression of RFC 9535 that was parsed once, so that a wrong one is told before anything runs."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A request parameter's name."""


class AutoPages(Model):
    """Looks at the first answer and picks one of the others."""

    type: Literal["auto"] = "auto"


class OnePage(Model):
    """One request."""

    type: Literal["none"] = "none"


class PageNumbers(Model):
    """`?page=1&limit=100`, `?page=2&limit=100`, …"""

    type: Literal["page"] = "page"
    param: Name = "page"
    start: int = Field(default=1, ge=0)
    """The first page's number."""
    size_param: Name | None = "limit"
    """The parameter that asks for `size` rows a page; null where the source decides."""
    size: int = Field(default=100, ge=1)


class Offsets(Model):
    """`?offset=0&limit=100`, `?offset=100&limit=100`, …"""

    type: Literal["offset"] = "offset"
    offset_param: Name = "offset"
    limit_param: Name | None = "limit"
    limit: int = Field(default=100, ge=1)
    start: int = Field(default=0, ge=0)
    """The first row's number: 1 for sources that count from one."""


class Cursors(Model):
    """Each answer holds a cursor that the next request sends back."""

    type: Literal["cursor"] = "cursor"
    cursor: JsonPath
    """Where the cursor is in the answer."""
    param: Name
    """Its name in the request; in a body, a dot goes one object deeper (`variables.after`)."""
    where: Place = Field(default="query", alias="in")
    more: JsonPath | None = None
    """Where the answer says whether there is more (true or false), if it does."""


class Links(Model):
    """The next page's address is in the answer's `Link` header (RFC 8288, `rel="next"`)."""

    type: Literal["link"] = "link"


class NextAddresses(Model):
    """The next page's address is in the answer."""

    type: Literal["next_url"] = "next_url"
    next: JsonPath


def _spelled_out(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


Known = Union[OnePage, PageNumbers, Offsets, Cursors, Links, NextAddresses]  # noqa: UP007 - used as a value
Pagination = Annotated[
    Union[AutoPages, Known],  # noqa: UP007
    Field(discriminator="type"),
    BeforeValidator(_spelled_out),
]


class Plan(Model):
    """What was found out from the first answer: enough to go on without asking for it again."""

    format: Literal["json", "jsonl", "csv", "xml", "xlsx", "parquet"] = "json"
    records: Records = Records()
    pagination: Annotated[Known, Field(discriminator="type")] = OnePage()
    guesses: tuple[Annotated[Known, Field(discriminator="type")], ...] = ()
    """What to try next when the second page shows that `pagination` is not understood."""
    guessed: bool = False
    """Whether `pagination` still has to prove itself with a second page that differs."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Where in the body `next`, `more`, `total` and `total_pages` are."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Which headers hold `total` and `total_pages`."""

    def document(self) -> dict[str, Any]:
        """As JSON, for the cursor of a part."""
        return self.model_dump(mode="json", by_alias=True)
