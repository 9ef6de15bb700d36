"""What has been found out about the draft's source: shared by every pane that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from fetchtozip_gui.core.http.tester import Proof, Tested


class Findings(QObject):
    """The newest test and the newest proof; both are let go of when the draft has another source."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tested: Tested | None = None
        self._proof: Proof | None = None
        self._outdated = False

    @property
    def tested(self) -> Tested | None:
        """The newest first page; None before the first test and once the source is another one."""
        return self._tested

    @property
    def proof(self) -> Proof | None:
        """What three pages showed, of the same source as `tested`."""
        return self._proof

    @property
    def outdated(self) -> bool:
        """Whether the way the source is asked has changed since, so that another test may find something else."""
        return self._outdated

    def tell(self, tested: Tested) -> None:
        """A test has ended; what was proved of an earlier one need not hold any more."""
        self._tested, self._proof, self._outdated = tested, None, False
        self.changed.emit()

    def prove(self, proof: Proof) -> None:
        """Three pages were looked at."""
        self._proof = proof
        self.changed.emit()

    def outdate(self, outdated: bool) -> None:
        """Say that what was found is of an earlier state of the source, or that it is of this one again."""
        if self._tested is not None and outdated != self._outdated:
            self._outdated = outdated
            self.changed.emit()

    def clear(self) -> None:
        """Nothing is known; told once."""
        if self._tested is not None or self._proof is not None:
            self._tested = self._proof = None
            self._outdated = False
            self.changed.emit()
