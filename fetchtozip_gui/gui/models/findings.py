"""What has been found out about the draft's source: shared by every pane that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Proof, Tested


class Findings(QObject):
    """The newest test and the newest proof; both are let go of when the source is another one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tested: Tested | None = None
        self._proof: Proof | None = None

    @property
    def tested(self) -> Tested | None:
        """The newest first page; None before the first test and once the source is another one."""
        return self._tested

    @property
    def proof(self) -> Proof | None:
        return self._proof

    def tell(self, tested: Tested) -> None:
        """A test has ended; what was proved of an earlier one need not hold any more."""
        self._tested, self._proof = tested, None
        self.changed.emit()

    def prove(self, proof: Proof) -> None:
        """Three pages were looked at."""
        self._proof = proof
        self.changed.emit()

    def clear(self) -> None:
        """Nothing is known; told once."""
        if self._tested is not None or self._proof is not None:
            self._tested = self._proof = None
            self.changed.emit()
