"""The steps of the export: the list, the form of the chosen one, and the rows after it with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.coroutines import Latest
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.last_run import Rows, looked_at
from fetchtozip_gui.gui.models.marked import MarkedModel
from fetchtozip_gui.gui.models.steps import StepsModel
from fetchtozip_gui.gui.step_words import NAMES, OFFERED
from fetchtozip_gui.gui.widgets.grid import Grid
from fetchtozip_gui.gui.widgets.labels import OneLine, label, put_on
from fetchtozip_gui.gui.widgets.split import split
from fetchtozip_gui.gui.widgets.step_form import StepForm
from fetchtozip_gui.gui.widgets.step_list import StepList
from fetchtozip_gui.gui.widgets.tool import tool
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    import polars as pl

    from fetchtozip_gui.core.marks import Marked
    from fetchtozip_gui.core.preview import Stage

PAUSE_MS = 120
"""After the last letter that is typed, before the rows are made anew."""


class StepsPane(QFrame):
    """Nothing is computed in the window's thread; an answer about older steps is dropped."""

    lost = Signal()
    """All rows of a job were to be looked at, and cannot be read."""

    def __init__(self, draft: DraftModel, findings: Findings, errands: Errands) -> None:
        super().__init__()
        self._draft = draft
        self._findings = findings
        self._errands = errands
        self._is_due = False
        self._making, self._marking = Latest(errands, self), Latest(errands, self)
        self._rows: Rows | None = None
        self._rows_words = ""
        self.model = StepsModel(draft, self)
        self.steps = StepList(self.model)
        self.form = StepForm()
        self.shown = MarkedModel()
        self.shown.setParent(self)
        self.grid = Grid(self.shown, "Rows after the step")
        self.words = OneLine("headline")
        self.about = OneLine("muted")
        self.add = QPushButton("+ Step")
        self.up = tool("↑", "Move the step up", "Move the step up (Alt+Up)")
        self.down = tool("↓", "Move the step down", "Move the step down (Alt+Down)")
        self.switch = tool("Turn off", "Turn the step off", "Turn the step off (Space)")
        self.remove = tool("Delete", "Delete the step", "Delete the step (Del)")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._lay_out()
        self._connect()
        self._choose(0)
        self._preview()

    def sizeHint(self) -> QSize:
        return QSize(480, 365)

    def look_at(self, rows: Rows | None, words: str = "") -> None:
        """Apply the steps to all rows of a job, which `words` name; null goes back to the first page."""
        self._rows, self._rows_words = rows, words
        self._preview()

    # --- previews -----------------------------------------------------------------------------------------------

    def _preview(self) -> None:
        self._pause.stop()
        if self._rows is None and self._findings.tested is None:
            self._making.stop()
            self.model.show_stages(())
            self._marking.stop()
            self._show(None)
            return
        self._is_due = True
        if not self._making.is_running:
            self._making.start(self._keep_up())

    async def _keep_up(self) -> None:
        """Make one preview at a time: of those that are asked for meanwhile only the newest matters."""
        while self._is_due:
            self._is_due = False
            tested = self._findings.tested
            page = tested.frame if tested is not None else None
            try:
                stages = await self._errands.away(partial(_stages, list(self.model.steps), self._rows, page))
            except FetchToZipError:
                if not self._is_due and self._rows is not None:
                    self.lost.emit()
            else:
                if not self._is_due:
                    self.model.show_stages(stages)
                    self._choose(self.steps.row)

    def _look(self) -> None:
        """Mark what the chosen step changed."""
        row = self.steps.row
        stage, before = self.model.stage(row), self._before(row)
        if stage is None or (stage.frame is None and (before is None or before.frame is None)):
            self._marking.stop()
            self._show(None)
        else:
            self._marking.start(self._mark(stage, before))

    async def _mark(self, stage: Stage, before: Stage | None) -> None:
        self._show(await self._errands.away(lambda: _marked(stage, before)))

    def _before(self, row: int) -> Stage | None:
        return self.model.stage(row - 1) if row else None

    def _show(self, found: Marked | None) -> None:
        self.shown.show_marked(found)
        self._tell()

    # --- words --------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        stage = self.model.stage(self.steps.row)
        put_on(self.words, "")
        # where there is nothing to head, the line is about what to do
        self.words.setVisible(stage is not None)
        if stage is None:
            told = "" if self._findings.tested is not None else "The rows appear when the source has been tested (F5)."
            self.about.setText(told)
            return
        if stage.error is not None:
            put_on(self.words, "bad")
            self.words.setText("✗ This step cannot be done; these are the rows before it.")
        elif stage.is_skipped:
            is_off = (self.model.step(self.steps.row) or {}).get("enabled") is False
            self.words.setText("This step is turned off." if is_off else "Not tried: an earlier step cannot be done.")
        elif stage.change is not None:
            words = stage.change.words()
            self.words.setText(words[:1].upper() + words[1:])
        else:
            self.words.setText("The source's rows")
        self.words.setToolTip(self.words.text())
        source = self.model.stage(0)
        known = source is not None and source.rows is not None
        whole = self._rows_words or (f"first page: {counted(source.rows, 'row')}" if source and known else "")
        after = f"{counted(stage.rows, 'row')} after this step" if stage.rows is not None and self.steps.row else ""
        self.about.setText(" · ".join(part for part in (after, whole) if part))

    # --- the chosen step ----------------------------------------------------------------------------------------

    def _choose(self, row: int) -> None:
        step = self.model.step(row)
        if step is None:
            self.form.show_source()
        else:
            before = self._before(row)
            frame = before.frame if before is not None else None
            self.form.show_step(step, frame.columns if frame is not None else (), row)
            stage = self.model.stage(row)
            error = stage.error if stage is not None else None
            lines = str(error.message).splitlines() if error is not None else []
            self.form.show_faults([*lines[:-1], f"{lines[-1]} {error.hint}".strip()] if error and lines else [])
        self._enable(row)
        self._look()

    def _enable(self, row: int) -> None:
        step = self.model.step(row)
        self.up.setEnabled(row > 1)
        self.down.setEnabled(0 < row < self.model.rowCount() - 1)
        self.remove.setEnabled(step is not None)
        self.switch.setEnabled(step is not None)
        is_off = step is not None and step.get("enabled") is False
        self.switch.setText("Turn on" if is_off else "Turn off")
        self.switch.setAccessibleName(f"Turn the step {'on' if is_off else 'off'}")

    def _edit(self, document: dict[str, object], field: str) -> None:
        self.model.replace(self.steps.row, document, field)

    def _follow(self, part: str) -> None:
        if part in ("", "steps"):
            step = self.model.step(self.steps.row)
            if step is not None:
                before = self._before(self.steps.row)
                frame = before.frame if before is not None else None
                self.form.show_step(step, frame.columns if frame is not None else (), self.steps.row)
            self._enable(self.steps.row)
            self._pause.start()

    def _turn(self) -> None:
        step = self.model.step(self.steps.row)
        self.model.turn(self.steps.row, step is not None and step.get("enabled") is False)

    def insert(self, kind: str) -> None:
        """Add a step behind the chosen one, and go to its first field."""
        self.model.insert({"type": kind, **OFFERED[kind][1]}, self.steps.row + 1)
        fields = self.form.fields()
        if fields:
            fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # --- layout -------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._draft.changed.connect(self._follow)
        self._findings.changed.connect(self._preview)
        self._pause.timeout.connect(self._preview)
        self.steps.chosen.connect(self._choose)
        self.steps.undo_asked.connect(self._draft.undo)
        self.steps.redo_asked.connect(self._draft.redo)
        self.form.edited.connect(self._edit)
        self.up.clicked.connect(lambda: self.steps.shift(-1))
        self.down.clicked.connect(lambda: self.steps.shift(1))
        self.switch.clicked.connect(self._turn)
        self.remove.clicked.connect(lambda: self.model.delete(self.steps.row))

    def _lay_out(self) -> None:
        self.setProperty("role", "card")
        self.add.setMenu(self._menu())
        self.add.setProperty("role", "beside")
        self.add.setAccessibleName("Add a step")
        self.add.setToolTip("Add a step behind the chosen one")
        tools = QHBoxLayout()
        tools.addWidget(label("Steps", "heading"), 1)
        tools.setSpacing(2)
        for button in (self.up, self.down, self.switch, self.remove, self.add):
            tools.addWidget(button)
        scroll = QScrollArea()
        scroll.setProperty("role", "clear")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.form)
        beside = split(Qt.Orientation.Horizontal, "steps-form", {self.steps: 300, scroll: 380})
        line = QHBoxLayout()
        line.addWidget(self.words, 1)
        line.addWidget(self.about)
        below = QWidget()
        below.setProperty("role", "clear")
        rows = QVBoxLayout(below)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(line)
        rows.addWidget(self.grid, 1)
        both = split(Qt.Orientation.Vertical, "steps-rows", {beside: 230, below: 300})
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        whole.addLayout(tools)
        whole.addWidget(both, 1)

    def _menu(self) -> QMenu:
        menu = QMenu(self.add)
        menu.setToolTipsVisible(True)
        for kind, (about, _) in OFFERED.items():
            action = menu.addAction(f"{NAMES[kind]} – {about[:1].lower()}{about[1:]}")
            action.setToolTip(about)
            action.triggered.connect(lambda _=False, kind=kind: self.insert(kind))
        return menu


def _stages(steps: Sequence[dict[str, Any]], rows: Rows | None, page: pl.DataFrame | None) -> list[Stage]:
    from fetchtozip_gui.core.preview import preview  # heavy: Polars

    with looked_at(rows, page) as every:
        return preview(steps, every)


def _marked(stage: Stage, before: Stage | None) -> Marked | None:
    from fetchtozip_gui.core.marks import Marked, marked  # heavy: Polars

    # where the step cannot be done, the rows that it should be done to
    if stage.frame is None:
        return Marked(before.frame) if before is not None and before.frame is not None else None
    return marked(stage, before)
