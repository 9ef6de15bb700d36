"""The line under the pages: where the server is, what runs, and where the data is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar

from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.server import ServerModel
from fetchtozip_gui.gui.words import counted, place


class StatusLine(QObject):
    """Follows the jobs and the server; the window's title tells the progress too, so that a taskbar shows it."""

    server_asked = Signal()

    def __init__(self, jobs: JobsModel, server: ServerModel, bar: QStatusBar) -> None:
        super().__init__(bar)
        self._jobs = jobs
        self._server = server
        self._window = bar.window()
        self._said: tuple[str, ...] = ()
        self.server = QPushButton("Getting ready…")
        self.server.setProperty("role", "quiet")
        self.server.setToolTip("Show the server on the Script page (Ctrl+3)")
        self.server.clicked.connect(self.server_asked)
        self.running, self.folder = QLabel(), QLabel()
        for told in (self.running, self.folder):
            told.setTextFormat(Qt.TextFormat.PlainText)
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(14, 0, 18, 0)
        bar.addWidget(self.server)
        bar.addWidget(self.running)
        bar.addPermanentWidget(self.folder)
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
