"""A job's card: where it is, how it ended, what can be done with it, and its file."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.engine.job import Job
from fetchtozip_gui.gui.job_words import Act, CardWords, describe
from fetchtozip_gui.gui.widgets.flow import Flow
from fetchtozip_gui.gui.widgets.labels import Mark, OneLine, label, put_on
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.result_file import ResultFile
from fetchtozip_gui.gui.words import ago, breakable, exact

ACTS: dict[Act | Literal["details"], tuple[str, str]] = {
    "save_as": ("Save as…", "Write a copy of the file somewhere else"),
    "open_file": ("Open", "Open the file with the program that the system has for it"),
    "open_folder": ("Show in folder", "Show the folder that holds the file"),
    "send": ("Send to another job", "Begin a new draft whose source is this job's result; undo brings yours back"),
    "resume": ("Resume", "Go on from the last page that was fetched"),
    "retry": ("Run again", "Do the same once more from the beginning; the file is replaced when the new one is whole"),
    "pause": ("Pause", "Stop for now; what was fetched is kept"),
    "cancel": ("Cancel", "Stop; what was fetched is kept, so that it can be resumed"),
    "edit": ("Edit", "Bring this job's recipe back to the Export page, to change it and start it anew"),
    "remove": ("Remove…", "Delete the job with its log and the pages it fetched"),
    "details": ("Log", "Show the job with all that it said on the Jobs page"),
}
"""Each act's name and what it does, in the order of the buttons."""
COMPACT = frozenset({"save_as", "open_folder", "resume", "retry", "pause", "cancel", "details"})
"""The acts of a card that stands beside other things."""


class JobCard(QFrame):
    """Shows one job's newest snapshot."""

    asked = Signal(str, str)
    """An act, and the id of the job it is for."""

    def __init__(self, job: Job, now: datetime, *, compact: bool = False) -> None:
        super().__init__()
        self.job = job
        self._compact = compact
        self.words = CardWords("", "", "")
        self.setProperty("role", "card")
        self._mark = Mark()
        self._title = OneLine("heading")
        self._state = label(role="muted")
        self._headline = label(role="headline", wraps=True)
        self._bar = _bar()
        self._share = label(role="muted")
        # as wide as it can become: the bar beside it does not twitch
        self._share.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
        self._share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._detail = label(role="muted", wraps=True)
        self._hint = label(wraps=True)
        self.file = ResultFile()
        self.file.opened.connect(self._open_file)
        self.file.refused.connect(self.fail)
        self.buttons = {act: self._button(act) for act in ACTS if not compact or act in COMPACT}
        self._change = label(role="muted", wraps=True)
        self.notice = Notice()
        self._lay_out()
        self.tell_change("")
        self.show_job(job, now)

    def show_job(self, job: Job, now: datetime) -> None:
        """Show another snapshot, or the same at another time."""
        if (job.id, job.state) != (self.job.id, self.job.state):
            self.notice.clear()
            self.tell_change("")
        self.job, self.words = job, describe(job)
        words = self.words
        self._mark.show_tone(words.tone)
        self._title.setText(words.title)
        self._title.setToolTip(f"<span>{escape(words.title)}</span>")
        self._state.setText(ago(job.ended_at, now) if job.ended_at else words.state)
        self._state.setToolTip(f"{words.state} {exact(job.ended_at)}" if job.ended_at else "")
        self._headline.setText(breakable(words.headline))
        put_on(self._headline, words.tone)
        self._show_progress(words)
        for shown, text in ((self._detail, words.detail), (self._hint, words.hint)):
            shown.setText(breakable(text))
            shown.setVisible(bool(text))
        if words.file is not None:
            self.file.show_file(words.file, words.file_note)
        self.file.setVisible(words.file is not None)
        self._offer(words.acts)
        self.setAccessibleName(words.spoken)

    def fail(self, error: FetchToZipError) -> None:
        """Say in the card why something could not be done."""
        self.notice.fail(error)

    def tell(self, text: str) -> None:
        """Say in the card that something was done."""
        self.notice.tell(text)

    def tell_change(self, text: str) -> None:
        """Say what differs from the last run of the same recipe; empty where nothing is known."""
        self._change.setText(text)
        self._change.setVisible(bool(text))

    def take_focus(self) -> None:
        """Put the keyboard on the file, or on the first thing that can be done."""
        first = next((button for button in self.buttons.values() if not button.isHidden() and button.isEnabled()), None)
        target: QWidget | None = self.file if self.words.file is not None else first
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def stops(self) -> list[QWidget]:
        """Where the keyboard stops on its way through the card, in order."""
        return [self.file, *self.buttons.values()]

    def _show_progress(self, words: CardWords) -> None:
        known = words.progress is not None
        self._bar.setVisible(words.has_bar)
        # without a total the bar moves to and fro
        self._bar.setRange(0, 1000 if known else 0)
        self._bar.setValue(int((words.progress or 0) * 1000))
        self._share.setVisible(words.has_bar and known)
        self._share.setText(f"{int((words.progress or 0) * 100)} %")

    def _offer(self, acts: tuple[Act, ...]) -> None:
        offered = {*acts, "details"} if self._compact else set(acts)
        lost = any(button.hasFocus() for act, button in self.buttons.items() if act not in offered)
        for act, button in self.buttons.items():
            button.setVisible(act in offered)
        if lost:
            self.take_focus()

    def _open_file(self) -> None:
        self.asked.emit("open_file", self.job.id)

    def _ask(self) -> None:
        self.asked.emit(self.sender().objectName(), self.job.id)

    def _button(self, act: Act | Literal["details"]) -> QPushButton:
        text, what = ACTS[act]
        button = QPushButton(text)
        button.setObjectName(act)
        button.setToolTip(what)
        button.setAccessibleDescription(what)
        button.clicked.connect(self._ask)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._title, 1)
        top.addWidget(self._state)
        progress = QHBoxLayout()
        progress.setSpacing(10)
        progress.addWidget(self._bar, 1)
        progress.addWidget(self._share)
        buttons = Flow()
        for button in self.buttons.values():
            buttons.addWidget(button)
        words = QVBoxLayout()
        words.setSpacing(5)
        words.addLayout(top)
        words.addWidget(self._headline)
        words.addLayout(progress)
        for shown in (self._detail, self._hint, self._change):
            words.addWidget(shown)
        for below in (self.file, self.notice):
            words.addSpacing(3)
            words.addWidget(below)
        words.addSpacing(3)
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


def _bar() -> QProgressBar:
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setAccessibleName("Progress")
    return bar
