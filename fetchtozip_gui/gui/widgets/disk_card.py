"""The data folder: where it is, how much room it takes, and a clean-up that is shown before it is done."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QPushButton, QVBoxLayout

from fetchtozip_gui.core.errors import FetchToZipError, OutputError
from fetchtozip_gui.engine import cleaning
from fetchtozip_gui.engine.cleaning import Removed
from fetchtozip_gui.engine.folder import size_of
from fetchtozip_gui.engine.job import now_utc
from fetchtozip_gui.gui import files
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.session import Session
from fetchtozip_gui.gui.widgets.cards import captioned
from fetchtozip_gui.gui.widgets.flow import Flow
from fetchtozip_gui.gui.widgets.labels import OneLine, label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.words import counted, place, size

if TYPE_CHECKING:
    from fetchtozip_gui.engine.engine import Engine

GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to go: all that is older, or the oldest until no more than so many bytes are left."""

    words: str
    max_age: timedelta | None = None
    max_bytes: int | None = None


WISHES = (
    Wish("Jobs older than 30 days", max_age=timedelta(days=30)),
    Wish("Jobs older than 7 days", max_age=timedelta(days=7)),
    Wish("The oldest, until 10 GB are left", max_bytes=10 * GIGABYTE),
    Wish("The oldest, until 1 GB is left", max_bytes=GIGABYTE),
    Wish("All finished jobs", max_age=timedelta(0)),
)


class DiskCard(QFrame):
    """Sizes are summed, and files deleted, away from the window's thread."""

    removed = Signal(str)
    """The id of a job that is gone."""

    def __init__(self, session: Session, errands: Errands) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._session = session
        self._errands = errands
        self._wish = WISHES[0]
        self._place = OneLine("headline")
        self.open = _button("Open", "Show the data folder")
        self.used = label(role="muted", wraps=True)
        self.wishes = QComboBox()
        self.look = _button("Look what would go…", "Nothing is deleted yet")
        self.delete = _button("Delete", "Delete them now; this cannot be undone")
        self.notice = Notice()
        self._lay_out()
        self.open.clicked.connect(self._open)
        self.look.clicked.connect(self._look)
        self.delete.clicked.connect(self._delete)
        self.wishes.currentIndexChanged.connect(self._forget)
        session.opened.connect(self._follow)
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._measure()

    def _follow(self) -> None:
        engine = self._session.engine
        for control in (self.open, self.look, self.wishes):
            control.setEnabled(engine is not None)
        if engine is not None:
            self._place.setText(place(engine.folder.root))
            self._place.setToolTip(str(engine.folder.root))
            if self.isVisible():
                self._measure()

    def _measure(self) -> None:
        engine = self._session.engine
        if engine is not None:
            self.used.setText("Looking…")
            self._errands.run(lambda: _used(engine), self.used.setText, self.notice.fail)

    def _open(self) -> None:
        engine = self._session.engine
        if engine is not None:
            try:
                files.show(engine.folder.root)
            except OutputError as error:
                self.notice.fail(error)

    # --- cleaning -----------------------------------------------------------------------------------------------

    def _look(self) -> None:
        engine = self._session.engine
        if engine is not None:
            self.notice.clear()
            self._wish = wish = WISHES[self.wishes.currentIndex()]
            self._errands.run(lambda: _planned(engine, wish), self._offer, self.notice.fail)

    def _offer(self, going: list[Removed]) -> None:
        if not going:
            self.delete.hide()
            self.notice.tell("Nothing would go. What could still be resumed stays for a week.")
            return
        self.delete.setText(f"Delete {_told(going)}")
        self.delete.show()

    def _delete(self) -> None:
        engine, wish = self._session.engine, self._wish
        if engine is not None:
            self.delete.hide()
            self._errands.run(lambda: engine.clean(wish.max_age, wish.max_bytes), self._deleted, self.notice.fail)

    def _deleted(self, gone: list[Removed]) -> None:
        for each in gone:
            if each.what == "job":
                self.removed.emit(each.job_id)
        self.notice.tell(f"Deleted {_told(gone)}." if gone else "Nothing was deleted: all of it is in use.")
        self._measure()

    def _forget(self) -> None:
        self.delete.hide()
        self.notice.clear()

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 14, 16, 16)
        inside.setSpacing(8)
        inside.addWidget(label("Data on this computer", "heading"))
        captioned(inside, "Folder", self._place, self.open, stretches=True)
        inside.addWidget(self.used)
        self.wishes.addItems([wish.words for wish in WISHES])
        self.wishes.setAccessibleName("What to clean up")
        self.wishes.setToolTip("What to delete of the data folder; files that were exported elsewhere stay (Alt+C)")
        captioned(inside, "&Clean up", self.wishes)
        buttons = Flow()
        buttons.addWidget(self.look)
        buttons.addWidget(self.delete)
        self.delete.hide()
        inside.addLayout(buttons)
        inside.addWidget(self.notice)


def _planned(engine: Engine, wish: Wish) -> list[Removed]:
    return cleaning.plan(engine.folder, engine.jobs(), now_utc(), wish.max_age, wish.max_bytes)


def _used(engine: Engine) -> str:
    folder = engine.folder
    jobs, logs, whole = size_of(folder.jobs), size_of(folder.logs), size_of(folder.root)
    free = _free(folder.root)
    return (
        f"{size(whole)} used: {size(jobs)} by {counted(len(folder.job_ids()), 'job')}, {size(logs)} by logs. "
        f"{size(free)} are free on this disk."
    )


def _free(path: Path) -> int:
    try:
        return shutil.disk_usage(path).free
    except OSError as error:
        raise FetchToZipError(f"{path}: its disk cannot be asked: {error.strerror}.") from error


def _told(removed: list[Removed]) -> str:
    jobs = sum(each.what != "pages" for each in removed)
    pages = len(removed) - jobs
    parts = [counted(jobs, "job")] if jobs else []
    parts += [f"the fetched pages of {counted(pages, 'job')}"] if pages else []
    return f"{' and '.join(parts)}, {size(sum(each.bytes for each in removed))}"


def _button(text: str, hint: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(hint)
    button.setAccessibleDescription(hint)
    return button
