"""Collects Python's cyclic garbage in the window's thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class Collector(QObject):
    """Python collects in whichever thread allocates when it is due, and a Qt object that is destroyed in another thread
    than its own takes the process down. So Python's own collecting is off while this lives, and a timer of the window's
    thread does it instead, by the same thresholds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect_what_is_due)
        self._timer.start()

    def collect_what_is_due(self) -> int:
        """Collect the oldest generation whose threshold is passed; returns how much was unreachable."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            # a threshold of 0 means never
            if 0 < thresholds[generation] < counts[generation]:
                return gc.collect(generation)
        return 0

    def settle(self) -> None:
        """Look no more at what exists now: modules stay anyway, and to walk them all takes longer than a frame."""
        gc.freeze()

    def close(self) -> None:
        """Let Python collect again as it did. Doing it twice is harmless."""
        self._timer.stop()
        if self._was_on:
            gc.enable()
