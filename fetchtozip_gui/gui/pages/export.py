"""The Export page: the workbench, laid out from left to right as the data flows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.widgets.labels import OneLine
from fetchtozip_gui.gui.widgets.scrolled import GUTTER


class ExportPage(QWidget):
    """Holds the panes that it is given: what is fetched, what is made of it, where it goes, and the newest jobs.

    `columns` are one under the other between the source and the rest; without any, source and jobs share the page.
    """

    def __init__(
        self,
        draft: DraftModel,
        buttons: Sequence[QPushButton],
        *,
        source: QWidget,
        jobs: QWidget,
        columns: Sequence[QWidget] = (),
        output: QWidget | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._draft = draft
        self._title = OneLine("title")
        self._where = OneLine("muted", Qt.TextElideMode.ElideMiddle)
        self.flow = QSplitter(Qt.Orientation.Horizontal)
        self.flow.setObjectName("export-flow")
        self._lay_out(buttons, source, columns, output, jobs)
        draft.changed.connect(self._follow)
        draft.undo_changed.connect(self._follow)
        self._follow()

    def tell_file(self, text: str) -> None:
        """Say which file the draft is saved to."""
        self._where.setText(text)
        self._where.setToolTip(text)

    def _follow(self) -> None:
        name = str(self._draft.part("name")) or "export"
        self._title.setText(name if self._draft.is_saved else f"{name} •")
        self._title.setToolTip(name if self._draft.is_saved else f"{name} (changed since it was saved)")
        self._title.setAccessibleName(self._title.toolTip())

    def _lay_out(
        self,
        buttons: Sequence[QPushButton],
        source: QWidget,
        columns: Sequence[QWidget],
        output: QWidget | None,
        jobs: QWidget,
    ) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, GUTTER, 0)
        head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._where)
        head.addLayout(words, 1)
        for button in buttons:
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.flow.addWidget(source)
        if columns:
            self.flow.addWidget(_stacked("export-columns", columns, (1, 1)))
        self.flow.addWidget(jobs if output is None else _stacked("export-end", (output, jobs), (3, 2)))
        shares = (4, 4, 3) if columns else (2, 3)
        for at, share in enumerate(shares):
            self.flow.setStretchFactor(at, share)
        # far more than there is: it is divided by these shares
        self.flow.setSizes([share * 1_000 for share in shares])
        self.flow.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 8, 0)
        whole.setSpacing(14)
        # where the text is large or the screen small, the panes keep their width and the page scrolls
        around = QScrollArea()
        around.setWidgetResizable(True)
        around.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around.setWidget(self.flow)
        # with a ground of its own it would be painted by itself first, and all of it once more with the page
        self.flow.setAutoFillBackground(False)
        whole.addLayout(head)
        whole.addWidget(around, 1)


def _stacked(name: str, panes: Sequence[QWidget], shares: Sequence[int]) -> QSplitter:
    made = QSplitter(Qt.Orientation.Vertical)
    made.setObjectName(name)
    made.setChildrenCollapsible(False)
    for at, (pane, share) in enumerate(zip(panes, shares, strict=False)):
        made.addWidget(pane)
        made.setStretchFactor(at, share)
    made.setSizes([share * 1_000 for share in shares])
    return made
