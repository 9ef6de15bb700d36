"""The source and the steps of the draft as a list, each with what it did to the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.step_words import NAMES, title
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.core.preview import Stage

Index = QModelIndex | QPersistentModelIndex
STEP = "application/x-fetchtozip-step"
"""What a step is while it is dragged."""
CHANGE = int(Qt.ItemDataRole.UserRole) + 1
"""What it changed, in words."""
FAULT = int(Qt.ItemDataRole.UserRole) + 2
"""Why it cannot be done."""
NOTE = int(Qt.ItemDataRole.UserRole) + 3
IS_OFF = int(Qt.ItemDataRole.UserRole) + 4
NUMBER = int(Qt.ItemDataRole.UserRole) + 5


class StepsModel(QAbstractListModel):
    """Row 0 is the source, row N the step N of the recipe counted from 1. Every edit is a change of the draft."""

    placed = Signal(int)
    """The row at which a step now stands that was added or moved."""

    def __init__(self, draft: DraftModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._steps: list[dict[str, Any]] = _steps_in(draft)
        self._stages: Sequence[Stage] = ()
        draft.changed.connect(self._follow)

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """The steps as JSON; they need not be right."""
        return self._steps

    def step(self, row: int) -> Mapping[str, Any] | None:
        """The step of a row; the source is none."""
        return self._steps[row - 1] if 0 < row <= len(self._steps) else None

    def stage(self, row: int) -> Stage | None:
        """What is known of the rows after a step."""
        return self._stages[row] if 0 <= row < len(self._stages) else None

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """Show what the steps do to the rows."""
        self._stages = stages
        self._tell_all()

    # --- editing ------------------------------------------------------------------------------------------------

    def insert(self, document: Mapping[str, Any], row: int) -> None:
        """Put a step at this row; what stood there follows it."""
        at = max(0, min(row - 1, len(self._steps)))
        self._put(f"Add {_name(document)}", [*self._steps[:at], dict(document), *self._steps[at:]])
        self.placed.emit(at + 1)

    def replace(self, row: int, document: Mapping[str, Any], field: str = "") -> None:
        """Have another step in a row; what is typed into one `field` is one step of undo."""
        if self.step(row) is None:
            return
        steps = [*self._steps[: row - 1], dict(document), *self._steps[row:]]
        self._put(f"Edit {_name(document)}", steps, merge=f"step {row} {field}" if field else "")

    def turn(self, row: int, on: bool) -> None:
        """Turn a step on or off; it stays in the recipe."""
        step = self.step(row)
        if step is not None:
            document = {key: value for key, value in step.items() if key != "enabled"}
            steps = [*self._steps[: row - 1], document if on else {**document, "enabled": False}, *self._steps[row:]]
            self._put(f"Turn {'on' if on else 'off'} {_name(step)}", steps)

    def delete(self, row: int) -> None:
        """Take a step out."""
        step = self.step(row)
        if step is not None:
            self._put(f"Delete {_name(step)}", [*self._steps[: row - 1], *self._steps[row:]])

    def move(self, row: int, to: int) -> None:
        """Put a step before the one that is now in row `to`; nothing stands before the source."""
        step, to = self.step(row), max(1, min(to, len(self._steps) + 1))
        if step is None or to in (row, row + 1):
            return
        others = [*self._steps[: row - 1], *self._steps[row:]]
        at = to - 1 if to < row else to - 2
        self._put(f"Move {_name(step)}", [*others[:at], dict(step), *others[at:]])
        self.placed.emit(at + 1)

    def _put(self, words: str, steps: list[dict[str, Any]], *, merge: str = "") -> None:
        self._draft.change(words, merge=merge, steps=steps)

    def _follow(self, part: str) -> None:
        if part not in ("", "steps"):
            return
        steps = _steps_in(self._draft)
        if len(steps) == len(self._steps):
            self._steps = steps
            self._tell_all()
        else:
            self.beginResetModel()
            self._steps = steps
            # what is known is known of other steps
            self._stages = self._stages[:1]
            self.endResetModel()

    def _tell_all(self) -> None:
        self.dataChanged.emit(self.index(0), self.index(len(self._steps)))

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._steps) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            step = self.step(row)
            return "Source" if step is None else title(step)
        if role == CHANGE:
            return self._change(row)
        if role == FAULT:
            stage = self.stage(row)
            return str(stage.error) if stage is not None and stage.error is not None else ""
        if role in (NOTE, IS_OFF):
            step = self.step(row) or {}
            return str(step.get("note") or "") if role == NOTE else step.get("enabled") is False
        if role == NUMBER:
            return row
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._told(index)
        return None

    def _change(self, row: int) -> str:
        stage = self.stage(row)
        step = self.step(row)
        if step is not None and step.get("enabled") is False:
            return "off"
        if stage is None:
            return ""
        if stage.error is not None:
            return "cannot be done"
        if stage.is_skipped:
            return "not tried"
        if row == 0:
            return counted(stage.rows, "row") if stage.rows is not None else ""
        return stage.change.words() if stage.change is not None else ""

    def _told(self, index: Index) -> str:
        parts = [index.data(), index.data(CHANGE), index.data(NOTE), index.data(FAULT)]
        return "\n".join(str(part) for part in parts if part)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        found = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren
        return found | flag.ItemIsDragEnabled if index.row() else found

    # --- dragging -----------------------------------------------------------------------------------------------

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [STEP]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(STEP, str(indexes[0].row()).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        if not data.hasFormat(STEP):
            return False
        to = row if row >= 0 else parent.row() if parent.isValid() else self.rowCount()
        self.move(int(bytes(data.data(STEP).data())), to)
        return True


def _steps_in(draft: DraftModel) -> list[dict[str, Any]]:
    found = draft.part("steps")
    return [step for step in found if isinstance(step, dict)] if isinstance(found, list) else []


def _name(document: Mapping[str, Any]) -> str:
    kind = str(document.get("type", ""))
    return NAMES.get(kind, kind or "step")
