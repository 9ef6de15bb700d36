"""A second program that listens as the docks of desktops do, on the bus whose address is its first argument.

It prints `ready`, and then what it hears, a line of JSON each. It is no part of the test's process: there Qt's thread
of the bus would ask a Python object for its type, and wait for Python, while Python waits for that thread to connect.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import SLOT, QCoreApplication, QObject, Slot
from PySide6.QtDBus import QDBusConnection


class Dock(QObject):
    """Tells the program, its progress, and whether that is shown."""

    @Slot("QString", "QVariantMap")
    def hear(self, program: str, shown: dict[str, Any]) -> None:
        print(json.dumps([program, shown["progress"], shown["progress-visible"]]), flush=True)


if __name__ == "__main__":
    application = QCoreApplication([])
    bus = QDBusConnection.connectToBus(sys.argv[1], "dock")
    dock = Dock()
    if not bus.connect("", "", "com.canonical.Unity.LauncherEntry", "Update", dock, SLOT("hear(QString,QVariantMap)")):
        sys.exit(bus.lastError().message())
    print("ready", flush=True)
    application.exec()
