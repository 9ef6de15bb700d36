"""How all tests run: the number of generated examples."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# the same examples in every run: what is new is looked for by the endurance run
settings.register_profile(
    "run", max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("endurance", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("FETCHTOZIP_TESTS", "run"))


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real practice source, one for each test process."""
    # heavy: a server, for those tests alone that ask one
    from fetchtozip_gui.api.doors.practice import build
    from fetchtozip_gui.api.server import serve

    with serve(build(tmp_path_factory.mktemp("practice")), port=0) as served:
        yield served.url
