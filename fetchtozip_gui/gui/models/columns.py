"""The columns of the source as an editable table: what is kept, under which name, of which type, in which place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from fetchtozip_gui.gui.models.column_cells import ANSWERED, EDITED, NOTHING, At, Cell, Found, found_in, header
from fetchtozip_gui.gui.models.column_names import PATTERNS, fill, renamed
from fetchtozip_gui.gui.models.column_rows import Row, faults, moved, read, step_in, write
from fetchtozip_gui.gui.models.column_types import Type, type_in, type_text
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.profile import Profile

Index = QModelIndex | QPersistentModelIndex
ROWS = "application/x-fetchtozip-columns"
"""What rows are while they are dragged."""


class ColumnsModel(QAbstractTableModel):
    """Every edit becomes the draft's first step of columns, and every change of the draft is shown."""

    told = Signal(str)
    """What came of an edit, where the table alone does not show it."""

    def __init__(self, draft: DraftModel, findings: Findings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._findings = findings
        self._rows: list[Row] = []
        self._faults: dict[int, str] = {}
        self._types: Mapping[str, str] = {}
        self._profile: Profile | None = None
        self._places: list[int] = []
        self._found: dict[str, Found] = {}
        draft.changed.connect(self._follow_draft)
        findings.changed.connect(self._follow_findings)
        self._follow()

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[Row]:
        """The columns, in the sequence of the result."""
        return self._rows

    def fault(self, row: int) -> str:
        """What is wrong with a row, the name first."""
        return self._faults.get(row) or self._types.get(self._rows[row].original, "")

    def show_profile(self, profile: Profile | None) -> None:
        """Show what the columns hold."""
        self._profile = profile
        self._tell_all()

    def show_type_faults(self, told: Mapping[str, str]) -> None:
        """Mark the columns, by their name in the source, whose values do not fit the type that is asked for."""
        if told != self._types:
            self._types = told
            self._tell_all()

    # --- editing ------------------------------------------------------------------------------------------------

    def keep(self, chosen: Iterable[int], wanted: bool) -> None:
        """Keep these columns, or leave them out."""
        self._edit("Keep" if wanted else "Leave out", chosen, lambda row: replace(row, keep=wanted))

    def set_type(self, chosen: Iterable[int], wanted: Type) -> None:
        """Give these columns a type; none leaves them as they were found."""
        dtype, form = wanted
        words = f"Type {type_text(dtype, form)} for" if dtype else "Type as found for"
        self._edit(words, chosen, lambda row: replace(row, dtype=dtype, format=form))

    def rename(self, names: Mapping[int, str], words: str = "Rename") -> None:
        """Give new names by row; one that is equal to the source's is none."""
        numbers = {id(self._rows[number]): name for number, name in names.items()}
        self._edit(words, names, lambda row: row.renamed(numbers[id(row)]))

    def rename_after(self, chosen: Iterable[int], pattern: str) -> None:
        """Make the names follow one of `PATTERNS`."""
        numbers = list(chosen)
        others = [row.called for number, row in enumerate(self._rows) if number not in numbers and row.keep]
        made = renamed([self._rows[number].called for number in numbers], pattern, others)
        self.rename(dict(zip(numbers, made, strict=True)), f"{PATTERNS[pattern][0]} for")

    def use_source_names(self, chosen: Iterable[int]) -> None:
        """Take new names back."""
        self._edit("Source name for", chosen, lambda row: replace(row, name=None))

    def fill(self, text: str, start: int = 0) -> None:
        """Take names from a list that was pasted or dropped, from this row on; what found no row is told."""
        called = [row.called or row.original if row.keep else "" for row in self._rows]
        filled = fill(text, [row.original for row in self._rows], called, start)
        self.rename(filled.names, "Fill name of")
        told = f"{counted(len(filled.names), 'name')} filled in."
        if filled.left:
            shown = ", ".join(filled.left[:3]) + (" …" if len(filled.left) > 3 else "")
            told += f" {counted(len(filled.left), 'line')} found no column: {shown}"
        self.told.emit(told)

    def move(self, chosen: Sequence[int], to: int) -> None:
        """Put these rows before the one that is now number `to`."""
        rows = moved(self._rows, chosen, to)
        self._put(_worded("Move", [self._rows[number] for number in sorted(chosen)]), rows)

    def remove_lost(self, chosen: Iterable[int]) -> None:
        """Forget what the recipe says about columns that the source does not have."""
        gone = {number for number in chosen if self._rows[number].at is None}
        rows = [row for number, row in enumerate(self._rows) if number not in gone]
        self._put(_worded("Forget", [self._rows[number] for number in sorted(gone)]), rows)

    def reset(self, chosen: Iterable[int] | None = None) -> None:
        """Have these columns as the source has them; without any, all of them."""
        numbers = set(range(len(self._rows)) if chosen is None else chosen)
        names = self._names()
        rows = [row.as_found() if number in numbers else row for number, row in enumerate(self._rows)]
        rows = [row for row in rows if row.at is not None or not names]
        if chosen is None:
            rows.sort(key=lambda row: row.at or 0)
            self._put("Reset the columns", rows, rest="keep")
            return
        self._put(_worded("Reset", [self._rows[number] for number in sorted(numbers)]), rows)

    def _edit(self, words: str, chosen: Iterable[int], change: Callable[[Row], Row]) -> None:
        numbers = {number for number in chosen if 0 <= number < len(self._rows)}
        rows = [change(row) if number in numbers else row for number, row in enumerate(self._rows)]
        differing = [row for row, new in zip(self._rows, rows, strict=True) if row != new]
        if differing:
            self._put(_worded(words, differing), rows)

    def _put(self, words: str, rows: Sequence[Row], *, rest: str | None = None) -> None:
        found = self._draft.part("steps")
        steps = found if isinstance(found, list) else []
        before = step_in(steps)
        if before is not None and rest == "keep":
            before = {key: value for key, value in before.items() if key != "rest"}
        after = write(rows, before)
        others = steps if step_in(steps) is None else steps[1:]
        self._draft.change(words, steps=[*([after] if after else []), *others])

    # --- following ----------------------------------------------------------------------------------------------

    def _follow_draft(self, part: str) -> None:
        if part in ("", "steps"):
            self._follow()

    def _follow_findings(self) -> None:
        self._found.clear()
        self._types = {}
        self._follow()

    def _follow(self) -> None:
        rows = read(step_in(self._draft.part("steps")), self._names())
        keys, before = _keys(rows), _keys(self._rows)
        if keys == before:
            self._take(rows)
            self._tell_all()
        elif set(keys) == set(before):
            self.layoutAboutToBeChanged.emit()
            places = {key: number for number, key in enumerate(keys)}
            old = self.persistentIndexList()
            new = [self.index(places[before[index.row()]], index.column()) for index in old]
            self._take(rows)
            self.changePersistentIndexList(old, new)
            self.layoutChanged.emit()
        else:
            self.beginResetModel()
            self._take(rows)
            self.endResetModel()

    def _take(self, rows: list[Row]) -> None:
        self._rows = rows
        self._faults = faults(rows)
        self._places = list(accumulate((row.keep for row in rows), initial=0))

    def _names(self) -> list[str]:
        tested = self._findings.tested
        return [] if tested is None else tested.schema.names()

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(At) - 1))

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(At)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return header(section, role) if orientation is Qt.Orientation.Horizontal else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in ANSWERED or not index.isValid():
            return None
        number, at = index.row(), index.column()
        row = self._rows[number]
        fault = ""
        if at == At.NAME:
            fault = self._faults.get(number, "")
        elif at == At.TYPE:
            fault = self._types.get(row.original, "")
        profile = self._profile.column(row.original) if self._profile and row.at is not None else None
        return Cell(row, at, self._places[number], fault, self._shown(row.original), profile).data(role)

    def _shown(self, name: str) -> Found:
        found = self._found.get(name)
        if found is None:
            tested = self._findings.tested
            if tested is None or name not in tested.frame.columns:
                return NOTHING
            found = self._found[name] = found_in(tested.frame.get_column(name))
        return found

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        number, column = index.row(), index.column()
        if column == At.KEEP and role == Qt.ItemDataRole.CheckStateRole:
            self.keep([number], Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        if role != Qt.ItemDataRole.EditRole:
            return False
        if column == At.NAME:
            self.rename({number: str(value)})
            return True
        try:
            if column == At.TYPE:
                self.set_type([number], type_in(str(value)))
                return True
            if column == At.PLACE:
                self._place(number, int(str(value)))
                return True
        except ValueError as error:
            self.told.emit(str(error) if column == At.TYPE else f"A place is a whole number, found {value}.")
        return False

    def _place(self, number: int, place: int) -> None:
        others = [at for at, row in enumerate(self._rows) if row.keep and at != number]
        to = others[place - 1] if 0 < place <= len(others) else 0 if place < 1 else len(self._rows)
        self.move([number], to)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        found = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled | flag.ItemNeverHasChildren
        if index.column() == At.KEEP:
            return found | flag.ItemIsUserCheckable
        return found | flag.ItemIsEditable if index.column() in EDITED else found

    # --- dragging -----------------------------------------------------------------------------------------------

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [ROWS, "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        numbers = sorted({index.row() for index in indexes})
        data.setData(ROWS, " ".join(map(str, numbers)).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        to = row if row >= 0 else parent.row() if parent.isValid() else len(self._rows)
        if data.hasFormat(ROWS):
            self.move([int(number) for number in bytes(data.data(ROWS).data()).split()], to)
            return True
        if data.hasText():
            self.fill(data.text(), to if to < len(self._rows) else 0)
            return True
        return False


def _keys(rows: Sequence[Row]) -> list[object]:
    # what the source does not have may be named twice
    return [row.at if row.at is not None else (row.column, number) for number, row in enumerate(rows)]


def _worded(what: str, rows: Sequence[Row]) -> str:
    """A change in words: of one column by its name, of more by their number."""
    return (
        f"{what} {rows[0].called or rows[0].original}" if len(rows) == 1 else f"{what} {counted(len(rows), 'column')}"
    )
