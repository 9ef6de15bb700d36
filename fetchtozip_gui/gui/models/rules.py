"""The rules of a file as a table: a row a column of the file, a cell for each thing that a rule can ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fetchtozip_gui.gui.form_specs import parsed
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.judging import Judgement

Index = QModelIndex | QPersistentModelIndex
TYPES = ("", "string", "integer", "number", "boolean", "date", "datetime", "email")
FIELDS = ("type", "required", "unique", "min", "max", "pattern", "enum", "min_length", "max_length", "format")
HEADS = (
    "Column",
    "Faults",
    "Type",
    "Required",
    "Unique",
    "Smallest",
    "Largest",
    "Pattern",
    "One of",
    "Shortest",
    "Longest",
    "Format",
)
_ABOUT = (
    "The column that the rule is about",
    "How many values break the rule, of all rows",
    "What every value is, or reads as",
    "Neither missing nor an empty text",
    "No value twice",
    "The smallest value allowed: a number, or a date as 2026-05-31",
    "The largest value allowed",
    "A pattern (regular expression) that is found in the text; ^ and $ hold its ends",
    "The only values allowed, with commas between",
    "The fewest characters",
    "The most characters",
    "date, datetime, time, email, url, uuid, ipv4, or how dates are written, such as %d.%m.%Y",
)
FAULTS = 1
_LAST = len(HEADS) - 1
_SWITCHES = ("required", "unique")
_WHOLE = ("min_length", "max_length")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_EDIT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole)


class RulesModel(QAbstractTableModel):
    """Edits the last validating step of a draft, which it adds with the first rule and removes with the last."""

    def __init__(self, draft: DraftModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._columns: list[str] = []
        self._rules: dict[str, dict[str, Any]] = {}
        self._judgement: Judgement | None = None
        draft.changed.connect(self._follow)
        self._read()

    # --- the step -----------------------------------------------------------------------------------------------

    @property
    def rules(self) -> Mapping[str, Mapping[str, Any]]:
        """The rules by their columns, as a recipe has them."""
        return self._rules

    @property
    def on_error(self) -> str:
        """What becomes of rows that break a rule."""
        at = place_of(self._draft.part("steps"))
        return str(self._draft.part("steps")[at].get("on_error", "fail")) if at is not None else "report"

    def set_on_error(self, how: str) -> None:
        """Fail, drop or report."""
        self._put(self._rules, "Rows that break a rule", on_error=how)

    def show_columns(self, columns: list[str]) -> None:
        """The columns that reach the step; rules for others stay, and are shown below them."""
        if columns != self._columns:
            self.beginResetModel()
            self._columns = columns
            self.endResetModel()

    def show_judgement(self, judgement: Judgement | None) -> None:
        """How many values break which rule."""
        self._judgement = judgement
        if self.rowCount():
            self.dataChanged.emit(self.index(0, FAULTS), self.index(self.rowCount() - 1, FAULTS))

    def names(self) -> list[str]:
        """The columns in the order of the rows."""
        return [*self._columns, *(name for name in self._rules if name not in self._columns)]

    def clear(self, row: int) -> None:
        """Take the rule of a column away."""
        name = self.names()[row]
        self._put({key: rule for key, rule in self._rules.items() if key != name}, f"No rule for {name}")

    def _read(self) -> None:
        steps = self._draft.part("steps")
        at = place_of(steps)
        rules = steps[at].get("schema") if at is not None else {}
        self._rules = {str(name): dict(rule) for name, rule in (rules or {}).items() if isinstance(rule, dict)}

    def _follow(self, part: str) -> None:
        if part not in ("", "steps"):
            return
        before = self.names()
        self._read()
        if self.names() != before:
            self.beginResetModel()
            self.endResetModel()
        elif before:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, _LAST))

    def _put(self, rules: Mapping[str, Any], words: str, *, merge: str = "", on_error: str = "") -> None:
        steps = self._draft.part("steps")
        at = place_of(steps)
        if not rules:
            steps = [step for number, step in enumerate(steps) if number != at]
        elif at is None:
            steps.append({"type": "validate", "schema": dict(rules), "on_error": on_error or "report"})
        else:
            steps[at] = {**steps[at], "schema": dict(rules), **({"on_error": on_error} if on_error else {})}
        self._draft.change(words, merge=merge, steps=steps)

    # --- what Qt asks -------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.names())

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == FAULTS else _LEFT
        return {Qt.ItemDataRole.DisplayRole: HEADS, Qt.ItemDataRole.ToolTipRole: _ABOUT}.get(role, (None,) * 12)[
            section
        ]

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        field = field_of(index)
        if field in _SWITCHES:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if field else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        name, field = self.names()[index.row()], field_of(index)
        rule = self._rules.get(name, {})
        if role == Qt.ItemDataRole.CheckStateRole and field in _SWITCHES:
            # as a plain integer, which views and Qt's own model tester understand
            return (Qt.CheckState.Checked if rule.get(field) else Qt.CheckState.Unchecked).value
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() == FAULTS else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._told(name) if index.column() == FAULTS else _ABOUT[index.column()]
        if role not in _EDIT:
            return None
        if index.column() == 0:
            return name
        if index.column() == FAULTS:
            return self._faults(name, rule)
        if field in _SWITCHES:
            return ("yes" if rule.get(field) else "no") if role == Qt.ItemDataRole.AccessibleTextRole else None
        return _written(rule.get(field))

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        field = field_of(index)
        if not field or not index.isValid():
            return False
        name = self.names()[index.row()]
        rule = dict(self._rules.get(name, {}))
        if field in _SWITCHES:
            if role != Qt.ItemDataRole.CheckStateRole:
                return False
            made: Any = True if Qt.CheckState(value) == Qt.CheckState.Checked else None
        else:
            made = _meant(field, str(value))
        rule.pop(field, None)
        if made is not None:
            rule[field] = made
        rules = {key: one for key, one in {**self._rules, name: rule}.items() if one}
        self._put(rules, f"Rule for {name}")
        return True

    def _faults(self, name: str, rule: Mapping[str, Any]) -> str:
        if not rule:
            return ""
        if self._judgement is None:
            return "…"
        return f"{self._judgement.of(name):,}"

    def _told(self, name: str) -> str:
        if self._judgement is None:
            return _ABOUT[FAULTS]
        told = [f"{rule}: {count:,}" for (column, rule), count in self._judgement.counts.items() if column == name]
        return "\n".join(told) or "No value breaks the rule."


def place_of(steps: list[Any]) -> int | None:
    """Where the last validating step stands."""
    kinds = [step.get("type") if isinstance(step, Mapping) else None for step in steps]
    return len(kinds) - 1 - kinds[::-1].index("validate") if "validate" in kinds else None


def field_of(index: Index) -> str:
    """What of a rule a cell is about; empty for those that cannot be edited."""
    return FIELDS[index.column() - 2] if index.isValid() and index.column() > FAULTS else ""


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_written(one) for one in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _meant(field: str, text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if field == "enum":
        return [one.strip() for one in text.split(",") if one.strip()] or None
    if field in _WHOLE:
        return parsed(text, "whole")
    return parsed(text, "scalar") if field in ("min", "max") else text
