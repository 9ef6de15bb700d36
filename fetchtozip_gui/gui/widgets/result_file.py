"""A finished file to take away: by dragging, by Ctrl+C, or opened with Return."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.gui.widgets.labels import OneLine, label
from fetchtozip_gui.gui.words import place


def payload(file: Path) -> QMimeData:
    """What another program gets of a dragged or copied file: its address alone."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    return data


class ResultFile(QFrame):
    """The file of a finished job."""

    opened = Signal()
    refused = Signal(object)
    """A `FetchToZipError`: the file cannot be taken."""

    def __init__(self) -> None:
        super().__init__()
        self._file = Path()
        self._pressed: QPoint | None = None
        self.setProperty("role", "file")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._icon = FileIcon()
        self._name = OneLine("headline", Qt.TextElideMode.ElideMiddle)
        self._about = OneLine("muted", Qt.TextElideMode.ElideMiddle)
        self._how = label("Drag me to a folder", "drag")
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._name)
        words.addWidget(self._about)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 14, 9)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self._how)
        row.addWidget(_Grip())

    def show_file(self, file: Path, note: str) -> None:
        """Offer another file; `note` says how large it is."""
        self._file = file
        self._icon.show_kind(file.suffix.removeprefix("."))
        self._name.setText(file.name)
        self._about.setText(f"{note} · in {place(file.parent)}")
        self.setAccessibleName(f"Result {file.name}, {note}")
        how = "Drag it to a folder or a program. Ctrl+C copies it, Return opens it."
        self.setAccessibleDescription(how)
        self.setToolTip(how)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # the name of the file comes first
        self._how.setVisible(self.width() > 3 * self._how.sizeHint().width())

    def minimumSizeHint(self) -> QSize:
        return QSize(6 * self._icon.width(), super().minimumSizeHint().height())

    # --- by mouse -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if moved >= QGuiApplication.styleHints().startDragDistance():
            self._pressed = None
            self.drag()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def drag(self) -> None:
        """Let the file be carried away, until it is dropped somewhere."""
        if not self._there():
            return
        drag = QDrag(self)
        drag.setMimeData(payload(self._file))
        drag.setPixmap(self._icon.picture())
        drag.setHotSpot(QPoint(self._icon.width() // 2, self._icon.height() // 2))
        # only a copy: where a move is offered, file managers take the result out of its place
        drag.exec(Qt.DropAction.CopyAction)

    # --- by keyboard --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the file on the clipboard, to be pasted in a folder."""
        if not self._there():
            return
        data = payload(self._file)
        # GNOME's file manager pastes nothing without this
        data.setData("x-special/gnome-copied-files", b"copy\n" + data.urls()[0].toEncoded().data())
        QGuiApplication.clipboard().setMimeData(data)

    def _there(self) -> bool:
        if self._file.is_file():
            return True
        self.refused.emit(OutputError(f"The file is no longer at {self._file}.", "Run the job again."))
        return False


class _Grip(QWidget):
    """Six dots, the sign of what can be dragged."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(10, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Link))
        for x in (1, 6):
            for y in (1, 6.5, 12):
                painter.drawEllipse(QRectF(x, y, 2.6, 2.6))


class FileIcon(QWidget):
    """A sheet of paper with the file's kind on it."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = ""
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(36, 42)

    def show_kind(self, kind: str) -> None:
        self._kind = kind.upper()[:7]
        self.update()

    def picture(self) -> QPixmap:
        """The icon on nothing, to be carried over other windows."""
        picture = QPixmap(self.size() * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        self.render(picture, QPoint(), renderFlags=QWidget.RenderFlag(0))
        return picture

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        paper = self.palette().color(QPalette.ColorRole.Button)
        painter.setPen(QPen(accent, 1.4))
        painter.setBrush(paper)
        painter.drawPath(_sheet())
        painter.drawPath(_fold())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        band = QRectF(0, 20, 36, 14)
        painter.drawRoundedRect(band, 3, 3)
        painter.setPen(QColor(self.palette().color(QPalette.ColorRole.HighlightedText)))
        font = painter.font()
        font.setBold(True)
        # drawn in a fixed frame, so in pixels and not in the size of the text around it
        font.setPixelSize(10 if len(self._kind) <= 4 else 7)
        painter.setFont(font)
        painter.drawText(band, Qt.AlignmentFlag.AlignCenter, self._kind)


def _sheet() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(6, 1)
    for x, y in ((22, 1), (32, 11), (32, 41), (4, 41), (4, 3)):
        path.lineTo(x, y)
    path.closeSubpath()
    return path


def _fold() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(22, 1)
    path.lineTo(22, 11)
    path.lineTo(32, 11)
    return path
