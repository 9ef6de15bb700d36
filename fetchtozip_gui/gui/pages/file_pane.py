"""One opened file: what it is, how far it is read, and what can be done with it in tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QTabWidget, QVBoxLayout, QWidget

from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.widgets.labels import OneLine, label, put_on
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.words import breakable, place


class Look(Protocol):
    """What is in a tab."""

    def look(self) -> None:
        """It is seen, or the file has other rows now."""
        ...

    def leave(self) -> None:
        """Stop what it does by itself."""
        ...


Tab = tuple[str, str, Callable[[], QWidget]]
"""Title, what is in it, and how it is made."""


class FilePane(QWidget):
    """A tab is made when it is first chosen, and begins to work when there are rows."""

    again_asked = Signal()
    """Read the file once more."""

    def __init__(
        self, file: OpenedFile, form: QWidget, tabs: Sequence[Tab], buttons: Sequence[QPushButton] = ()
    ) -> None:
        """`form` says how the file is read; `buttons` stand beside its name."""
        super().__init__()
        self.setProperty("role", "clear")
        self.file = file
        self.form = form
        self._makers = [make for _, _, make in tabs]
        self._made: dict[int, QWidget] = {}
        self._title = OneLine("heading")
        self._words = OneLine("muted", Qt.TextElideMode.ElideMiddle)
        self._notes = label(role="muted", wraps=True)
        self.notice = Notice()
        self.progress = QProgressBar()
        self.stop = QPushButton("Stop")
        self.again = QPushButton("Try again")
        self.buttons = buttons
        self.tabs = QTabWidget()
        self._lay_out(tabs)
        file.changed.connect(self._follow)
        self.tabs.currentChanged.connect(self._look)
        self.stop.clicked.connect(file.stop)
        self.again.clicked.connect(self.again_asked)
        self._follow()

    def tab(self, title: str) -> QWidget:
        """Choose a tab by its title; what is in it."""
        at = next(at for at in range(self.tabs.count()) if self.tabs.tabText(at).replace("&", "") == title)
        self.tabs.setCurrentIndex(at)
        self._look()
        return self._made[at]

    def leave(self) -> None:
        """Stop what any tab does by itself."""
        for made in self._made.values():
            made.leave()

    def take_focus(self) -> None:
        """Put the keyboard on the tabs."""
        self.tabs.tabBar().setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        at = self.tabs.currentIndex()
        if self.file.state != "ready" or at < 0:
            return
        if at not in self._made:
            self._made[at] = made = self._makers[at]()
            self.tabs.widget(at).layout().addWidget(made)
            # at once, and not when the layout gets to it: some follow only what is seen
            made.show()
            if self.tabs.widget(at).hasFocus():
                # while there was nothing on it, the page itself was given the keyboard
                self.focusNextChild()
        self._made[at].look()

    def _follow(self) -> None:
        file = self.file
        self._title.setText(file.name)
        self._title.setToolTip(str(file.path))
        self._words.setText(f"{file.words()} · {place(file.path.parent)}")
        self._words.setToolTip(self._words.text())
        reading = file.state in ("waiting", "reading")
        self.progress.setVisible(reading)
        self.stop.setVisible(file.state == "reading")
        self.again.setVisible(file.state in ("failed", "stopped"))
        self.tabs.setVisible(file.state == "ready")
        for button in self.buttons:
            button.setEnabled(file.state == "ready")
        read = file.read
        notes = " ".join(read.notes) if read is not None else ""
        problem = f"! {read.problem}." if read is not None and read.problem else ""
        put_on(self._notes, "warn" if problem or (read is not None and read.left_out) else "")
        self._notes.setText(breakable(f"{problem} {notes}".strip()))
        self._notes.setVisible(bool(self._notes.text()))
        if file.error is not None and file.state == "failed":
            self.notice.fail(file.error)
        else:
            self.notice.clear()
        self._look()

    def _lay_out(self, tabs: Sequence[Tab]) -> None:
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("The file is being read")
        self.stop.setToolTip("Read no more of the file; the next time it goes on there")
        self.again.setToolTip("Read the file once more")
        self.tabs.setAccessibleName("What to do with the file")
        for part in (self.tabs, self.tabs.tabBar()):
            part.setToolTip("Left and Right choose what to do with the file")
        for title, about, _ in tabs:
            holder = QWidget()
            holder.setProperty("role", "clear")
            inside = QVBoxLayout(holder)
            inside.setContentsMargins(0, 0, 0, 0)
            self.tabs.setTabToolTip(self.tabs.addTab(holder, title), about)
        head = QHBoxLayout()
        head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._words)
        head.addLayout(words, 1)
        for button in (*self.buttons, self.stop, self.again):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self.form)
        whole.addWidget(self.progress)
        whole.addWidget(self.notice)
        whole.addWidget(self._notes)
        whole.addWidget(self.tabs, 1)
        whole.addStretch(0)
