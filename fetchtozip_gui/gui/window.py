"""The window: the form of an export on the left, the jobs on the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui import draft
from fetchtozip_gui.gui.acts import Acts
from fetchtozip_gui.gui.bridge import Bridge
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.widgets.export_form import START, ExportForm
from fetchtozip_gui.gui.widgets.job_list import JobList
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.scrolled import GUTTER
from fetchtozip_gui.gui.words import counted, place

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine


class Window(QMainWindow):
    """Shows what the engine tells, and asks it for what the user wants. It can be seen before there is an engine."""

    first_painted = Signal()
    asked_again = Signal()
    """The user wants another try at opening the data folder."""

    def __init__(self, errands: Errands, icon: QIcon) -> None:
        super().__init__()
        self._errands = errands
        self._engine: Engine | None = None
        self._starts_when_open = False
        self._closes = False
        self._was_painted = False
        self.bridge = Bridge(self)
        self.form = ExportForm()
        self.jobs = JobList()
        self._acts = Acts(errands, self._begun, self)
        self.notice = Notice()
        self._again = QPushButton("Try again")
        self._again.setToolTip("Open the data folder again")
        self._again.hide()
        self.setWindowTitle("FetchToZip")
        self.setWindowIcon(icon)
        self.setAcceptDrops(True)
        self._lay_out(icon)
        self._connect()
        self.resize(1200, 760)
        self.form.go_to_address()

    # --- the engine comes and goes ------------------------------------------------------------------------------

    def open(self, engine: Engine, jobs: list[Job], practice: Mapping[str, Any], address: str) -> None:
        """There is an engine: show its jobs, and begin what was asked for meanwhile."""
        self._engine = engine
        self.notice.clear()
        self._again.hide()
        self.bridge.follow(engine.watch)
        self.jobs.fill(jobs)
        self.form.know_practice(practice)
        self._tell_place(f"Practice source on {address}", f"Data in {place(engine.folder.root)}")
        if self._starts_when_open:
            self._starts_when_open = False
            self.start()

    def cannot_open(self, error: FetchToZipError) -> None:
        """Say why there is no engine."""
        self.notice.fail(error)
        self._again.show()
        self._tell_place("Not ready", "")

    def leave(self) -> None:
        """Hear no more of the engine, which is about to end."""
        self.bridge.leave()
        self._engine = None

    # --- what the user asks for ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Have the form's draft done."""
        self.form.clear_notices()
        engine, wanted = self._engine, self.form.draft()
        if engine is None:
            # pressed in the first moment: the program is nearly ready
            self._starts_when_open = True
            return
        # heavy: looking at the folder and locking it may take longer than a frame
        self._errands.run(lambda: draft.submit(engine, wanted), self._begun, self.form.fail)

    def _begun(self, job: Job) -> None:
        self.jobs.show_job(job)
        self.jobs.go_to_top()

    def act(self, act: str, job_id: str) -> None:
        """Do what a card asks for; what goes wrong is said on the card."""
        if self._engine is not None:
            self._acts.do(act, self._engine, self.jobs.cards[job_id])

    # --- an address dropped anywhere ----------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _address_in(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.form.address.setText(_address_in(event))
        self.form.go_to_address()
        event.acceptProposedAction()

    # --- closing ------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        at_work = self.jobs.at_work()
        if self._closes or not at_work:
            event.accept()
            return
        event.ignore()
        self._ask_to_close(len(at_work))

    def _ask_to_close(self, count: int) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Close FetchToZip")
        box.setText(f"{counted(count, 'job')} {'is' if count == 1 else 'are'} still running.")
        box.setInformativeText("What was fetched is kept: after the next start, Resume goes on from there.")
        pause = box.addButton("Pause and close", QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton("Keep working", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        pause.clicked.connect(self._close_now)
        box.open()

    def _close_now(self) -> None:
        self._closes = True
        # when the question itself is gone
        QTimer.singleShot(0, self.close)

    # --- the window itself --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def restore(self, geometry: QByteArray) -> None:
        """Stand where the window stood, if that is still on a screen."""
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)

    def _connect(self) -> None:
        self.bridge.changed.connect(self.jobs.show_job)
        self.jobs.asked.connect(self.act)
        self.form.started.connect(self.start)
        self._again.clicked.connect(self.asked_again)
        for keys, act in (
            (START, self.start),
            (QKeySequence("Ctrl+Enter"), self.start),
            (QKeySequence("Ctrl+L"), self.form.go_to_address),
            (QKeySequence("Ctrl+J"), self._go_to_newest),
            (QKeySequence(QKeySequence.StandardKey.Quit), self.close),
        ):
            QShortcut(keys, self).activated.connect(act)

    def _go_to_newest(self) -> None:
        card = self.jobs.newest()
        if card is not None:
            card.take_focus()

    def _tell_place(self, source: str, data: str) -> None:
        self._source.setText(source)
        self._data.setText(data)

    def _lay_out(self, icon: QIcon) -> None:
        page = QWidget()
        page.setObjectName("page")
        left = QWidget()
        # in characters, so that it grows with the system's text, as long as there is room for both
        left.setMaximumWidth(self.fontMetrics().averageCharWidth() * 58)
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(10)
        inside.addWidget(label("New job", "heading"))
        inside.addWidget(self.form, 1)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(left, 2)
        columns.addWidget(self.jobs, 3)
        trouble = QHBoxLayout()
        trouble.setContentsMargins(0, 0, GUTTER, 0)
        trouble.addWidget(self.notice, 1)
        trouble.addWidget(self._again)
        whole = QVBoxLayout(page)
        whole.setContentsMargins(24, 20, 12, 0)
        whole.setSpacing(16)
        whole.addLayout(_header(icon))
        whole.addLayout(trouble)
        whole.addLayout(columns, 1)
        self.setCentralWidget(page)
        self._source, self._data = QLabel("Getting ready…"), QLabel()
        for told in (self._source, self._data):
            told.setTextFormat(Qt.TextFormat.PlainText)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(22, 0, 22, 0)
        self.statusBar().addWidget(self._source)
        self.statusBar().addPermanentWidget(self._data)


def _header(icon: QIcon) -> QHBoxLayout:
    sign = QLabel()
    sign.setPixmap(icon.pixmap(40, 40))
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(label("Export", "title"))
    words.addWidget(label("Fetch every page of a source and get one file.", "muted"))
    row = QHBoxLayout()
    row.setSpacing(14)
    row.addWidget(sign)
    row.addLayout(words)
    row.addStretch(1)
    return row


def _address_in(event: QDropEvent) -> str:
    """The web address that is dropped, empty where it is none."""
    data = event.mimeData()
    text = data.urls()[0].toString() if data.hasUrls() and data.urls() else data.text().strip()
    return text if QUrl(text).scheme() in ("http", "https") else ""
