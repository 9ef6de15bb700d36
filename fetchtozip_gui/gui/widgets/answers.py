"""What a test has brought: records, the request as it was sent, the answer, the columns, and the pages so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.gui.models.frame import FrameModel
from fetchtozip_gui.gui.source_words import in_window
from fetchtozip_gui.gui.widgets.grid import Grid
from fetchtozip_gui.gui.widgets.labels import OneLine, label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.tested_pages import Pages, Steps

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Tested
    from fetchtozip_gui.gui.answer_words import Shown

RECORDS, REQUEST, RESPONSE, SCHEMA, PAGES = range(5)
_JSON = 5
"""The other view of the records."""
_TABS = {
    RECORDS: ("Records", "The rows of this page"),
    REQUEST: ("Request", "What was sent, without its secrets"),
    RESPONSE: ("Response", "What came back"),
    SCHEMA: ("Schema", "The columns, their types, and how much is missing"),
    PAGES: ("Pages", "The pages so far, and what was proved on them"),
}


class Answers(QTabWidget):
    """Shows one page of a source at a time."""

    page_wanted = Signal(int)
    """Another page is to be shown, by its number."""

    def __init__(self) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setProperty("role", "tight")
        self.setAccessibleName("What the test has brought")
        self.setToolTip("What the test has brought (Ctrl+Tab: the next part)")
        self.tabBar().setToolTip(self.toolTip())
        self.tabBar().setAccessibleName("Parts of the answer")
        # in a narrow pane their names are shortened, and none is left out
        self.tabBar().setUsesScrollButtons(False)
        self.tabBar().setElideMode(Qt.TextElideMode.ElideRight)
        self.records = FrameModel(parent=self)
        self.schema = FrameModel(parent=self)
        self.request = _code("The request as it was sent")
        self.response = _code("The answer's headers and body")
        self.json = _code("The records as JSON")
        self.status = OneLine("headline")
        self.problem = Notice()
        self.copied = label(role="muted")
        self.pages = Pages()
        self.steps = Steps()
        self._grid = Grid(self.records, "Records")
        self._views = QStackedWidget()
        self._as_json = QToolButton()
        self._as_curl = QPushButton("Copy as cURL")
        self._shown: Shown | None = None
        self._due: set[int] = set()
        self.pages.wanted.connect(self.page_wanted)
        self.steps.wanted.connect(self.page_wanted)
        for at, page in enumerate((self._records(), self._request(), self._response(), self._schema(), self.pages)):
            name, about = _TABS[at]
            self.addTab(page, name)
            self.setTabToolTip(at, about)
        self.currentChanged.connect(self._fill)

    def show_page(self, shown: Shown) -> None:
        """Show another page; an answer that is a refusal opens by itself, and closes again when all is well."""
        self._shown = shown
        tested = shown.tested
        self._due = {RECORDS, REQUEST, RESPONSE, SCHEMA, _JSON}
        self._name_records()
        over_http = bool(tested.sent.headers) or tested.received is not None
        self.setTabEnabled(REQUEST, over_http)
        self.setTabEnabled(RESPONSE, over_http or tested.problem is not None)
        if tested.problem is not None:
            said = tested.problem
            self.problem.fail(type(said)(in_window(said.message), in_window(said.hint)))
            self.setCurrentIndex(RESPONSE)
        else:
            self.problem.clear()
            if self.currentIndex() == RESPONSE:
                self.setCurrentIndex(RECORDS)
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name_records()

    def _name_records(self) -> None:
        """Say how many there are, where all the names have room."""
        count = f" {self._shown.tested.frame.height:,}" if self._shown is not None else ""
        for text in (f"Records{count}", "Records"):
            self.setTabText(RECORDS, text)
            if self.tabBar().sizeHint().width() <= self.width():
                break

    def _fill(self) -> None:
        """Fill what is in sight: all at once would hold the window for longer than a frame."""
        at = _JSON if self.currentIndex() == RECORDS and self._as_json.isChecked() else self.currentIndex()
        shown = self._shown
        if shown is None or at not in self._due:
            return
        self._due.remove(at)
        if at == RECORDS:
            self.records.show(shown.tested.frame)
        elif at == _JSON:
            self.json.setPlainText(shown.json)
        elif at == SCHEMA:
            self.schema.show(shown.schema)
        elif at == REQUEST:
            self.copied.clear()
            self.request.setPlainText(shown.request)
        else:
            self.status.setText(shown.status)
            self.response.setPlainText(shown.response)

    def clear_pages(self) -> None:
        """Nothing has been tested."""
        self._shown = None
        self._due = set()
        self.records.show(None)
        self.schema.show(None)
        for text in (self.json, self.request, self.response):
            text.clear()
        self.status.setText("")
        self.problem.clear()
        self._name_records()
        self.show_pages((), 1)
        self.pages.show_proof(None)

    def show_pages(self, pages: Sequence[Tested], page: int) -> None:
        """Tell which pages were fetched, and which of them is looked at."""
        self.steps.show_pages(pages, page)
        self.pages.show_pages(pages, page)

    # --- the tabs -----------------------------------------------------------------------------------------------

    def _records(self) -> QWidget:
        self._as_json.setText("{ } JSON")
        self._as_json.setCheckable(True)
        self._as_json.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._as_json.setAccessibleName("Show records as JSON")
        self._as_json.setToolTip("Show the records as JSON instead of a table")
        self._as_json.toggled.connect(self._switch)
        self._views.addWidget(self._grid)
        self._views.addWidget(self.json)
        page, lines = _page()
        foot = QHBoxLayout()
        foot.addWidget(self.steps)
        foot.addStretch(1)
        foot.addWidget(self._as_json)
        lines.addWidget(self._views, 1)
        lines.addLayout(foot)
        return page

    def _request(self) -> QWidget:
        self._as_curl.setToolTip("Copy the request as a command of cURL; where a secret was there stands ***")
        self._as_curl.clicked.connect(self._copy)
        page, lines = _page()
        foot = QHBoxLayout()
        foot.addWidget(self.copied, 1)
        foot.addWidget(self._as_curl)
        lines.addWidget(self.request, 1)
        lines.addLayout(foot)
        return page

    def _response(self) -> QWidget:
        page, lines = _page()
        lines.addWidget(self.status)
        lines.addWidget(self.problem)
        lines.addWidget(self.response, 1)
        return page

    def _schema(self) -> QWidget:
        page, lines = _page()
        lines.addWidget(Grid(self.schema, "Schema"), 1)
        return page

    def _switch(self, as_json: bool) -> None:
        self._views.setCurrentIndex(1 if as_json else 0)
        self._fill()

    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.tested.sent.curl())
            self.copied.setText("Copied, without secrets.")


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    page.setProperty("role", "clear")
    lines = QVBoxLayout(page)
    lines.setContentsMargins(0, 8, 0, 0)
    lines.setSpacing(8)
    return page, lines


def _code(name: str) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setReadOnly(True)
    text.setTabChangesFocus(True)
    text.setProperty("role", "code")
    text.setAccessibleName(name)
    text.setToolTip(name)
    # a read-only text gives the arrow keys a cursor only if it is told to
    text.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return text
