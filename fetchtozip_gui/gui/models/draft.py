"""The recipe that is being edited: a JSON document that need not be valid yet, with undo for every change."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

if TYPE_CHECKING:
    from fetchtozip_gui.core.recipe import Recipe

PARTS = ("name", "source", "steps", "output")
"""The top-level parts of a recipe that `change` may replace."""
UNDO_LIMIT = 500
"""Steps that can be undone; older ones are let go, so that memory does not grow with a long day's typing."""


class DraftModel(QObject):
    """Holds the draft; panes read copies of its parts, and put changed parts back under a name for the change.

    `changed` is told after the change is whole and undo is up to date, so that a listener may read, and even change,
    everything. No listener is ever told of a change that changes nothing.
    """

    changed = Signal(str)
    """The part that changed; empty when all of it did."""
    undo_changed = Signal()

    def __init__(self, document: Mapping[str, Any] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = _whole(document or {})
        self._touched: list[str] = []
        self._keys: dict[str, int] = {}
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(UNDO_LIMIT)

    # --- reading ------------------------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """All of it, as a copy."""
        return copy.deepcopy(self._document)

    def part(self, name: str) -> Any:
        """One part, as a copy."""
        return copy.deepcopy(self._document[_known(name)])

    def recipe(self) -> Recipe:
        """The draft as a recipe; `RecipeError` names the fields that are wrong."""
        from fetchtozip_gui.core.recipe import Recipe  # heavy: Pydantic and all plug-ins, after the first paint

        return Recipe.parse(self.document())

    # --- changing -----------------------------------------------------------------------------------------------

    def change(self, words: str, *, merge: str = "", **parts: Any) -> None:
        """Put new parts in the place of the old ones, as one step of undo that is called `words`.

        Changes that follow one another with the same `merge` key become one step, as typing in one field should.
        Parts that are equal to what is there change nothing.
        """
        new = {_known(name): copy.deepcopy(value) for name, value in parts.items() if self._differs(name, value)}
        if not new:
            return
        key = self._keys.setdefault(merge, len(self._keys) + 1) if merge else -1
        with self._telling():
            self._stack.push(_Change(self, words, {name: self._document[name] for name in new}, new, key))

    def load(self, document: Mapping[str, Any], words: str = "Open") -> None:
        """Put another document in the place of all of it, as one step of undo."""
        new = _whole(document)
        if _text(new) == _text(self._document):
            return
        with self._telling():
            self._stack.push(_Change(self, words, {"": self._document}, {"": new}, -1))

    def begin(self, document: Mapping[str, Any]) -> None:
        """Start with this document: there is nothing to undo, and it counts as saved."""
        with self._telling():
            self._document = _whole(document)
            self._stack.clear()
            self._touched.append("")

    def undo(self) -> None:
        """Take the last change back; nothing happens when there is none."""
        with self._telling():
            self._stack.undo()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        with self._telling():
            self._stack.redo()

    def undo_words(self) -> str:
        """What `undo` would take back; empty when there is nothing."""
        return self._stack.undoText()

    def redo_words(self) -> str:
        """What `redo` would make again; empty when there is nothing."""
        return self._stack.redoText()

    # --- saving -------------------------------------------------------------------------------------------------

    @property
    def is_saved(self) -> bool:
        """Whether it stands as it was begun or saved last."""
        return self._stack.isClean()

    def saved(self) -> None:
        """It stands in a file as it is now."""
        self._stack.setClean()
        self.undo_changed.emit()

    # --- within -------------------------------------------------------------------------------------------------

    def _differs(self, name: str, value: Any) -> bool:
        # as JSON, because Python takes 1, 1.0 and True for equal
        return _text(self._document[_known(name)]) != _text(value)

    def _put(self, parts: Mapping[str, Any]) -> None:
        for name, value in parts.items():
            if name:
                self._document[name] = value
            else:
                # a copy of the surface: later changes replace parts, and the command keeps the document as it was
                self._document = dict(value)
            self._touched.append(name)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        yield
        touched, self._touched = self._touched, []
        for name in [""] if "" in touched else dict.fromkeys(touched):
            self.changed.emit(name)
        if touched:
            self.undo_changed.emit()


class _Change(QUndoCommand):
    """One step of undo. Its values are never changed in place, only put and taken away."""

    def __init__(self, draft: DraftModel, words: str, before: dict[str, Any], after: dict[str, Any], key: int) -> None:
        super().__init__(words)
        self._draft = draft
        self._before = before
        self._after = after
        self._key = key

    def id(self) -> int:
        return self._key

    def redo(self) -> None:
        self._draft._put(self._after)

    def undo(self) -> None:
        self._draft._put(self._before)

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Change) or other._key != self._key:
            return False
        self._before = {**other._before, **self._before}
        self._after = {**self._after, **other._after}
        return True


def _known(name: str) -> str:
    if name not in PARTS:
        raise KeyError(f"A recipe has no part {name!r}; its parts are {', '.join(PARTS)}.")
    return name


def _whole(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with every part; what a recipe does not know stays, so that `recipe` can complain of it."""
    empty = {"version": 1, "name": "export", "source": {}, "steps": [], "output": {"type": "file", "format": "zip"}}
    return {**empty, **copy.deepcopy(dict(document)), "version": 1}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
