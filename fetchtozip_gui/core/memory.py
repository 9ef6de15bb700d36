"""Asks the allocators under a job to keep little: each native library brings one that trades memory for time."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

_OF_GLIBC = {-8: 1, -3: 32 << 20, -1: 16 << 20}
"""`M_ARENA_MAX`, `M_MMAP_THRESHOLD` and `M_TRIM_THRESHOLD` of `mallopt`: one arena, of which the buffers of some
megabytes that come and go with each part of the rows are taken: new pages cost more than what is written to them."""
_JEMALLOC = "narenas:1,tcache_max:8192,background_thread:false,dirty_decay_ms:500,muzzy_decay_ms:0"
"""Polars': one arena, small pieces alone are kept by each thread, and what is unused for half a second goes back."""
_OF_POLARS = "dirty_decay_ms:500,muzzy_decay_ms:1000"
"""What Polars writes before all else where it is loaded; processes that are started from there inherit it."""
_SETTINGS = {
    # pyreqwest's: no pages of 2 MB, of which a little is used
    "MIMALLOC_ALLOW_THP": "0",
    # Polars' engine: fewer stretches of rows are read ahead of who takes them
    "POLARS_DEFAULT_LINEARIZER_BUFFER_SIZE": "1",
    "POLARS_DEFAULT_DISTRIBUTOR_BUFFER_SIZE": "1",
}


def keep_little() -> None:
    """Settle it for this process; to be called before anything heavy is imported. What the user has set stays.

    Without this a job of any size takes 20 MB more.
    """
    told = os.environ.get("_RJEM_MALLOC_CONF", "")
    for ours in (_OF_POLARS, _JEMALLOC):
        told = told.replace(ours, "")
    # of two words about one thing the later counts
    os.environ["_RJEM_MALLOC_CONF"] = ",".join([_JEMALLOC, *(word for word in told.split(",") if word)])
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc
            for setting, amount in _OF_GLIBC.items():
                ctypes.CDLL(None).mallopt(setting, amount)


def give_back() -> None:
    """Give the system what the C library holds for later, between two kinds of work: some 12 MB after a job."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)
