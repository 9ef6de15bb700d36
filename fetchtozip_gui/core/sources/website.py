"""The words of the website source; its engine is not in this version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.work import Done, Tools, Yielded


class WebsiteSource(Model):
    """The pages of a website as rows: url, title, depth, markdown, html, status, fetched_at."""

    available: ClassVar[bool] = False
    type: Literal["website"] = "website"
    url: str = Field(pattern=r"^https?://")
    """Where the crawl begins."""
    render_javascript: bool = False
    max_depth: int = Field(default=10, ge=0, le=100)
    """Links that may be followed one after another."""
    include_patterns: tuple[str, ...] = ()
    """Globs of addresses that are taken; none takes all."""
    exclude_patterns: tuple[str, ...] = ()
    """Globs of addresses that are left out."""
    rate_limit: float | None = Field(default=2.0, gt=0)
    """Requests a second; null asks as fast as the site answers."""
    timeout: float = Field(default=30, gt=0)
    """Seconds for one page."""
    cache_enabled: bool = True
    cache_ttl: int = Field(default=3600, ge=0)
    """Seconds that a page in the cache stays good."""

    def read(self, tools: Tools, done: Done) -> Iterator[Yielded]:
        raise NotInThisVersion("The source `website` is not in this version.", "Use http for an API of the site.")
