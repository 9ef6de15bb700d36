"""What happens at the end: the question while jobs run, the tray that keeps them running, and word of their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMenu, QMessageBox, QSystemTrayIcon, QWidget

from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.preferences import Preferences
from fetchtozip_gui.gui.models.session import Session
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job

TRAY = "Keep running in the tray"
PAUSE = "Stop after this page"
CANCEL = "Cancel the jobs"
STAY = "Keep working"


def ask_to_close(window: QWidget, running: int, answers: dict[str, Callable[[], None]], *, has_tray: bool) -> None:
    """Ask what is to become of the jobs; the answer's function is called when the question is gone."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Close FetchToZip")
    box.setText(f"{counted(running, 'job')} {'is' if running == 1 else 'are'} still running.")
    box.setInformativeText(
        f"“{PAUSE}” keeps what was fetched: after the next start, Resume goes on from there. "
        f"“{CANCEL}” stops them at once; what was fetched is kept all the same."
    )
    role = QMessageBox.ButtonRole
    order = [TRAY] if has_tray else []
    for text in (*order, PAUSE, CANCEL, STAY):
        box.addButton(text, role.RejectRole if text == STAY else role.AcceptRole)
    # one under the other: Qt keeps a box narrower than the screen, and in a row large text would be cut
    row = box.findChild(QDialogButtonBox)
    if row is not None:
        row.setOrientation(Qt.Orientation.Vertical)
    stay = next(button for button in box.buttons() if button.text() == STAY)
    box.setDefaultButton(stay)  # type: ignore[arg-type]
    box.setEscapeButton(stay)
    box.buttonClicked.connect(lambda button: _answer(answers.get(button.text())))
    box.open()


def _answer(act: Callable[[], None] | None) -> None:
    if act is not None:
        # when the question itself is gone
        QTimer.singleShot(0, act)


class Leaving(QObject):
    """Whether the window may close, and what is done with the jobs before it does."""

    def __init__(
        self,
        session: Session,
        jobs: JobsModel,
        errands: Errands,
        preferences: Preferences,
        tray: Tray,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._errands = errands
        self._preferences = preferences
        self._tray = tray
        self._window = window
        self._is_decided = False

    def may_close(self) -> bool:
        """Whether nothing is lost by it; asks, and closes later, where something would be."""
        running = len(self._jobs.at_work())
        if self._is_decided or not running or not self._preferences.is_on("asks"):
            self._tray.close()
            return True
        answers = {TRAY: self._tray.hide_window, PAUSE: self._close, CANCEL: self._cancel}
        ask_to_close(self._window, running, answers, has_tray=self._tray.is_there)
        return False

    def _close(self) -> None:
        # the engine's own end pauses what runs
        self._is_decided = True
        self._window.close()

    def _cancel(self) -> None:
        engine = self._session.engine
        if engine is None:
            self._close()
            return
        running = [job.id for job in self._jobs.at_work()]

        def cancel() -> None:
            for job_id in running:
                engine.cancel(job_id)

        self._errands.run(cancel, lambda _: self._close(), lambda _: self._close())


class Tray(QObject):
    """An icon in the system's tray while jobs run or the window is hidden, where the system has a tray at all."""

    def __init__(self, icon: QIcon, jobs: JobsModel, window: QWidget, leave: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._jobs = jobs
        self.is_there = QSystemTrayIcon.isSystemTrayAvailable()
        self._icon = QSystemTrayIcon(icon, self)
        self._menu = QMenu(window)
        for text, act in (("Show the window", self.show_window), ("Quit", leave)):
            action = QAction(text, self._menu)
            action.triggered.connect(act)
            self._menu.addAction(action)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._clicked)
        self._icon.messageClicked.connect(self.show_window)
        jobs.job_ended.connect(self._tell_end)
        jobs.job_changed.connect(self._follow)
        jobs.modelReset.connect(self._follow)
        jobs.job_gone.connect(self._follow)

    def hide_window(self) -> None:
        """Go on without a window, until it is asked for again."""
        QGuiApplication.setQuitOnLastWindowClosed(False)
        self._window.hide()
        self._follow()

    def show_window(self) -> None:
        """Bring the window back, before all others."""
        QGuiApplication.setQuitOnLastWindowClosed(True)
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        self._follow()

    def close(self) -> None:
        """Take the icon away."""
        self._icon.hide()

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_window()

    def _follow(self, _: object = None) -> None:
        running = self._jobs.at_work()
        if self.is_there:
            # an icon that stays as long as nothing else shows that the program is there
            self._icon.setVisible(bool(running) or self._window.isHidden())
            self._icon.setToolTip(f"FetchToZip: {counted(len(running), 'job')} running" if running else "FetchToZip")

    def _tell_end(self, job: Job) -> None:
        if self._window.isActiveWindow() and not self._window.isMinimized():
            return
        QApplication.alert(self._window)
        if self.is_there and self._icon.isVisible():
            words = self._jobs.words(job.id)
            bad = words.tone in ("bad", "warn")
            kind = QSystemTrayIcon.MessageIcon.Warning if bad else QSystemTrayIcon.MessageIcon.Information
            self._icon.showMessage(words.title, words.headline, kind)
