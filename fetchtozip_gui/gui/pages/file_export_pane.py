"""The export of a file: where its rows go after the steps, and the job that brings them there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.engine.job import Job, now_utc
from fetchtozip_gui.gui import starting
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.icons import Icons
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.session import Session
from fetchtozip_gui.gui.step_words import title
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.output_form import OutputForm
from fetchtozip_gui.gui.widgets.scrolled import Scrolled


class FileExportPane(QWidget):
    """The job reads the file itself, so that its recipe can be run again without this page."""

    asked = Signal(str, str)
    """An act and the job's id."""
    begun = Signal(object)

    def __init__(
        self, file: OpenedFile, session: Session, jobs: JobsModel, icons: Icons, errands: Errands, folder: str
    ) -> None:
        super().__init__()
        self._file = file
        self._session = session
        self._errands = errands
        self._folder = folder
        self.form = OutputForm(file.draft, icons, folder)
        self.start = QPushButton("Export")
        self.card: JobCard | None = None
        self.notice = Notice()
        self._steps = label(role="muted", wraps=True)
        self._cards = QVBoxLayout()
        self._lay_out()
        self.start.clicked.connect(self.export)
        self.form.submitted.connect(self.export)
        file.draft.changed.connect(self._follow)
        jobs.job_changed.connect(self._hear)
        self._follow("")

    def look(self) -> None:
        """There is nothing to be looked for."""

    def leave(self) -> None:
        """The job goes on without this page."""

    def export(self) -> None:
        """Begin the job."""
        engine, document, folder = self._session.engine, self._file.draft.document(), self._folder
        if engine is None:
            return
        self.notice.clear()
        self.start.setEnabled(False)
        self._errands.run(lambda: starting.submit(engine, document, folder), self._begun, self._failed)

    def _begun(self, job: Job) -> None:
        self.start.setEnabled(True)
        self.begun.emit(job)
        if self.card is None:
            self.card = JobCard(job, now_utc(), compact=True)
            self.card.asked.connect(self.asked)
            self._cards.addWidget(self.card)
        else:
            self.card.show_job(job, now_utc())

    def _failed(self, error: FetchToZipError) -> None:
        self.start.setEnabled(True)
        self.notice.fail(error)

    def _hear(self, job: Job) -> None:
        if self.card is not None and job.id == self.card.job.id:
            self.card.show_job(job, now_utc())

    def _follow(self, part: str) -> None:
        if part in ("", "steps"):
            steps = [step for step in self._file.draft.part("steps") if step.get("enabled") is not False]
            told = "; then ".join(title(step) for step in steps)
            self._steps.setText(f"After these steps: {told}." if steps else "As they are: there are no steps yet.")

    def _lay_out(self) -> None:
        self.start.setProperty("role", "primary")
        self.start.setToolTip("Write the file (Enter in a field)")
        self.start.setAccessibleName("Export the file")
        column = QWidget()
        column.setProperty("role", "clear")
        inside = QVBoxLayout(column)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(10)
        inside.addWidget(label("All rows go to a new file; the opened one stays as it is.", "headline", wraps=True))
        inside.addWidget(self._steps)
        inside.addWidget(self.form)
        line = QHBoxLayout()
        line.addWidget(self.start)
        line.addStretch(1)
        inside.addLayout(line)
        inside.addWidget(self.notice)
        inside.addLayout(self._cards)
        inside.addStretch(1)
        column.setMaximumWidth(640)
        scrolled = Scrolled(column, fills=True)
        scrolled.setProperty("role", "clear")
        scrolled.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 10, 0, 0)
        whole.addWidget(scrolled, 1)
