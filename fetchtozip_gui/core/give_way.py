"""Lets heavy work give way to whoever waits for an answer: on a busy machine the window and the server go first."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

LESS = 5
"""Steps of niceness: about a third of what others get where there is not enough for all, and no less where there is."""
NICENESS = 10
"""That of a process with a job, which gives way to the window and the server; alone on the machine it loses nothing."""
_BELOW_NORMAL = 0x4000
"""Windows' priority class for the same."""


def process_gives_way() -> None:
    """All of this process: the work of a millisecond for whoever clicks must not wait for a job's slice of the CPU."""
    with suppress(OSError):
        if sys.platform == "win32":
            import ctypes

            kernel = ctypes.windll.kernel32
            kernel.GetCurrentProcess.restype = ctypes.c_void_p
            kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), _BELOW_NORMAL)
        else:
            os.nice(NICENESS)


def polars_leaves_cores() -> None:
    """Half of the cores for Polars: a job parses, judges and writes in threads of its own beside it, and with as many
    again they only push each other aside. To be called before Polars is loaded; what the user has set stays."""
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, (os.cpu_count() or 1) // 2)))


def polars_gives_way() -> None:
    """The threads in which Polars computes, and none of those that hold Python's lock.

    Linux alone has a niceness a thread, which those it makes inherit, and Polars makes its own at its first work. So
    this does that work, and is to be called before any other; it loads Polars.
    """
    if sys.platform == "linux":
        thread = threading.Thread(target=_first_work)
        thread.start()
        thread.join()


def _first_work() -> None:
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LESS)
    import polars as pl  # heavy: whoever calls wants it loaded

    pl.LazyFrame({"a": [1, 2]}).group_by("a").len().collect(engine="streaming")
