"""The line under the pages: where the server is, what runs, and where the data is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.server import ServerModel
from fetchtozip_gui.gui.widgets.labels import OneLine, label
from fetchtozip_gui.gui.words import counted, place


class StatusLine(QFrame):
    """Follows the jobs and the server; the window's title tells the progress too, so that a taskbar shows it."""

    server_asked = Signal()

    def __init__(self, jobs: JobsModel, server: ServerModel, window: QWidget) -> None:
        super().__init__()
        self.setObjectName("status")
        self._jobs = jobs
        self._server = server
        self._window = window
        self._said: tuple[str, ...] = ()
        self.server = QPushButton("Getting ready…")
        self.server.setProperty("role", "status")
        self.server.setToolTip("Show the server on the Script page (Ctrl+4)")
        self.server.clicked.connect(self.server_asked)
        self.running, self.folder = label(role="muted"), OneLine("muted", Qt.TextElideMode.ElideMiddle)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 18, 3)
        row.setSpacing(10)
        row.addWidget(self.server)
        row.addWidget(self.running)
        row.addStretch(1)
        row.addWidget(self.folder)
        server.changed.connect(self._tell_server)
        jobs.job_changed.connect(self._tell_jobs)
        jobs.job_gone.connect(self._tell_jobs)
        jobs.modelReset.connect(self._tell_jobs)

    def tell(self, text: str) -> None:
        """Say how the program itself stands, as long as there is no server to tell of."""
        self.server.setText(text)

    def tell_folder(self, folder: Path) -> None:
        """Say where the data is kept."""
        self.folder.setText(f"Data in {place(folder)}")
        self.folder.setToolTip(str(folder))

    def _tell_server(self) -> None:
        address = self._server.address
        locked = " · key asked" if address and self._server.key() else ""
        self.server.setText(f"● Server at {address}{locked}" if address else "○ Server off")
        self.server.setAccessibleName(f"Server at {address}{locked}" if address else "Server off")

    def _tell_jobs(self) -> None:
        active = self._jobs.active()
        rate = sum(job.rate or 0 for job in active)
        running = f"{counted(len(active), 'job')} running" if active else ""
        words = f"{running} · {rate:,} rows a second" if running and rate else running
        shares = [job.progress for job in active if job.progress is not None]
        title = f"{int(100 * sum(shares) / len(shares))} % – FetchToZip" if shares else "FetchToZip"
        if (words, title) != self._said:
            self._said = (words, title)
            self.running.setText(words)
            self._window.setWindowTitle(title)
