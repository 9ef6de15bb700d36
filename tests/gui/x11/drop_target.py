"""A second program's window: what is dropped on it is taken into a folder, moved where the source allows that.

Its first argument is the folder, the others are its place on the screen. It prints `ready`, and after a drop the
path of what it took.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel


class Target(QLabel):
    """As greedy as the greediest file manager: it takes the original away if it may."""

    def __init__(self, folder: Path) -> None:
        super().__init__("Drop here")
        self.setWindowTitle("Drop target")
        self._folder = folder
        self.setAcceptDrops(True)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        may_move = bool(event.possibleActions() & Qt.DropAction.MoveAction)
        event.setDropAction(Qt.DropAction.MoveAction if may_move else Qt.DropAction.CopyAction)
        event.accept()
        for url in event.mimeData().urls():
            file = Path(url.toLocalFile())
            take = shutil.move if may_move else shutil.copy2
            print(take(file, self._folder / file.name), flush=True)


if __name__ == "__main__":
    application = QApplication([])
    target = Target(Path(sys.argv[1]))
    target.setGeometry(*map(int, sys.argv[2:6]))
    target.show()
    print("ready", flush=True)
    application.exec()
