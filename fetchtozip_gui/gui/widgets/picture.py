"""A chart as a picture in a file, painted and written in any thread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, QSizeF
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from fetchtozip_gui.gui import files
from fetchtozip_gui.gui.theme import Colours
from fetchtozip_gui.gui.widgets.figures import Figures, Ground, paint

_SHARP = 2.0
"""Pixels of a picture for one of the screen's."""
_MOST_PIXELS = 16_000_000
"""Of a picture; a large one is less sharp than that."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a picture of a chart is made of; the chart itself may change or be gone meanwhile."""

    figures: Figures
    title: str
    empty: str
    """What is said where there are no figures."""
    colours: Colours
    font: QFont
    size: QSize
    current: int = -1

    def write(self, path: Path) -> Path:
        """Write it as SVG or PNG, by the name's end; `OutputError` where it cannot be written."""
        return files.write(path, self._svg() if path.suffix.lower() == ".svg" else self._png())

    def image(self) -> QImage:
        """The picture in pixels."""
        size = self.size
        sharp = min(_SHARP, math.sqrt(_MOST_PIXELS / (size.width() * size.height())))
        image = QImage((QSizeF(size) * sharp).toSize(), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(sharp)
        painter = QPainter(image)
        self._paint(painter, is_drawing=False)
        painter.end()
        image.setText("Description", self._words())
        return image

    def _png(self) -> bytes:
        buffer = _buffer()
        self.image().save(buffer, "PNG")
        return bytes(buffer.data().data())

    def _svg(self) -> bytes:
        buffer, size = _buffer(), self.size
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
        generator.setTitle(self.title)
        generator.setDescription(self._words())
        painter = QPainter(generator)
        self._paint(painter, is_drawing=True)
        painter.end()
        return bytes(buffer.data().data())

    def _paint(self, painter: QPainter, *, is_drawing: bool) -> None:
        whole = QRectF(0, 0, self.size.width(), self.size.height())
        ground = Ground(painter, whole, self.colours, self.font, whole, whole, self.current, is_drawing)
        paint(self.figures, self.empty, ground)

    def _words(self) -> str:
        return self.figures.summary() or self.empty


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
