"""Icons are drawn in the colour of the text they stand beside, sharp on every screen, each once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from pytestqt.qtbot import QtBot

from fetchtozip_gui.gui.icons import SIZE, Icons
from fetchtozip_gui.gui.resources import resource
from fetchtozip_gui.gui.rooms import PLACES


@pytest.fixture
def icons(qtbot: QtBot) -> Icons:
    return Icons(resource("icons"))


def palette(ink: str, link: str = "#0000ff") -> QPalette:
    made = QPalette()
    made.setColor(QPalette.ColorRole.WindowText, QColor(ink))
    made.setColor(QPalette.ColorRole.Link, QColor(link))
    return made


def inks(icon: QIcon, state: QIcon.State = QIcon.State.Off, ratio: float = 1) -> set[str]:
    """The colours of what is wholly covered."""
    image = icon.pixmap(QSize(SIZE, SIZE), ratio, QIcon.Mode.Normal, state).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("place", [place.id for place in PLACES])
def test_every_page_has_an_icon_in_the_texts_colour(icons: Icons, place: str) -> None:
    icon = icons.icon(place, palette("#ff0000", "#00ff00"))
    assert inks(icon, ratio=3) == {"#ff0000"}
    assert inks(icon, QIcon.State.On, ratio=3) == {"#00ff00"}


def test_it_is_sharp_on_a_fine_screen(icons: Icons) -> None:
    icon = icons.icon("jobs", palette("#000000"))
    for ratio in (1, 2, 3):
        assert icon.pixmap(QSize(SIZE, SIZE), ratio).width() == SIZE * ratio


def test_an_icon_is_drawn_once_for_each_colour(icons: Icons) -> None:
    first = icons.icon("jobs", palette("#000000"))
    assert icons.icon("jobs", palette("#000000")) is first
    assert icons.icon("jobs", palette("#ffffff")) is not first


def test_one_that_is_missing_is_empty(tmp_path: Path, qtbot: QtBot) -> None:
    icons = Icons(tmp_path)
    assert inks(icons.icon("nothing", palette("#000000"))) == set()
    assert icons.program().pixmap(16, 16).isNull()


def test_the_program_has_a_sign_of_its_own(icons: Icons) -> None:
    assert len(inks(icons.program())) > 1


def test_every_drawing_takes_the_texts_colour_or_says_its_own() -> None:
    for path in resource("icons").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("<svg"), path.name
        # nothing is fetched from anywhere, and nothing runs
        assert "href" not in text, path.name
        assert "<script" not in text, path.name
