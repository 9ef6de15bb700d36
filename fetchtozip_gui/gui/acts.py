"""Does what a card asks for: with the job, or with the file it has made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fetchtozip_gui.core.errors import FetchToZipError, OutputError
from fetchtozip_gui.gui import files
from fetchtozip_gui.gui.errands import Errands, ignore
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.session import Session
from fetchtozip_gui.gui.words import counted, place

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.job import Job


class Acts(QObject):
    """What goes wrong, and what was done where nothing else shows it, is told with the job's id."""

    begun = Signal(object)
    """A `Job` that was begun."""
    edited = Signal(object)
    """A `Job` whose recipe is to become the draft."""
    sent = Signal(object)
    """A `Job` whose result is to become the draft's source."""
    told = Signal(str, str)
    """A job's id, and what was done."""
    failed = Signal(str, object)
    """A job's id, and the `FetchToZipError`."""

    def __init__(self, session: Session, jobs: JobsModel, errands: Errands, window: QWidget) -> None:
        """`window` is what dialogs stand before."""
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._errands = errands
        self._window = window

    def do(self, act: str, job_id: str) -> None:
        """Do one of `job_words.Act`."""
        engine, job = self._session.engine, self._jobs.job(job_id)
        if engine is None or job is None:
            return
        if act in ("pause", "cancel", "resume", "retry"):
            self._change(engine, act, job_id)
        elif act in ("save_as", "open_folder", "open_file"):
            self._errands.run(
                lambda: engine.result(job_id), lambda file: self._use(act, job_id, file), self._no(job_id)
            )
        elif act == "send":
            # its file has to be there, or the new draft would begin with an error
            self._errands.run(lambda: engine.result(job_id), lambda _: self.sent.emit(job), self._no(job_id))
        elif act == "edit":
            self.edited.emit(job)
        elif act == "remove":
            self._ask_to_remove([job])

    def resume(self, jobs: list[Job]) -> None:
        """Go on with several."""
        for job in jobs:
            self.do("resume", job.id)

    def remove(self, jobs: list[Job]) -> None:
        """Remove several, after one question."""
        at_rest = [job for job in jobs if not job.is_active]
        if at_rest:
            self._ask_to_remove(at_rest)

    def _no(self, job_id: str) -> Callable[[FetchToZipError], None]:
        return lambda error: self.failed.emit(job_id, error)

    def _change(self, engine: Engine, act: str, job_id: str) -> None:
        on_job: dict[str, Callable[[str], Job]] = {
            "pause": engine.pause,
            "cancel": engine.cancel,
            "resume": engine.resume,
            "retry": engine.retry,
        }
        done = self.begun.emit if act == "retry" else ignore
        self._errands.run(lambda: on_job[act](job_id), done, self._no(job_id))

    # --- the file -----------------------------------------------------------------------------------------------

    def _use(self, act: str, job_id: str, file: Path) -> None:
        if act == "save_as":
            self._save_as(job_id, file)
            return
        try:
            files.show(file.parent if act == "open_folder" else file)
        except OutputError as error:
            self.failed.emit(job_id, error)

    def _save_as(self, job_id: str, file: Path) -> None:
        dialog = QFileDialog(self._window, "Save a copy", str(file))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(file.suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self._copy(job_id, file, Path(chosen)))
        dialog.open()

    def _copy(self, job_id: str, file: Path, to: Path) -> None:
        def saved(at: Path) -> None:
            self.told.emit(job_id, f"Saved as {place(at)}.")

        self._errands.run(lambda: files.copy(file, to), saved, self._no(job_id))

    # --- removing -----------------------------------------------------------------------------------------------

    def _ask_to_remove(self, jobs: list[Job]) -> None:
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Remove")
        what = f"“{jobs[0].recipe_name}”" if len(jobs) == 1 else counted(len(jobs), "job")
        box.setText(f"Remove {what} with its log and the pages it fetched?")
        box.setInformativeText("Files that were exported to a folder of yours stay there.")
        remove = box.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton("Keep", QMessageBox.ButtonRole.RejectRole))
        remove.clicked.connect(lambda: self._remove([job.id for job in jobs]))
        box.open()

    def _remove(self, job_ids: list[str]) -> None:
        engine = self._session.engine
        if engine is None:
            return
        for job_id in job_ids:
            self._remove_one(engine, job_id)

    def _remove_one(self, engine: Engine, job_id: str) -> None:
        self._errands.run(lambda: engine.remove(job_id), lambda _: self._jobs.forget(job_id), self._no(job_id))
