"""Both themes can be read: every text has contrast enough on every ground that it stands on."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from fetchtozip_gui.gui.style_sheet import STYLE_SHEET
from fetchtozip_gui.gui.theme import DARK, LIGHT, TEXT_ON, Colours, Theme, contrast, style_sheet

THEMES = {"light": LIGHT, "dark": DARK}


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.478),
        ("#0000ff", "#ffffff", 8.592),
    ],
)
def test_contrast_is_that_of_wcag(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == contrast(second, first) == pytest.approx(ratio, abs=0.001)


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(colours: Colours, text: str, ground: str) -> None:
    values = asdict(colours)
    assert contrast(values[text], values[ground]) >= 4.5


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES)
def test_what_has_the_keyboard_can_be_seen(colours: Colours) -> None:
    for ground in (colours.card, colours.window, colours.field):
        assert contrast(colours.accent, ground) >= 3
    assert contrast(colours.ring, colours.accent) >= 1.9
    assert contrast(colours.ring, colours.window) >= 4.5


def test_no_rule_makes_a_pair_that_is_not_looked_at() -> None:
    made = set()
    for block in re.findall(r"\{(.*?)\}", STYLE_SHEET, re.DOTALL):
        text = re.search(r"(?<![-\w])color: \$(\w+)", block)
        ground = re.search(r"(?<!selection-)background: \$(\w+)", block)
        if text and ground:
            made.add((text[1], ground[1]))
    assert made - set(TEXT_ON) == set()
    assert ("on_accent", "accent") in made


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES)
def test_the_style_sheet_follows_the_size_of_the_systems_text(colours: Colours) -> None:
    sheet = style_sheet(colours, 20)
    assert "$" not in sheet
    assert "font-size: 35.00pt" in sheet
    assert "px; font" not in sheet


def test_the_theme_follows_the_systems_own_colours(qapp: QApplication) -> None:
    for colours, dark in ((DARK, True), (LIGHT, False)):
        ground = QPalette()
        ground.setColor(QPalette.ColorRole.Window, colours.window)
        qapp.setPalette(ground)
        assert Theme(qapp).is_dark is dark
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == colours.window


def test_a_wish_is_stronger_than_the_system(qapp: QApplication) -> None:
    theme = Theme(qapp, dark=True)
    assert theme.is_dark
    assert DARK.card in qapp.styleSheet()
    theme.wear(dark=False)
    assert LIGHT.card in qapp.styleSheet()
