"""Draws a job as a row of a list: its sign, its name, how long ago, its verdict, and a bar while it runs."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fetchtozip_gui.engine.job import Job, now_utc
from fetchtozip_gui.gui.job_words import CardWords, Tone
from fetchtozip_gui.gui.models.jobs import JOB, WORDS
from fetchtozip_gui.gui.theme import Colours, colours_of
from fetchtozip_gui.gui.widgets.labels import Mark, draw_sign
from fetchtozip_gui.gui.words import ago

Index = QModelIndex | QPersistentModelIndex
_SIDE, _ABOVE, _GAP, _BAR = 12, 10, 10, 4


class JobRows(QStyledItemDelegate):
    """As high as two lines of the list's own text, whatever its size."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(20 * option.fontMetrics.averageCharWidth(), 2 * line + 2 * _ABOVE + _BAR + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job, words = index.data(JOB), index.data(WORDS)
        if job is None:
            return
        colours = colours_of(option.palette)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option, colours)
        row = option.rect.adjusted(_SIDE, _ABOVE, -_SIDE, -_ABOVE)
        ink, soft = tone_of(words.tone, colours)
        painter.translate(row.topLeft())
        draw_sign(painter, words.tone, QColor(ink), QColor(soft))
        painter.translate(-row.topLeft())
        self._text(painter, option, row.adjusted(Mark.SIZE + _GAP, 0, 0, 0), job, words, colours, ink)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, colours: Colours) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        box = option.rect.adjusted(3, 2, -3, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or hovered:
            painter.setBrush(QColor(colours.accent_soft if chosen else colours.hover))
            painter.drawRoundedRect(box, 8, 8)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 8, 8)

    def _text(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        box: QRect,
        job: Job,
        words: CardWords,
        colours: Colours,
        ink: str,
    ) -> None:
        strong = QFont(option.font)
        strong.setWeight(QFont.Weight.DemiBold)
        line = option.fontMetrics.height()
        when = ago(job.ended_at, now_utc()) if job.ended_at else words.state
        room = box.width() - option.fontMetrics.horizontalAdvance(when) - _GAP
        painter.setFont(option.font)
        painter.setPen(QColor(colours.muted))
        first = QRect(box.left(), box.top(), box.width(), line)
        painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, when)
        painter.setFont(strong)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        name = QFontMetrics(strong).elidedText(words.title, Qt.TextElideMode.ElideRight, max(room, 40))
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(option.font)
        painter.setPen(QColor(ink if words.tone in ("good", "warn", "bad") else colours.muted))
        second = first.translated(0, line + 2)
        said = option.fontMetrics.elidedText(words.headline, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)
        if job.is_active and words.progress is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            bar = QRect(box.left(), second.bottom() + 3, box.width(), _BAR)
            painter.setBrush(QColor(colours.plain_soft))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(QRect(bar.left(), bar.top(), int(bar.width() * words.progress), _BAR), 2, 2)


def tone_of(tone: Tone, colours: Colours) -> tuple[str, str]:
    """The ink of a tone and its soft ground."""
    return {
        "plain": (colours.muted, colours.plain_soft),
        "busy": (colours.link, colours.accent_soft),
        "good": (colours.good, colours.good_soft),
        "warn": (colours.warn, colours.warn_soft),
        "bad": (colours.bad, colours.bad_soft),
    }[tone]
