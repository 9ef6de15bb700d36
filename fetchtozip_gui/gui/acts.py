"""Does what a card asks for: with the job, or with the file it has made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from fetchtozip_gui.core.errors import OutputError
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui import files
from fetchtozip_gui.gui.errands import Errands, ignore
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.words import place

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine


class Acts(QObject):
    """What goes wrong, and what was done where nothing else shows it, is said on the card."""

    def __init__(self, errands: Errands, begun: Callable[[Job], None], window: QWidget) -> None:
        """`begun` hears of a job that an act has begun; `window` is what dialogs stand before."""
        super().__init__(window)
        self._errands = errands
        self._begun = begun
        self._window = window

    def do(self, act: str, engine: Engine, card: JobCard) -> None:
        """Do one of `job_words.Act`, or `open_file`."""
        card.notice.clear()
        job_id = card.job.id
        on_job: dict[str, Callable[[str], Job]] = {
            "pause": engine.pause,
            "cancel": engine.cancel,
            "resume": engine.resume,
            "retry": engine.retry,
        }
        on_file: dict[str, Callable[[JobCard, Path], None]] = {
            "save_as": self._save_as,
            "open_folder": lambda card, file: _show(card, file.parent),
            "open_file": _show,
        }
        if act in on_job:
            done = self._begun if act == "retry" else ignore
            self._errands.run(lambda: on_job[act](job_id), done, card.fail)
        else:
            self._errands.run(lambda: engine.result(job_id), lambda file: on_file[act](card, file), card.fail)

    def _save_as(self, card: JobCard, file: Path) -> None:
        dialog = QFileDialog(self._window, "Save a copy", str(file))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(file.suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self._copy(card, file, Path(chosen)))
        dialog.open()

    def _copy(self, card: JobCard, file: Path, to: Path) -> None:
        self._errands.run(lambda: files.copy(file, to), lambda saved: card.tell(f"Saved as {place(saved)}."), card.fail)


def _show(card: JobCard, path: Path) -> None:
    try:
        files.show(path)
    except OutputError as error:
        card.fail(error)
