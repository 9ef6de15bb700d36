"""What charts show, as values that can be painted in any thread, and the ground they are painted on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from fetchtozip_gui.gui.theme import Colours

MARGIN = 8
"""Pixels around what is painted."""
_TOLD = 40
"""Marks that are told together."""
_BAND = 256
"""Lines that are filled in one go: Qt keeps Python's lock meanwhile, and a saved picture has 16 million pixels."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What figures are painted with and on: a widget, an image or an SVG."""

    painter: QPainter
    whole: QRectF
    colours: Colours
    font: QFont
    seen: QRectF
    """The part that is in sight; what is outside need not be painted."""
    stale: QRectF
    """The part of it that is to be painted again."""
    current: int = -1
    """The mark that is looked at; −1 for none."""
    is_drawing: bool = False
    """Whether shapes are kept as such, as in an SVG."""

    @property
    def room(self) -> QRectF:
        """Where marks are painted."""
        return room_in(self.whole)

    def text(self, box: QRectF, words: str, colour: str, side: Qt.AlignmentFlag) -> None:
        """Words in a box, cut where it has no room for them."""
        cut = QFontMetricsF(self.font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        self.painter.setPen(QColor(colour))
        self.painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), cut)

    def fill(self, box: QRectF, colour: QColor, *, is_current: bool) -> None:
        """A bar or a cell; the current one has a frame, so that it is not told by colour alone."""
        self.painter.setPen(QPen(QColor(self.colours.text), 2) if is_current else Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawRoundedRect(box, 2, 2)

    def clear(self) -> None:
        """The empty card."""
        card, left, wide = QColor(self.colours.card), self.stale.left(), self.stale.width()
        if self.is_drawing:
            self.painter.fillRect(self.stale, card)
            return
        # each band ends at the pixel the next one begins with, as it would not if edges were softened
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        top = self.stale.top()
        while top < self.stale.bottom():
            high = min(float(_BAND), self.stale.bottom() - top)
            self.painter.fillRect(QRectF(left, top, wide, high), card)
            top += high


class Figures(ABC):
    """Numbered marks. Nothing of them changes, and they know no widget: they are painted in whichever thread."""

    @abstractmethod
    def count(self) -> int:
        """How many marks there are."""

    @abstractmethod
    def words_of(self, mark: int) -> str:
        """What one mark says."""

    @abstractmethod
    def draw(self, ground: Ground) -> list[QRectF]:
        """Paint all marks; where each of them is, unless their chart knows that otherwise."""

    def telling(self) -> Sequence[int]:
        """The marks that are worth their words where all are told."""
        return range(self.count())

    def summary(self) -> str:
        """All of them in words; many are cut."""
        telling = self.telling()
        told = [self.words_of(mark) for mark in telling[:_TOLD]]
        more = len(telling) - len(told)
        return "; ".join(told) + (f"; and {more:,} more" if more > 0 else "")


class NoFigures(Figures):
    """A chart that has nothing to show yet."""

    def count(self) -> int:
        return 0

    def words_of(self, mark: int) -> str:
        return ""

    def draw(self, ground: Ground) -> list[QRectF]:
        return []


def paint(figures: Figures, empty: str, ground: Ground) -> list[QRectF]:
    """Paint figures, or what is said where there are none; returns what `Figures.draw` does."""
    painter = ground.painter
    ground.clear()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(ground.font)
    if figures.count():
        return figures.draw(ground)
    painter.setPen(QColor(ground.colours.muted))
    painter.drawText(ground.room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), empty)
    return []


def room_in(whole: QRectF) -> QRectF:
    """A rectangle without its margins."""
    return whole.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
