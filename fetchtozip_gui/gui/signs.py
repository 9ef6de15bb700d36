"""The program's sign in the taskbar or dock, on which each system shows progress in a way of its own."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ctypes import c_int, c_uint32, c_uint64, c_void_p
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

Sign = Callable[[int | None], None]
"""Shows a percentage, or nothing; harmless where the system does not take it."""

_INTERFACE = "com.canonical.Unity.LauncherEntry"
"""The D-Bus interface to which the docks of GNOME, KDE, Unity and others listen: there is no other they share."""
_PATH = "/com/canonical/unity/launcherentry/fetchtozip"
_PROGRAM = "application://fetchtozip.desktop"
"""The name of the desktop file, by which a dock knows whose progress it is."""

# ITaskbarList3 of shobjidl_core.h: its class, itself, and the places of its methods
_TASKBAR_LIST = "{56FDF344-FD6D-11D0-958A-006097C9A090}"
_TASKBAR_LIST_3 = "{EA1AFB91-9E28-4B86-90E9-9E9F8A5EEFAF}"
_HR_INIT, _SET_PROGRESS_VALUE, _SET_PROGRESS_STATE = 3, 9, 10
_NO_PROGRESS, _NORMAL = 0, 2
_IN_PROCESS = 1
_METHOD = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)


def sign_of(window: Callable[[], int]) -> Sign | None:
    """That of the desktop this program runs on; None where there is none. `window` gives the system's handle."""
    match QGuiApplication.platformName():
        case "xcb" | "wayland" if sys.platform.startswith("linux"):
            from PySide6.QtDBus import QDBusConnection  # only there, and not before a job runs

            return dock(QDBusConnection.sessionBus())
        case "windows":
            taskbar = _taskbar_list()
            return None if taskbar is None else windows_taskbar(taskbar, window)
        case "cocoa":
            return lambda percent: QGuiApplication.setBadgeNumber(percent or 0)
    return None


def dock(bus: QDBusConnection) -> Sign:
    """The docks of Linux desktops."""

    def show(percent: int | None) -> None:
        if not bus.isConnected():
            return
        from PySide6.QtDBus import QDBusMessage  # loaded by now

        message = QDBusMessage.createSignal(_PATH, _INTERFACE, "Update")
        message.setArguments([_PROGRAM, {"progress": (percent or 0) / 100, "progress-visible": percent is not None}])
        bus.send(message)

    return show


def windows_taskbar(taskbar: int, window: Callable[[], int]) -> Sign:
    """The button in Windows' taskbar; `taskbar` is the address of an ITaskbarList3."""

    def show(percent: int | None) -> None:
        handle = window()
        state = _NO_PROGRESS if percent is None else _NORMAL
        _call(taskbar, _SET_PROGRESS_STATE, (c_void_p, handle), (c_int, state))
        if percent is not None:
            _call(taskbar, _SET_PROGRESS_VALUE, (c_void_p, handle), (c_uint64, percent), (c_uint64, 100))

    return show


def _call(thing: int, method: int, *arguments: tuple[Any, Any]) -> int:
    """Call a method of a COM object by its place in the table that the object begins with; below 0 it failed."""
    table = c_void_p.from_address(thing).value
    assert table is not None
    place = c_void_p.from_address(table + method * ctypes.sizeof(c_void_p)).value
    kinds = [kind for kind, _ in arguments]
    return int(_METHOD(c_int, c_void_p, *kinds)(place)(thing, *(value for _, value in arguments)))


def _taskbar_list() -> int | None:
    """A new ITaskbarList3; None where Windows has none to give."""
    if sys.platform != "win32":
        return None
    ole, made = ctypes.OleDLL("ole32"), c_void_p()
    identifiers = []
    for text in (_TASKBAR_LIST, _TASKBAR_LIST_3):
        identifier = ctypes.create_string_buffer(16)
        ole.CLSIDFromString(ctypes.c_wchar_p(text), identifier)
        identifiers.append(identifier)
    kind, interface = identifiers
    try:
        ole.CoCreateInstance(kind, None, c_uint32(_IN_PROCESS), interface, ctypes.byref(made))
    except OSError:
        return None
    return made.value if made.value and _call(made.value, _HR_INIT) >= 0 else None
