"""The columns of the export: the table, a search, and everything that is done with several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.coroutines import Latest
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.column_mirror import ColumnMirror
from fetchtozip_gui.gui.models.column_types import type_faults
from fetchtozip_gui.gui.models.columns import ColumnsModel
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.last_run import Rows, looked_at
from fetchtozip_gui.gui.widgets import column_menu
from fetchtozip_gui.gui.widgets.column_table import ColumnTable
from fetchtozip_gui.gui.widgets.labels import OneLine, label, put_on
from fetchtozip_gui.gui.widgets.tool import tool
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.analysis.profile import Profile
    from fetchtozip_gui.engine.shelf import Inputs

_EMPTY = "The columns appear when the source has been tested (F5)."


class ColumnsPane(QFrame):
    """With `inputs`, at once or later, the table is the same list as the one that scripts see, until `leave`."""

    lost = Signal()
    """All rows of a job were to be looked at, and cannot be read."""
    counted = Signal(object)
    """The `Profile` of all rows of a job; null while there is none but that of the first page."""

    def __init__(self, draft: DraftModel, findings: Findings, errands: Errands, inputs: Inputs | None = None) -> None:
        super().__init__()
        self._draft = draft
        self._findings = findings
        self._errands = errands
        self._profiling, self._trying = Latest(errands, self), Latest(errands, self)
        self._rows: Rows | None = None
        self._rows_words = ""
        self.model = ColumnsModel(draft, findings, self)
        self.table = ColumnTable(self.model)
        self.search = _search()
        self.up = tool("↑", "Move up", "Move the chosen columns up (Alt+Up)")
        self.down = tool("↓", "Move down", "Move the chosen columns down (Alt+Down)")
        self.undo, self.redo = tool("Undo", "Undo", ""), tool("Redo", "Redo", "")
        self.more = QPushButton("Change")
        self._summary = OneLine("muted")
        self.mend = QPushButton()
        self._said = OneLine("muted")
        self._empty = label(_EMPTY, "muted", wraps=True)
        self._stack = QStackedWidget()
        self._mirror: ColumnMirror | None = None
        self._lay_out()
        self._connect()
        self._follow()
        self._follow_undo()
        self._look()
        if inputs is not None:
            self.share(inputs)

    def share(self, inputs: Inputs) -> None:
        """Be one list with scripts from now on; the draft has its first document by now."""
        self.leave()
        self._mirror = ColumnMirror(self._draft, self._findings, inputs, self._errands, self)

    def leave(self) -> None:
        """Hear no more of scripts."""
        if self._mirror is not None:
            self._mirror.leave()
            self._mirror = None

    def sizeHint(self) -> QSize:
        return QSize(480, 375)

    def look_at(self, rows: Rows | None, words: str = "") -> None:
        """Show what the columns hold in all rows of a job, which `words` name; null goes back to the first page."""
        self._rows, self._rows_words = rows, words
        self.counted.emit(None)
        self._look()
        self._summarize()

    # --- work elsewhere -----------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Profile the rows there are; an answer about older rows is dropped."""
        tested, rows = self._findings.tested, self._rows
        self._try_types()
        if tested is None:
            self._profiling.stop()
            self.model.show_profile(None)
        else:
            self._profiling.start(self._profile(tested.frame, rows))

    async def _profile(self, page: pl.DataFrame, rows: Rows | None) -> None:
        try:
            found = await self._errands.away(lambda: _profiled(page, rows))
        except FetchToZipError:
            if rows is not None:
                self.lost.emit()
            return
        self.model.show_profile(found)
        self._summarize()
        if rows is not None:
            self.counted.emit(found)

    def _try_types(self) -> None:
        """Try the types that are asked for on the first page."""
        tested = self._findings.tested
        wanted = [(row.original, row.dtype, row.format) for row in self.model.rows if row.dtype and row.at is not None]
        if tested is None or not wanted:
            self._trying.stop()
            self.model.show_type_faults({})
            return
        frame = tested.frame
        self._trying.start(self._tried(frame, [one for one in wanted if one[0] in frame.columns]))

    async def _tried(self, page: pl.DataFrame, wanted: list[tuple[str, str, str | None]]) -> None:
        self.model.show_type_faults(await self._errands.away(lambda: type_faults(page, wanted)))
        self._summarize()

    # --- following ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._findings.changed.connect(self._look)
        self._draft.changed.connect(self._follow_draft)
        self._draft.undo_changed.connect(self._follow_undo)
        for changed in (self.model.modelReset, self.model.layoutChanged, self.model.dataChanged):
            changed.connect(self._follow)
        self.model.told.connect(self._say)
        self.search.textChanged.connect(self._find)
        self.up.clicked.connect(lambda: self.table.shift(-1))
        self.down.clicked.connect(lambda: self.table.shift(1))
        for asked, act in (
            (self.undo.clicked, self._draft.undo),
            (self.redo.clicked, self._draft.redo),
            (self.table.undo_asked, self._draft.undo),
            (self.table.redo_asked, self._draft.redo),
        ):
            asked.connect(act)
        self.table.menu_asked.connect(self._pop_up)
        self.table.selectionModel().selectionChanged.connect(self._follow_choice)
        self.more.menu().aboutToShow.connect(lambda: column_menu.fill(self.more.menu(), self.model, self.table))
        self.mend.clicked.connect(self._go_to_fault)

    def _follow_draft(self, part: str) -> None:
        if part in ("", "steps"):
            self._say("")
            self._try_types()

    def _follow(self) -> None:
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)
        self._summarize()
        self._follow_choice()

    def _follow_choice(self) -> None:
        chosen = self.table.chosen()
        self.up.setEnabled(bool(chosen) and chosen[0] > 0)
        self.down.setEnabled(bool(chosen) and chosen[-1] < self.model.rowCount() - 1)

    def _follow_undo(self) -> None:
        for button, what, keys, words in (
            (self.undo, "Undo", QKeySequence.StandardKey.Undo, self._draft.undo_words()),
            (self.redo, "Redo", QKeySequence.StandardKey.Redo, self._draft.redo_words()),
        ):
            button.setEnabled(bool(words))
            shortcut = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{what}: {words} ({shortcut})" if words else f"Nothing to {what.lower()} ({shortcut})")
            button.setAccessibleName(f"{what}: {words}" if words else what)

    def _summarize(self) -> None:
        rows = self.model.rows
        kept = sum(1 for row in rows if row.keep)
        told = [f"{kept:,} of {counted(len(rows), 'column')} kept"]
        renamed = sum(1 for row in rows if row.name is not None and row.keep)
        retyped = sum(1 for row in rows if row.dtype and row.keep)
        told += [f"{count:,} {what}" for count, what in ((renamed, "renamed"), (retyped, "retyped")) if count]
        if self._rows is not None:
            told.append(self._rows_words)
        self._summary.setText(" · ".join(told) if rows else "")
        self._summary.setToolTip(f"Values are counted over {self._rows_words}." if self._rows_words else "")
        wrong = sum(bool(self.model.fault(number)) for number in range(len(rows)))
        self.mend.setVisible(bool(wrong))
        self.mend.setText(f"✗ {counted(wrong, 'column')} to mend")

    def _go_to_fault(self) -> None:
        wrong = [number for number in range(self.model.rowCount()) if self.model.fault(number)]
        if wrong:
            # the next one after the current, and around
            after = [number for number in wrong if number > self.table.currentIndex().row()]
            row = (after or wrong)[0]
            self.search.clear()
            self.table.choose([row])
            self._say(self.model.fault(row))
            self.table.setFocus()

    def _say(self, text: str) -> None:
        self._said.setText(text)
        self._said.setToolTip(text)
        self._said.setVisible(bool(text))

    def _find(self, text: str) -> None:
        left = self.table.search(text)
        self._say(f"{counted(left, 'column')} found" if text.strip() else "")

    # --- the menu -----------------------------------------------------------------------------------------------

    def _pop_up(self, at: QPoint) -> None:
        column_menu.fill(self.more.menu(), self.model, self.table)
        self.more.menu().popup(at)

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setProperty("role", "card")
        self.more.setMenu(QMenu(self.more))
        self.more.setProperty("role", "beside")
        self.more.setAccessibleName("Change columns")
        self.more.setToolTip("Type, names and more for the chosen columns, or for all of them (menu key)")
        self.mend.setProperty("role", "quiet")
        put_on(self.mend, "bad")
        self.mend.setToolTip("Go to the next column with a fault")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        tools = QHBoxLayout()
        tools.addWidget(self.search, 1)
        tools.setSpacing(2)
        for button in (self.up, self.down, self.undo, self.redo, self.more):
            tools.addWidget(button)
        head = QHBoxLayout()
        head.addWidget(label("Columns", "heading"))
        head.addWidget(self._summary, 1)
        head.addWidget(self.mend)
        self._said.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addLayout(tools)
        whole.addWidget(self._stack, 1)
        whole.addWidget(self._said)


def _search() -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText("Find a column")
    field.setAccessibleName("Find a column")
    field.setToolTip("Shows the columns with this text in their old or new name")
    field.setClearButtonEnabled(True)
    return field


def _profiled(page: pl.DataFrame, rows: Rows | None) -> Profile:
    from fetchtozip_gui.core.analysis.profile import profile  # heavy: Polars

    with looked_at(rows, page) as every:
        return profile(every)
