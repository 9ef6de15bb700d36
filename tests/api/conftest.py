"""A real browser for the tests of pages, where one is installed."""

from __future__ import annotations

from collections.abc import Iterator

import browser as real
import pytest


@pytest.fixture(scope="session")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DevTools of a headless Chromium in which evil.test is this computer and no other name exists."""
    program = real.found()
    if program is None:
        pytest.skip(real.WHY_NOT)
    names = "MAP evil.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE evil.test"
    with real.browser(program, tmp_path_factory.mktemp("profile"), f"--host-resolver-rules={names}") as address:
        yield address


@pytest.fixture
def page(devtools: str) -> Iterator[real.Page]:
    """A new tab."""
    with real.page(devtools) as opened:
        yield opened
