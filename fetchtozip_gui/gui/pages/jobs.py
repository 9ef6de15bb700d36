"""The Jobs page: every job in a list, and the one that is chosen with all that can be done with it and its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.engine.job import LOG_LINES, Job, Line, now_utc
from fetchtozip_gui.gui.models.jobs import JOB, JobsFilter, JobsModel
from fetchtozip_gui.gui.widgets.cards import card
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.widgets.job_list import CLOCK_MS
from fetchtozip_gui.gui.widgets.job_rows import JobRows
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.scrolled import GUTTER, Scrolled
from fetchtozip_gui.gui.widgets.shortcut import shortcut
from fetchtozip_gui.gui.words import counted

Lines = Callable[[str, Callable[[Sequence[Line]], None]], None]
"""Asks for every line of a job's log; they come a moment later."""
_SIGNS = {"info": "  ", "warning": "! ", "error": "× "}


class JobsPage(QWidget):
    """A list that stays fluid with thousands of jobs, and one card beside it."""

    asked = Signal(str, str)
    """An act and a job's id."""
    removed = Signal(object)
    """A list of the jobs that are to be removed."""
    shown = Signal(str)
    """The id of a job that is seen now and was not before."""

    def __init__(self, jobs: JobsModel, lines: Lines) -> None:
        super().__init__()
        self.setObjectName("page")
        self._jobs = jobs
        self._lines = lines
        self._logged: tuple[str, int] = ("", 0)
        self._seen = ""
        self.card: JobCard | None = None
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a job by name, state or words of its end")
        self.filter.setAccessibleName("Find a job")
        self.filter.setToolTip("Show only the jobs that have all these words (Ctrl+F)")
        self.filter.setClearButtonEnabled(True)
        self.rows = JobsFilter(jobs, self)
        self.list = self._list()
        self.log = QPlainTextEdit()
        self._summary = label(role="muted")
        self._none = label(role="muted", wraps=True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._beside = QVBoxLayout()
        self._lay_out()
        self._connect()
        self._follow_list()

    # --- which job ----------------------------------------------------------------------------------------------

    def choose(self, job_id: str) -> None:
        """Show a job, also one that the filter had left out."""
        if not self.rows.mapFromSource(self._jobs.index_of(job_id)).isValid():
            self.filter.clear()
        index = self.rows.mapFromSource(self._jobs.index_of(job_id))
        self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.list.scrollTo(index)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def chosen(self) -> list[Job]:
        """The jobs that are selected in the list."""
        return [index.data(JOB) for index in self.list.selectionModel().selectedRows()]

    def _current(self) -> Job | None:
        job: Job | None = self.list.currentIndex().data(JOB)
        return job

    # --- following ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._ask)
        self.list.selectionModel().currentChanged.connect(self._show_current)
        self.list.doubleClicked.connect(self._open)
        self._jobs.job_changed.connect(self._follow_job)
        for told in (self.rows.modelReset, self.rows.rowsInserted, self.rows.rowsRemoved):
            told.connect(self._follow_list)
        self._clock = QTimer(self, interval=CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        for keys, act in (("Ctrl+F", self._go_to_filter), ("Delete", self._remove)):
            shortcut(keys, self, act)

    def _ask(self, text: str) -> None:
        self.rows.ask(text)
        self._follow_list()

    def _follow_list(self) -> None:
        shown, all_jobs = self.rows.rowCount(), self._jobs.rowCount()
        running = len(self._jobs.active())
        told = [f"{running:,} running"] if running else []
        told.append(counted(all_jobs, "job") if shown == all_jobs else f"{shown:,} of {counted(all_jobs, 'job')}")
        self._summary.setText(" · ".join(told))
        if shown and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.rows.index(0, 0))
        self._none.setText(
            "No job has all these words."
            if all_jobs
            else "No jobs yet. Press Ctrl+1, then Start: the first takes seconds."
        )
        self._left.setCurrentIndex(0 if shown else 1)
        self._show_current()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._seen and self.rows.rowCount():
            # it may have been made before the newest job was
            self.list.setCurrentIndex(self.rows.index(0, 0))
        self._follow_list()
        if self.card is not None:
            self._show_log(self.card.job)

    def _follow_job(self, job: Job) -> None:
        if not self.isVisible():
            return  # ten times a second while it runs: a page that nobody sees waits until somebody does
        if self.card is not None and job.id == self.card.job.id:
            self.card.show_job(job, now_utc())
            self._show_log(job)
        self._summary_soon.start()

    def _tick(self) -> None:
        if self.isVisible():
            self.list.viewport().update()
            if self.card is not None:
                self.card.show_job(self.card.job, now_utc())

    def _show_current(self, *_: QModelIndex) -> None:
        job = self._current()
        self._detail.setVisible(job is not None)
        if job is None:
            return
        if self.card is None:
            self.card = JobCard(job, now_utc())
            self.card.asked.connect(self.asked)
            self._beside.insertWidget(0, self.card)
        else:
            self.card.show_job(job, now_utc())
        if job.id != self._logged[0]:
            self._show_log(job)
        if self.isVisible() and job.id != self._seen:
            self._seen = job.id
            self.shown.emit(job.id)

    def _show_log(self, job: Job) -> None:
        if self._logged == (job.id, len(job.log)) and len(job.log) < LOG_LINES:
            return
        self._logged = (job.id, len(job.log))
        self._write(job.log)
        if len(job.log) >= LOG_LINES and not job.is_active:
            # a snapshot keeps the newest lines alone
            self._lines(job.id, lambda lines: self._write_all(job.id, lines))

    def _write_all(self, job_id: str, lines: Sequence[Line]) -> None:
        if self._logged[0] == job_id and len(lines) > LOG_LINES:
            self._write(lines)

    def _write(self, lines: Sequence[Line]) -> None:
        text = "\n".join(_told(line) for line in lines)
        if text == self.log.toPlainText():
            return  # what is selected there stays selected
        bar = self.log.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        self.log.setPlainText(text)
        if at_end:
            bar.setValue(bar.maximum())

    # --- asking -------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        job = self._current()
        if job is not None and job.result:
            self.asked.emit("open_file", job.id)

    def _remove(self) -> None:
        if self.list.hasFocus():
            self.removed.emit(self.chosen())

    def _go_to_filter(self) -> None:
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    # --- layout -------------------------------------------------------------------------------------------------

    def _list(self) -> QListView:
        made = QListView()
        made.setModel(self.rows)
        made.setItemDelegate(JobRows(made))
        made.setUniformItemSizes(True)
        made.setMouseTracking(True)
        made.setAccessibleName("Jobs")
        made.setToolTip("Drag a row to a folder to get its file; Delete removes the job")
        made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        made.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        made.setDefaultDropAction(Qt.DropAction.CopyAction)
        return made

    def _lay_out(self) -> None:
        self._summary_soon = QTimer(self, singleShot=True, interval=250)
        self._summary_soon.timeout.connect(self._follow_list)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, GUTTER, 0)
        head.addWidget(label("Jobs", "title"))
        head.addStretch(1)
        head.addWidget(self._summary)
        left = QWidget()
        self._left = QStackedLayout(left)
        self._left.addWidget(self.list)
        self._left.addWidget(self._none)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(10)
        column.addWidget(self.filter)
        column.addWidget(left, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setObjectName("jobs-split")
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(listed)
        self.split.addWidget(self._detail_of())
        for at, share in enumerate((2, 3)):
            self.split.setStretchFactor(at, share)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 8, 0)
        whole.setSpacing(14)
        whole.addLayout(head)
        whole.addWidget(self.split, 1)

    def _detail_of(self) -> QWidget:
        self.log.setReadOnly(True)
        self.log.setProperty("role", "code")
        self.log.setAccessibleName("Log")
        self.log.setToolTip("What the job said, the newest line last; it can be selected and copied")
        self.log.setTabChangesFocus(True)
        frame, inside = card("Log")
        inside.addWidget(self.log, 1)
        inner = QWidget()
        inner.setObjectName("job-column")
        self._beside = QVBoxLayout(inner)
        self._beside.setContentsMargins(0, 0, 0, 16)
        self._beside.setSpacing(12)
        self._beside.addWidget(frame, 1)
        self._detail = Scrolled(inner, fills=True)
        return self._detail


def _told(line: Line) -> str:
    return f"{line.at.astimezone():%H:%M:%S}  {_SIGNS[line.level]}{line.text}"
