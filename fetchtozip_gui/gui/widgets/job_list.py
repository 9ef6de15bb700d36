"""The newest jobs, a card each, and the way to all of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.widgets.labels import Mark, label
from fetchtozip_gui.gui.widgets.scrolled import GUTTER, Scrolled
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job
    from fetchtozip_gui.gui.widgets.job_card import JobCard

AT_ONCE = 4
"""Finished jobs that have a card; every job at work has one."""
NARROWEST = 296
"""Pixels, as a card with a file needs: were it less before, all beside it would be laid out anew at a job's end."""
CLOCK_MS = 20_000
"""Between two looks at how long ago things were."""


class JobList(QWidget):
    """Cards that follow the jobs."""

    asked = Signal(str, str)
    """An act and a job's id, from one of the cards."""
    all_asked = Signal()

    def __init__(self, jobs: JobsModel) -> None:
        super().__init__()
        self.cards: dict[str, JobCard] = {}
        self._jobs = jobs
        self._summary = label(role="muted")
        self._empty = _empty()
        self._all = QPushButton()
        self._all.setProperty("role", "quiet")
        self._all.setToolTip("Show every job, with its log (Ctrl+2)")
        self._all.clicked.connect(self.all_asked)
        self._column = QVBoxLayout()
        self._lay_out()
        self._clock = QTimer(self, interval=CLOCK_MS)
        self._clock.timeout.connect(self._refresh)
        self._clock.start()
        jobs.job_changed.connect(self._show_job)
        jobs.job_gone.connect(self._forget)
        jobs.modelReset.connect(self._fill)
        self._fill()

    def newest(self) -> JobCard | None:
        """The card on top."""
        return self.cards[max(self.cards)] if self.cards else None

    def go_to_top(self) -> None:
        """Scroll to the newest job."""
        self._scroll.verticalScrollBar().setValue(0)

    def _fill(self) -> None:
        for job_id in list(self.cards):
            if self._jobs.job(job_id) is None:
                self._drop(job_id)
        finished = [job for job in self._jobs.all() if not job.is_active][:AT_ONCE]
        for job in [*self._jobs.active(), *finished]:
            self._show_card(job)
        self._count()

    def _show_job(self, job: Job) -> None:
        self._show_card(job)
        self._count()

    def _show_card(self, job: Job) -> None:
        from fetchtozip_gui.engine.job import now_utc  # both not needed for the first paint
        from fetchtozip_gui.gui.widgets.job_card import JobCard

        card = self.cards.get(job.id)
        if card is not None:
            card.show_job(job, now_utc())
        elif job.is_active or self._is_new(job):
            card = JobCard(job, now_utc(), compact=True)
            card.asked.connect(self.asked)
            # ids sort by time
            newer = sum(1 for known in self.cards if known > job.id)
            self.cards[job.id] = card
            self._column.insertWidget(newer, card)
            self._order_stops()
        self._drop_old()

    def _is_new(self, job: Job) -> bool:
        finished = [known for known, card in self.cards.items() if not card.job.is_active]
        return len(finished) < AT_ONCE or job.id > min(finished)

    def _drop_old(self) -> None:
        finished = sorted(known for known, card in self.cards.items() if not card.job.is_active)
        for job_id in finished[:-AT_ONCE]:
            # a card that is being used stays until it is not
            if not self.cards[job_id].isAncestorOf(self.focusWidget() or self):
                self._drop(job_id)

    def _forget(self, job_id: str) -> None:
        if job_id in self.cards:
            self._drop(job_id)
        self._fill()

    def _drop(self, job_id: str) -> None:
        card = self.cards.pop(job_id)
        card.hide()
        self._column.removeWidget(card)
        card.deleteLater()

    def _order_stops(self) -> None:
        # Qt's own order is the one in which they were made
        stops = [stop for card_id in sorted(self.cards, reverse=True) for stop in self.cards[card_id].stops]
        for before, after in pairwise([self._all, *stops]):
            QWidget.setTabOrder(before, after)

    def _count(self) -> None:
        running, all_jobs = len(self._jobs.active()), self._jobs.rowCount()
        self._summary.setText(f"{running:,} running" if running else "")
        self._empty.setVisible(not self.cards)
        # the sign of emptiness fills the column; cards stand on top of it
        self._around.setStretch(self._around.count() - 1, 1 if self.cards else 0)
        self._all.setVisible(all_jobs > 0)
        self._all.setText("Show the job" if all_jobs == 1 else f"All {counted(all_jobs, 'job')}")

    def _refresh(self) -> None:
        for card in list(self.cards.values()):
            if not card.job.is_active:
                self._show_card(card.job)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, GUTTER, 0)
        head.addWidget(label("Jobs", "heading"))
        head.addStretch(1)
        head.addWidget(self._summary)
        head.addWidget(self._all)
        inner = QWidget()
        inner.setObjectName("job-column")
        self._around = around = QVBoxLayout(inner)
        around.setContentsMargins(0, 0, 0, 16)
        around.setSpacing(12)
        self._column.setSpacing(12)
        around.addWidget(self._empty, 1)
        around.addLayout(self._column)
        around.addStretch(1)
        self._scroll = Scrolled(inner, fills=True)
        self.setMinimumWidth(NARROWEST)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)


def _empty() -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "empty")
    sign = Mark()
    sign.show_tone("busy")
    what = label(
        "Press Start, or Ctrl+Return. The practice source is filled in: its file is ready in a few seconds "
        "and can be dragged from here to the desktop.",
        "muted",
        wraps=True,
    )
    other = label("Any web address can be dropped here to be fetched instead.", "muted", wraps=True)
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(24, 24, 24, 24)
    inside.setSpacing(8)
    inside.addStretch(2)
    inside.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
    for words in (label("No jobs yet", "heading"), what, other):
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(words)
    inside.addStretch(3)
    return frame
