"""How all tests run: the number of generated examples."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("run", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("endurance", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("FETCHTOZIP_TESTS", "run"))
