"""The program's own icons: drawn in one colour, which follows the theme of the widget that shows them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZE = 20
"""Of an icon beside text of the usual size, in pixels."""
_RATIOS = (1, 2, 3)
"""Pixels of a screen for one of ours: drawn for each, so that an icon is sharp everywhere."""


class Icons:
    """The SVG files of a folder, by name. Where one is missing the icon is empty, and the text beside it tells."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, bytes] = {}
        # a change of the style asks every widget again, some of them a dozen times
        self._made: dict[tuple[str, str, str, int], QIcon] = {}

    def program(self) -> QIcon:
        """The program's own sign, in its own colours."""
        return QIcon(str(self._folder / "fetchtozip.svg"))

    def icon(self, name: str, palette: QPalette, size: int = SIZE) -> QIcon:
        """An icon in the palette's text colour, and in the link's where it stands on what is chosen."""
        colours = {QIcon.State.Off: palette.color(QPalette.ColorRole.WindowText)}
        colours[QIcon.State.On] = palette.color(QPalette.ColorRole.Link)
        key = (name, colours[QIcon.State.Off].name(), colours[QIcon.State.On].name(), size)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = QIcon()
            for state, colour in colours.items():
                for ratio in _RATIOS:
                    made.addPixmap(self._drawn(name, colour, size, ratio), QIcon.Mode.Normal, state)
        return made

    def _drawn(self, name: str, colour: QColor, size: int, ratio: int) -> QPixmap:
        picture = QPixmap(size * ratio, size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        text = self._text(name).replace(b"currentColor", colour.name().encode())
        renderer = QSvgRenderer(QByteArray(text))
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        return picture

    def _text(self, name: str) -> bytes:
        if name not in self._texts:
            try:
                self._texts[name] = (self._folder / f"{name}.svg").read_bytes()
            except OSError:
                self._texts[name] = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>'
        return self._texts[name]
