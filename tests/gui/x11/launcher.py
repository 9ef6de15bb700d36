"""Starts the window as it is, and answers on standard output where on the screen its widgets stand.

For each line on standard input it prints one line: a JSON list of what is shown, each with its name, kind, text, place
(left, top, width, height), and whether it has the keyboard.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from named_widgets import shown
from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QWidget

from fetchtozip_gui import app


class Guide(QObject):
    """Hears the questions in a thread of its own, answers them in the window's."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self.answer, Qt.ConnectionType.QueuedConnection)

    def listen(self) -> None:
        for _ in sys.stdin:
            self.asked.emit()

    def answer(self) -> None:
        told = [_described(name, kind, widget) for name, kind, widget in shown()]
        print(json.dumps(told), flush=True)


def _described(name: str, kind: str, widget: QWidget) -> dict[str, Any]:
    # of a widget that is half scrolled away: the part that can be clicked
    part = widget.visibleRegion().boundingRect()
    place = QRect(widget.mapToGlobal(QPoint(part.left(), part.top())), part.size())
    text = getattr(widget, "text", str)
    return {
        "name": name,
        "kind": kind,
        "text": text() if callable(text) else "",
        "place": place.getRect(),
        "has_focus": widget.hasFocus(),
    }


if __name__ == "__main__":
    guide = Guide()
    threading.Thread(target=guide.listen, daemon=True).start()
    raise SystemExit(app.main(sys.argv[1:]))
