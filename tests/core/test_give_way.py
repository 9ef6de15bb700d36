"""Polars' threads are nicer than those that answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from fetchtozip_gui.core.give_way import LESS

CODE = """
import json, os
from fetchtozip_gui.core.give_way import polars_gives_way
polars_gives_way()
found = []
for task in os.listdir("/proc/self/task"):
    try:
        head, _, rest = open(f"/proc/self/task/{task}/stat").read().rpartition(")")
    except OSError:  # it has ended meanwhile
        continue
    found.append((head.partition("(")[2], int(rest.split()[16])))
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a niceness for each thread")
def test_what_computes_is_nicer_than_what_answers() -> None:
    threads = json.loads(subprocess.check_output([sys.executable, "-c", CODE], text=True))
    computing = [nice for name, nice in threads if name in ("polars-0", "polars-1")]
    assert computing
    assert min(computing) >= LESS


POOL = """
from fetchtozip_gui.core.give_way import polars_leaves_cores
polars_leaves_cores()
import polars
print(polars.thread_pool_size())
"""


def test_half_of_the_cores_are_for_polars_unless_the_user_says_otherwise() -> None:
    others = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}

    def size(**user: str) -> int:
        return int(subprocess.check_output([sys.executable, "-c", POOL], env={**others, **user}, text=True))

    assert size() == max(1, (os.cpu_count() or 1) // 2)
    assert size(POLARS_MAX_THREADS="3") == 3
