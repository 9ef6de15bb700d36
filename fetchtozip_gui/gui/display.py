"""Says in words why no window can be opened here, before Qt ends the process over it."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping

from fetchtozip_gui.core.errors import FetchToZipError

X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What Qt's X11 platform loads, and the Debian package of each."""
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""What Qt loads on every Linux."""


def check(environment: Mapping[str, str] = os.environ) -> None:
    """Raise `FetchToZipError` where a window cannot be: no screen, or libraries that are missing."""
    if not sys.platform.startswith("linux"):
        return
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if not chosen and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        raise FetchToZipError(
            "There is no screen for a window: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "`fetchtozip demo` and `fetchtozip run` need none.",
        )
    on_x11 = chosen.startswith("xcb") or not (chosen or environment.get("WAYLAND_DISPLAY"))
    needed = LIBRARIES | (X11_LIBRARIES if on_x11 else {})
    if missing := [package for library, package in needed.items() if not _loads(library)]:
        raise FetchToZipError(
            "The window needs system libraries that are missing.",
            f"On Debian and Ubuntu: sudo apt-get install -y --no-install-recommends {' '.join(missing)}",
        )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
