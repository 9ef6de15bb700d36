"""Keeps the columns of the draft and the column inputs of scripts the same list, whoever changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.column_rows import inputs_of, read, step_in, step_of
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings

if TYPE_CHECKING:
    from fetchtozip_gui.engine.shelf import Input, Inputs

    Items = tuple[Input, ...]


class ColumnMirror(QObject):
    """Made when the draft has its first document; `leave` ends it.

    What scripts have said while no window was open goes before the draft. The list is read and written away from the
    window's thread, one at a time; what was read before a newer change of the draft is let go. While the draft holds
    a fault that scripts cannot be told, such as two equal names, their list stays as it was.
    """

    _stirred = Signal()

    def __init__(
        self,
        draft: DraftModel,
        findings: Findings,
        inputs: Inputs,
        errands: Errands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._findings = findings
        self._inputs = inputs
        self._errands = errands
        self._heard: Items | None = None
        """The list as scripts have it."""
        self._shown: Items | None = None
        """The list as the draft has it; the same columns, in a sequence and with names of its own."""
        self._held: Items | None = None
        """What was read first, while the source was not known."""
        self._changes = 0
        self._is_writing = False
        self._is_taking = self._is_left = False
        self._stirred.connect(self._look, Qt.ConnectionType.QueuedConnection)
        # told in whichever thread changed the list
        self._leave = inputs.watch(lambda _: self._stirred.emit())
        draft.changed.connect(self._follow)
        findings.changed.connect(self._know)
        self._look()

    def leave(self) -> None:
        """Hear no more of scripts, and tell them no more."""
        self._leave()
        self._is_left = True

    # --- from scripts -------------------------------------------------------------------------------------------

    def _look(self) -> None:
        changes = self._changes
        self._errands.run(self._inputs.all, lambda items: self._take(items, changes))

    def _take(self, items: Items, changes: int) -> None:
        if self._is_left or self._is_writing or items == self._heard:
            return
        if changes != self._changes:
            self._look()
            return
        first, shown = self._heard is None, self._as_shown()
        if first and shown is None and not self._names():
            # whether it is the draft's own list shows when the source is known
            self._held = items
            return
        self._heard = items
        if items == shown:
            self._shown = shown
            return
        if first and (not items or self._changes):
            # the newest word counts
            self._give()
            return
        found = self._draft.part("steps")
        steps = found if isinstance(found, list) else []
        before = step_in(steps)
        after = step_of(items, before, self._names())
        self._is_taking = True
        try:
            # a script sends one after another; they are one step of undo
            self._draft.change(
                "Columns from a script",
                merge="columns from a script",
                steps=[*([after] if after else []), *(steps if before is None else steps[1:])],
            )
        finally:
            self._is_taking = False
        self._shown = self._as_shown()

    # --- to scripts ---------------------------------------------------------------------------------------------

    def _follow(self, part: str) -> None:
        if part in ("", "steps") and not self._is_taking:
            self._changes += 1
            self._give()

    def _know(self) -> None:
        """The source is known, or another one."""
        if self._held is None or not self._names():
            self._give()
            return
        items, self._held = self._held, None
        self._take(items, self._changes)

    def _give(self) -> None:
        shown = self._as_shown()
        # before the first look at the scripts' list nothing is known of it
        if self._is_left or self._heard is None or self._is_writing or shown is None or shown == self._shown:
            return
        self._shown = shown
        if shown == self._heard:
            return
        self._heard = shown
        self._is_writing = True
        self._errands.run(lambda: self._inputs.replace(shown), self._written, self._refused)

    def _written(self, _: object) -> None:
        self._is_writing = False
        # the draft may have changed meanwhile, and so may the list
        self._give()
        if not self._is_writing and not self._is_left:
            self._look()

    def _refused(self, _: FetchToZipError) -> None:
        # their list stays as it was, and is read again with the next change
        self._heard = ()
        self._is_writing = False

    def _as_shown(self) -> Items | None:
        return inputs_of(read(step_in(self._draft.part("steps")), self._names()))

    def _names(self) -> list[str]:
        tested = self._findings.tested
        return [] if tested is None else tested.schema.names()
