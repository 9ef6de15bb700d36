"""The Files page: files are dropped or chosen, stand in a list, and the chosen one is shown beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.gui.models.files import FILE, FilesModel, OpenedFile
from fetchtozip_gui.gui.theme import colours_of
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.scrolled import GUTTER
from fetchtozip_gui.gui.widgets.shortcut import shortcut
from fetchtozip_gui.gui.widgets.split import split
from fetchtozip_gui.gui.words import counted

Index = QModelIndex | QPersistentModelIndex
KINDS = "Data (*.csv *.tsv *.txt *.json *.jsonl *.ndjson *.xlsx *.parquet *.avro *.xml *.gz *.zip);;All files (*)"
ABOUT = "CSV, JSON, JSON Lines, Excel, Parquet, Avro and XML, also in a ZIP or gzip."


class FilesPage(QWidget):
    """Nothing happens to a file that is opened here: what is exported is another one."""

    def __init__(self, model: FilesModel, make: Callable[[OpenedFile], QWidget]) -> None:
        """`make` gives the pane of a file."""
        super().__init__()
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self.model = model
        self._make = make
        self.panes: dict[OpenedFile, QWidget] = {}
        self.choose = QPushButton("&Choose files…")
        self.list = QListView()
        self.list.setObjectName("opened-files")
        self.close_file = QPushButton("Close file")
        self._summary = label(role="muted")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._follow()

    # --- which file ---------------------------------------------------------------------------------------------

    @property
    def current(self) -> OpenedFile | None:
        """The file that is shown."""
        file: OpenedFile | None = self.list.currentIndex().data(FILE)
        return file

    def pane(self) -> QWidget | None:
        """Its pane."""
        return self.panes.get(self.current) if self.current is not None else None

    def open(self, paths: Sequence[Path]) -> None:
        """Open files, and show the last of them."""
        file = self.model.add(paths)
        if file is not None:
            self.list.setCurrentIndex(self.model.index(self.model.files.index(file)))

    def ask(self) -> None:
        """Have files chosen."""
        dialog = QFileDialog(self.window(), "Open files", "", KINDS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda paths: self.open([Path(path) for path in paths]))
        dialog.open()

    def take_focus(self) -> None:
        """Put the keyboard where the work is."""
        first = self.list if self.model.rowCount() else self.choose
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what is dropped ----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := dropped(event.mimeData()):
            event.acceptProposedAction()
            self.open(paths)

    # --- following ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.choose.clicked.connect(self.ask)
        self.close_file.clicked.connect(self._close)
        self.list.selectionModel().currentChanged.connect(self._show)
        self.model.rowsInserted.connect(self._follow)
        self.model.removed.connect(self._forget)
        shortcuts = (("Ctrl+Shift+O", self, self.ask), ("Delete", self.list, self._close))
        for keys, place, act in shortcuts:
            shortcut(keys, place, act)

    def _close(self) -> None:
        if self.current is not None:
            self.model.remove(self.current)

    def _forget(self, file: OpenedFile) -> None:
        pane = self.panes.pop(file, None)
        if pane is not None:
            self._stack.removeWidget(pane)
            pane.leave()
            pane.deleteLater()
        self._show()
        self._follow()

    def _show(self, *_: QModelIndex) -> None:
        file = self.current
        self.close_file.setEnabled(file is not None)
        if file is None:
            self._stack.setCurrentIndex(0)
            return
        if file not in self.panes:
            self.panes[file] = self._make(file)
            self._stack.addWidget(self.panes[file])
        self._stack.setCurrentWidget(self.panes[file])

    def _follow(self, *_: object) -> None:
        count = self.model.rowCount()
        self._summary.setText(counted(count, "file") if count else "No files yet")
        self._left.setVisible(count > 0)
        if count and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(count - 1))

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.choose.setProperty("role", "beside")
        self.choose.setToolTip("Open files of this computer (Ctrl+Shift+O)")
        self.close_file.setProperty("role", "beside")
        self.close_file.setToolTip("Take the chosen file off the list; nothing happens to the file itself (Del)")
        self.list.setModel(self.model)
        self.list.setAccessibleName("Opened files")
        self.list.setToolTip("Up and Down choose a file; Del takes it off the list")
        self.list.setItemDelegate(_Lines(self.list))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, GUTTER, 0)
        head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label("Files", "title"))
        words.addWidget(self._summary)
        head.addLayout(words, 1)
        head.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignVCenter)
        self._left = QWidget()
        self._left.setProperty("role", "clear")
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(8)
        column.addWidget(self.list, 1)
        column.addWidget(self.close_file)
        self._stack.addWidget(self._empty())
        beside = QFrame()
        beside.setProperty("role", "card")
        inside = QVBoxLayout(beside)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._stack)
        around = QWidget()
        around.setProperty("role", "clear")
        right = QVBoxLayout(around)
        right.setContentsMargins(0, 0, GUTTER, 16)
        right.addWidget(beside)
        self.split = split(Qt.Orientation.Horizontal, "files", {self._left: 240, around: 900})
        self.split.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 8, 0)
        whole.setSpacing(14)
        whole.addLayout(head)
        whole.addWidget(self.split, 1)

    def _empty(self) -> QWidget:
        frame = QWidget()
        frame.setProperty("role", "clear")
        column = QVBoxLayout(frame)
        column.setSpacing(8)
        column.addStretch(1)
        for words, role in (("Drop files here, or choose them", "heading"), (ABOUT, "muted")):
            said = label(words, role, wraps=True)
            said.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(said)
        column.addStretch(1)
        return frame


class _Lines(QStyledItemDelegate):
    """A file's name, and under it what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, 2 * option.fontMetrics.lineSpacing() + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, option.widget)
        colours = colours_of(option.palette)
        line = option.fontMetrics.lineSpacing()
        room = QRect(option.rect).adjusted(10, 6, -8, -6)
        name, _, words = str(index.data()).partition("\n")
        file: OpenedFile = index.data(FILE)
        painter.save()
        for text, colour, down in (
            (name, colours.text, 0),
            (
                f"✗ {words}" if file.state == "failed" else words,
                colours.bad if file.state == "failed" else colours.muted,
                line,
            ),
        ):
            painter.setPen(QColor(colour))
            short = QFontMetrics(option.font).elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(
                QRect(room.left(), room.top() + down, room.width(), line), Qt.AlignmentFlag.AlignLeft, short
            )
        painter.restore()


def dropped(data: QMimeData | None) -> list[Path]:
    """The files among what was dropped."""
    urls = data.urls() if data is not None else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
