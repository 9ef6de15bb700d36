"""Polars' threads are nicer than those that answer."""

from __future__ import annotations

import json
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
