"""Light and dark: two sets of colours, the style sheet made from them, and the system's wish followed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from fetchtozip_gui.gui.resources import resource
from fetchtozip_gui.gui.style_sheet import STYLE_SHEET


@dataclass(frozen=True, slots=True)
class Colours:
    """What stands behind, what stands on it, and five tones each with a soft ground of its own."""

    window: str
    card: str
    field: str
    border: str
    field_border: str
    hover: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    ring: str
    link: str
    accent_soft: str
    plain_soft: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str


LIGHT = Colours(
    window="#f4f5f7",
    card="#ffffff",
    field="#ffffff",
    border="#e1e4e9",
    field_border="#c3c9d2",
    hover="#f0f2f5",
    text="#1a1d21",
    muted="#59616e",
    accent="#1f5fe0",
    accent_hover="#1a53c7",
    accent_pressed="#1647ab",
    on_accent="#ffffff",
    ring="#0f2f73",
    link="#1a56d0",
    accent_soft="#e9f0fe",
    plain_soft="#eceef2",
    good="#0f6b43",
    good_soft="#e2f3ea",
    warn="#815300",
    warn_soft="#fcf0d9",
    bad="#b3261e",
    bad_soft="#fdeceb",
)

DARK = Colours(
    window="#15171b",
    card="#1d2025",
    field="#16181c",
    border="#2c3037",
    field_border="#474d57",
    hover="#272b31",
    text="#e9ebee",
    muted="#a2a9b5",
    accent="#2f6be8",
    accent_hover="#386ee2",
    accent_pressed="#2559c9",
    on_accent="#ffffff",
    ring="#dbe7ff",
    link="#86adff",
    accent_soft="#1f2c47",
    plain_soft="#2a2e35",
    good="#5ec795",
    good_soft="#183327",
    warn="#e6b450",
    warn_soft="#382c14",
    bad="#ff948b",
    bad_soft="#3d2220",
)

TEXT_ON = (
    *((text, ground) for text in ("text", "muted", "link") for ground in ("window", "card", "field", "hover")),
    *((text, ground) for text in ("good", "warn", "bad") for ground in ("card", "hover", "accent_soft", "window")),
    *((text, f"{text}_soft") for text in ("good", "warn", "bad")),
    *(("on_accent", ground) for ground in ("accent", "accent_hover", "accent_pressed")),
    *((text, "accent_soft") for text in ("text", "muted", "link")),
    *((text, "plain_soft") for text in ("text", "muted")),
)
"""Every pair of a text's colour and the ground under it that the style sheet makes."""


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def style_sheet(colours: Colours, points: float) -> str:
    """The window's style; `points` is the size of the system's text, from which all others follow."""
    sizes = {"small": points * 0.92, "strong": points * 1.08, "title": points * 1.75}
    texts = {name: f"{value:.2f}pt" for name, value in sizes.items()}
    shade = "dark" if colours is DARK else "light"
    signs = {f"chevron_{way}": resource(f"icons/chevron-{way}-{shade}.svg").as_posix() for way in ("up", "down")}
    signs["tick"] = resource("icons/tick.svg").as_posix()
    return Template(STYLE_SHEET).substitute(asdict(colours), **texts, **signs)


def palette(colours: Colours) -> QPalette:
    """For what Qt draws itself: dialogs, tooltips, selections."""
    made = QPalette(QColor(colours.card), QColor(colours.window))
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.field),
        (role.AlternateBase, colours.hover),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Button, colours.card),
        (role.ButtonText, colours.text),
        (role.ToolTipBase, colours.card),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.link),
        (role.Accent, colours.accent),
    ):
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(colours.muted))
    return made


def colours_of(palette: QPalette) -> Colours:
    """The theme that a palette belongs to, for what is painted and not styled."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


class Theme(QObject):
    """Dresses the application and follows the system from light to dark and back."""

    changed = Signal()

    def __init__(
        self, application: QApplication, *, dark: bool | None = None, percent: int = 100, dressed: bool = True
    ) -> None:
        """`dark` keeps one of the two whatever the system says; `percent` is the size of text, as for `enlarge`. Not
        `dressed`, what is made meanwhile costs less: a widget with a style sheet is measured by it each time that it
        comes under another one. `apply` dresses all of it at once.
        """
        super().__init__(application)
        self._application = application
        self._wanted = dark
        self._font = application.font()
        # before any palette of ours: where the platform does not tell, its own palette does
        self._was_dark = application.palette().color(QPalette.ColorRole.Window).lightness() < 128
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self.apply)
        self._set_size(percent)
        if dressed:
            self.apply()
        else:
            self._colour()

    @property
    def is_dark(self) -> bool:
        """Which of the two is worn."""
        if self._wanted is not None:
            return self._wanted
        scheme = self._application.styleHints().colorScheme()
        return self._was_dark if scheme is Qt.ColorScheme.Unknown else scheme is Qt.ColorScheme.Dark

    def wear(self, *, dark: bool | None) -> None:
        """Keep one of the two from now on, or follow the system again."""
        self._wanted = dark
        self.apply()

    def enlarge(self, percent: int) -> None:
        """Show text in this size, in percent of the system's own."""
        self._set_size(percent)
        self.apply()

    def apply(self) -> None:
        """Dress again, as after a change of the system's scheme or font."""
        colours = self._colour()
        self._application.setStyleSheet(style_sheet(colours, _points(self._application.font())))
        self.changed.emit()

    def _colour(self) -> Colours:
        colours = DARK if self.is_dark else LIGHT
        self._application.setPalette(palette(colours))
        return colours

    def _set_size(self, percent: int) -> None:
        font = QFont(self._font)
        font.setPointSizeF(_points(self._font) * percent / 100)
        self._application.setFont(font)


def _points(font: QFont) -> float:
    # a font may be told in pixels; 96 of them are 72 points
    return font.pointSizeF() if font.pointSizeF() > 0 else font.pixelSize() * 0.75
