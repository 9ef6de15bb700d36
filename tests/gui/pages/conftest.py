"""A draft and what was found of its source, for the panes of the Export page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from fetchtozip_gui.core.http.tester import Sent, Tested
from fetchtozip_gui.gui.models.findings import Findings


@pytest.fixture
def find(findings: Findings) -> Callable[..., None]:
    """Tells of a first page with these columns."""

    def tell(**columns: Any) -> None:
        frame = pl.DataFrame(columns)
        sent = Sent("GET", "http://127.0.0.1/", (), "")
        findings.tell(Tested(frame, frame.schema, None, None, frame.height, "$", {}, (), sent, None, None))

    return tell
