"""A screen of a test's own: an X server, a window manager, and a hand that moves the mouse and types."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from programs import needed

PATIENCE = 120.0
"""Seconds that a loaded machine may take for anything that is waited for."""
STEP = 0.03
"""Seconds between two moves of a drag: a window that is dragged over has to answer each of them."""
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found | None], what: str, seconds: float = PATIENCE) -> Found:
    """What `look` finds, as soon as that is something; `AssertionError` that names what never came."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"In {seconds:.0f} s there was no {what}."
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Screen:
    """A running X server with a window manager on it."""

    display: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """For programs that are to be shown here, with nothing of this machine's settings but where programs are."""
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        own = {"DISPLAY": self.display, "HOME": str(self.home), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "xcb"}
        return {**kept, **own}

    def window(self, pid: int) -> str:
        """The number of the window that a process shows, once it does."""
        return wait_for(lambda: self._window(pid), f"window of process {pid}")

    def property(self, window: str, name: str) -> str:
        """What a window says of itself, as xprop words it."""
        return self._ask("xprop", "-id", window, name)

    def click(self, x: int, y: int) -> None:
        self._hand("mousemove", "--sync", x, y)
        self._hand("click", 1)

    def drag(self, start: tuple[int, int], end: tuple[int, int], steps: int = 25) -> None:
        """Carry something as a hand does: pressed, moved step by step, held still, let go."""
        self._hand("mousemove", "--sync", *start)
        self._hand("mousedown", 1)
        for step in range(1, steps + 1):
            x, y = (round(a + (b - a) * step / steps) for a, b in zip(start, end, strict=True))
            self._hand("mousemove", x, y)
            time.sleep(STEP)
        time.sleep(10 * STEP)
        self._hand("mouseup", 1)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each like `Tab` or `ctrl+Return`."""
        self._hand("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        self._hand("type", "--delay", 20, text)

    def close_button(self, window: str) -> tuple[int, int]:
        """The middle of the window manager's own button: the last one of the title."""
        _, right, top, _ = self._frame(window)
        # not xdotool's figures, which count the frame twice
        told = self._ask("xwininfo", "-id", window)
        x, y, width = (
            int(re.search(rf"{name}: +(-?\d+)", told)[1])  # type: ignore[index]
            for name in ("Absolute upper-left X", "Absolute upper-left Y", "Width")
        )
        return x + width + right - top // 2, y - top // 2

    def _frame(self, window: str) -> tuple[int, ...]:
        def look() -> tuple[int, ...]:
            told = self.property(window, "_NET_FRAME_EXTENTS").partition("=")[2]
            return tuple(map(int, re.findall(r"\d+", told)))

        return wait_for(look, "frame around the window")

    def _window(self, pid: int) -> str | None:
        told = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--all", "--pid", str(pid), "--name", "."],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return next(iter(told.stdout.split()), None)

    def _hand(self, *words: object) -> str:
        return self._ask("xdotool", *words)

    def _ask(self, *words: object) -> str:
        command = [str(word) for word in words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout


@contextmanager
def screen(home: Path, size: tuple[int, int] = (1920, 1080)) -> Iterator[Screen]:
    """An empty screen; `home` is the user's folder for the programs on it. Skips where a program is not there."""
    needed("Xvfb", "openbox", "xdotool", "xprop")
    width, height = size
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    # the server itself takes a number that is free, and says which
    with _running(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        number = server.stdout.readline().decode().strip()
        assert number, "Xvfb ended before it was ready"
        shown = Screen(f":{number}", home)
        with _running(["openbox", "--sm-disable"], env=shown.environment, stdout=subprocess.DEVNULL):
            wait_for(lambda: "window id" in shown._ask("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "window manager")
            yield shown


@contextmanager
def _running(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
