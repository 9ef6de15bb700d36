"""A draft and what was found of its source, without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.http.tester import Sent, Tested
from fetchtozip_gui.gui.models.findings import Findings


def tested_page(columns: Mapping[str, Any]) -> Tested:
    """A first page with these columns."""
    frame = pl.DataFrame(columns)
    sent = Sent("GET", "http://127.0.0.1/", (), "")
    return Tested(frame, frame.schema, None, None, frame.height, "$", {"type": "none"}, (), sent, None, None)


@pytest.fixture
def find(findings: Findings) -> Callable[..., None]:
    """Tells of a first page with these columns."""

    def tell(**columns: Any) -> None:
        findings.tell(tested_page(columns))

    return tell
