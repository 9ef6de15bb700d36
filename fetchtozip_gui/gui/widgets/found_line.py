"""One line that says what a test has found, each part a link to the field that changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel

from fetchtozip_gui.gui.source_words import found, linked
from fetchtozip_gui.gui.widgets.labels import put_on

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Proof, Tested

RESPONSE_LINK = "#response"
PAGES_LINK = "#pages"


class FoundLine(QLabel):
    """Says what is known of the source, and how far that can be trusted. Links are reached by Tab too."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setProperty("role", "found")
        flag = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flag.LinksAccessibleByMouse | flag.LinksAccessibleByKeyboard)

    def tell(self, work: str, tested: Tested | None, proof: Proof | None, *, outdated: bool) -> None:
        """`work` is what is being done, empty while nothing is."""
        text, tone = _words(work, tested, proof)
        if outdated and not work:
            text, tone = f"⚠ Out of date, the source was changed since: test again (F5). {text}", "warn"
        self.setText(text)
        self.setToolTip("\n".join(tested.said) if tested is not None else "What a test finds out is said here")
        self.setAccessibleName("What was found")
        self.setAccessibleDescription(text)
        put_on(self, tone)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            # links keep the colour of the theme in which they were set
            text = self.text()
            self.clear()
            self.setText(text)


def _words(work: str, tested: Tested | None, proof: Proof | None) -> tuple[str, str]:
    if work:
        return f"{work}…", "plain"
    if tested is None:
        return "Nothing is known of this source yet. Test (F5) fetches its first page.", "plain"
    if tested.problem is not None:
        return f'✗ The test failed. <a href="{RESPONSE_LINK}">See what came back</a>', "bad"
    text = f"Found: {linked(found(tested)) or 'no rows'}."
    if proof is not None:
        said = "✓ Proved on the first pages" if proof.ok else "✗ Not proved"
        text += f' <a href="{PAGES_LINK}">{said}</a>.'
    return text, "plain"
