"""The jobs, newest first, a card each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fetchtozip_gui.engine.job import Job, now_utc
from fetchtozip_gui.gui.widgets.job_card import JobCard
from fetchtozip_gui.gui.widgets.labels import Mark, label
from fetchtozip_gui.gui.widgets.scrolled import GUTTER, Scrolled
from fetchtozip_gui.gui.words import counted

AT_ONCE = 20
"""Finished jobs that get a card; more are shown when they are asked for."""
_CLOCK_MS = 20_000


class JobList(QWidget):
    """Cards that follow the snapshots they are given."""

    asked = Signal(str, str)
    """An act and a job's id, from one of the cards."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, JobCard] = {}
        self._waiting: list[Job] = []
        self._summary = label(role="muted")
        self._empty = _empty()
        self._older = QPushButton()
        self._older.setToolTip("Show the jobs before these")
        self._older.clicked.connect(self._show_older)
        self._older.hide()
        self._column = QVBoxLayout()
        self._lay_out()
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._clock.timeout.connect(self._refresh)
        self._clock.start()
        self._count()

    def fill(self, jobs: Iterable[Job]) -> None:
        """Show the jobs that were there at the start."""
        ordered = sorted(jobs, key=lambda job: job.id, reverse=True)
        for job in ordered[:AT_ONCE]:
            self.show_job(job)
        self._waiting = [job for job in ordered[AT_ONCE:] if not job.is_active]
        for job in ordered[AT_ONCE:]:
            if job.is_active:
                self.show_job(job)
        self._count()

    def show_job(self, job: Job) -> None:
        """Show a snapshot: on its card, or on a new one in its place. An older one than is shown is let pass."""
        card = self.cards.get(job.id)
        if card is None:
            card = JobCard(job, now_utc())
            card.asked.connect(self.asked)
            # ids sort by time
            newer = sum(1 for known in self.cards if known > job.id)
            self.cards[job.id] = card
            self._column.insertWidget(newer, card)
            self._waiting = [waiting for waiting in self._waiting if waiting.id != job.id]
            self._order_stops()
        elif job.revision >= card.job.revision:
            card.show_job(job, now_utc())
        self._count()

    def newest(self) -> JobCard | None:
        """The card on top."""
        return self.cards[max(self.cards)] if self.cards else None

    def go_to_top(self) -> None:
        """Scroll to the newest job."""
        self._scroll.verticalScrollBar().setValue(0)

    def at_work(self) -> list[Job]:
        """The jobs that would be stopped by an end of this program."""
        return [card.job for card in self.cards.values() if card.job.is_active and card.job.process == os.getpid()]

    def _show_older(self) -> None:
        more, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        for job in more:
            self.show_job(job)
        first = self.cards.get(more[0].id)
        if first is not None:
            first.take_focus()

    def _order_stops(self) -> None:
        # Qt's own order is the one in which they were made
        stops = [stop for card_id in sorted(self.cards, reverse=True) for stop in self.cards[card_id].stops]
        for before, after in pairwise([*stops, self._older]):
            QWidget.setTabOrder(before, after)

    def _count(self) -> None:
        counts = Counter("running" if card.job.is_active else "finished" for card in self.cards.values())
        counts["finished"] += len(self._waiting)
        told = [f"{counts[name]:,} {name}" for name in ("running", "finished") if counts[name]]
        self._summary.setText(" · ".join(told))
        self._empty.setVisible(not self.cards)
        # the sign of emptiness fills the column; cards stand on top of it
        self._around.setStretch(self._around.count() - 1, 1 if self.cards else 0)
        self._older.setVisible(bool(self._waiting))
        self._older.setText(f"Show {counted(min(AT_ONCE, len(self._waiting)), 'older job')}")

    def _refresh(self) -> None:
        for card in self.cards.values():
            if not card.job.is_active:
                card.show_job(card.job, now_utc())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, GUTTER, 0)
        head.addWidget(label("Jobs", "heading"))
        head.addStretch(1)
        head.addWidget(self._summary)
        inner = QWidget()
        inner.setObjectName("jobs")
        self._around = around = QVBoxLayout(inner)
        around.setContentsMargins(0, 0, 0, 16)
        around.setSpacing(12)
        self._column.setSpacing(12)
        around.addWidget(self._empty, 1)
        around.addLayout(self._column)
        around.addWidget(self._older, 0, Qt.AlignmentFlag.AlignLeft)
        around.addStretch(1)
        self._scroll = Scrolled(inner)
        self._scroll.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
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
    inside.setContentsMargins(32, 32, 32, 32)
    inside.setSpacing(8)
    inside.addStretch(2)
    inside.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
    for words in (label("No jobs yet", "heading"), what, other):
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(words)
    inside.addStretch(3)
    return frame
