"""A server for the sessions of one page of the help."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serve_process import Serving, serving


@pytest.fixture(scope="module")
def help_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("help")) as running:
        yield running
