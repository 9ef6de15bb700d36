"""The window's composition root: data folder, engine, practice server, window; knows everybody, decides nothing."""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.demo import demo_recipe
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.gui import display

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from fetchtozip_gui.engine.engine import Engine
    from fetchtozip_gui.engine.job import Job
    from fetchtozip_gui.gui.window import Window

JOBS_AT_ONCE = 2
_PACKAGE = Path(__file__).parent

log = logging.getLogger(__name__)


def main(argv: Sequence[str] = ()) -> int:
    """Open the window and return when it is closed. `FetchToZipError` where no window can be opened."""
    parser = argparse.ArgumentParser(prog="fetchtozip", description="Opens the window.")
    parser.add_argument("--data-dir", type=Path, help="Where jobs, their pages and settings are kept.")
    wanted = parser.parse_args(argv)
    display.check()
    from PySide6.QtWidgets import QApplication  # heavy: 0.2 s, and only the window needs it

    application = QApplication(["fetchtozip"])
    application.setApplicationDisplayName("FetchToZip")
    application.setDesktopFileName("fetchtozip")
    hold = _quit_on_signals(application)
    program = Program(application, Folder.find(wanted.data_dir))
    program.window.show()
    code = application.exec()
    program.close()
    hold.close()
    return code


@dataclass(frozen=True, slots=True)
class Opened:
    """What is there once the data folder is open."""

    engine: Engine
    jobs: list[Job]
    address: str
    """Of the practice server."""


class Program:
    """The window at once, and all that is heavy behind it as soon as it has been painted."""

    def __init__(self, application: QApplication, folder: Folder, *, dark: bool | None = None) -> None:
        """`dark` keeps one theme whatever the system says."""
        # heavy: Qt's widgets
        from PySide6.QtGui import QIcon

        from fetchtozip_gui.gui.bridge import WindowPool
        from fetchtozip_gui.gui.errands import Errands
        from fetchtozip_gui.gui.memory import Memory
        from fetchtozip_gui.gui.theme import Theme
        from fetchtozip_gui.gui.window import Window

        self._folder = folder
        self._open = ExitStack()
        self._is_open = False
        self._pool = WindowPool
        self._memory = Memory(folder.root / "window.ini")
        self._errands = Errands()
        self.theme = Theme(application, dark=dark)
        self.window: Window = Window(self._errands, QIcon(str(_resource("icons/fetchtozip.svg"))))
        self._remember()
        self.window.first_painted.connect(self._begin)
        self.window.asked_again.connect(self._begin)
        self._hook = sys.excepthook
        sys.excepthook = self._unforeseen

    def close(self) -> None:
        """Keep what is to be remembered, pause what runs, and let everything go. Doing it twice is harmless."""
        sys.excepthook = self._hook
        # before the engine ends: what it says from here on concerns no window
        self.window.leave()
        self._errands.close()
        if self._is_open:
            self._is_open = False
            self._keep()
        self._open.close()

    # --- opening ------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._errands.run(self._open_folder, self._opened, self.window.cannot_open)

    def _open_folder(self) -> Opened:
        """In a thread beside the window: imports alone take most of a second."""
        sys.setswitchinterval(0.001)  # a thread that computes in Python gives way to the window after 1 ms, not 5
        # heavy: Pydantic, Polars, httpx and the plug-ins; FastAPI and uvicorn
        from fetchtozip_gui.api.doors.practice import build
        from fetchtozip_gui.core import recipe  # noqa: F401 - so that the first Start need not wait for it
        from fetchtozip_gui.engine.engine import Engine
        from fetchtozip_gui.engine.journal import Journal
        from fetchtozip_gui.engine.redaction import Redactor
        from fetchtozip_gui.engine.vault import Vault

        with ExitStack() as stack:
            folder = self._folder.prepare()
            stack.callback(folder.own().release)
            redactor = Redactor()
            stack.callback(Journal(folder.logs, redactor).close)
            vault = Vault(folder.vault)
            engine = Engine(folder, pool=self._pool(JOBS_AT_ONCE), keyring=vault.read, redactor=redactor)
            stack.callback(engine.close)
            engine.warm()
            address = _serve(build(folder.root), self._memory.port(), stack)
            jobs = engine.jobs()
            self._open = stack.pop_all()
        return Opened(engine, jobs, address)

    def _opened(self, opened: Opened) -> None:
        self._is_open = True
        self._memory.keep(practice__port=opened.address.rpartition(":")[2])
        self.window.open(opened.engine, opened.jobs, demo_recipe(opened.address), opened.address)

    # --- what is remembered -------------------------------------------------------------------------------------

    def _remember(self) -> None:
        memory, form = self._memory, self.window.form
        folder = memory.text("form/folder")
        form.fill(
            address=memory.text("form/address"),
            format=memory.text("form/format"),
            folder=folder if folder and Path(folder).expanduser().is_dir() else str(_downloads()),
        )
        self.window.restore(memory.geometry())

    def _keep(self) -> None:
        draft = self.window.form.draft()
        self._memory.keep(
            window__geometry=self.window.saveGeometry(),
            # the practice source is filled in anyway, and may be somewhere else the next time
            form__address="" if draft.is_practice else _without_secrets(draft.address),
            form__format=draft.format,
            form__folder=draft.folder,
        )
        self._memory.save()

    # --- what nobody foresaw ------------------------------------------------------------------------------------

    def _unforeseen(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """An error in the window's own code ends nothing, and is told."""
        from fetchtozip_gui.engine.attempt import foreseen  # heavy: what jobs are driven with

        log.error("the window met an error", exc_info=(kind, error, trace))
        self.window.notice.fail(foreseen(error))


def _serve(app: Any, port: int, stack: ExitStack) -> str:
    """Serve on the port of the last time, so that the jobs of then can go on, else on a free one."""
    from fetchtozip_gui.api.server import serve  # heavy: uvicorn

    try:
        return stack.enter_context(serve(app, port=port)).url
    except FetchToZipError:
        if not port:
            raise
        return stack.enter_context(serve(app, port=0)).url


def _without_secrets(address: str) -> str:
    from fetchtozip_gui.core.secrets import MASK, redact_url  # heavy: Pydantic

    shown = redact_url(address)
    return "" if MASK in shown else shown


def _downloads() -> Path:
    from PySide6.QtCore import QStandardPaths  # heavy: Qt

    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
    return found if found.is_dir() else Path.home()


def _resource(name: str) -> Path:
    """A file that ships: inside the installed package, beside it in a clone."""
    inside = _PACKAGE / "resources" / name
    return inside if inside.exists() else _PACKAGE.parent / "resources" / name


class _Signals:
    """Keeps what wakes Qt's loop for Python's signal handlers, until `close`."""

    def __init__(self, close: Callable[[], None]) -> None:
        self.close = close


def _quit_on_signals(application: QApplication) -> _Signals:
    """Ctrl-C and SIGTERM close the program as its window does; an idle Qt loop would never hear of them."""
    from PySide6.QtCore import QSocketNotifier  # heavy: Qt

    heard, said = socket.socketpair()
    heard.setblocking(False)
    said.setblocking(False)
    before = signal.set_wakeup_fd(said.fileno())
    notifier = QSocketNotifier(heard.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: heard.recv(64))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())

    def close() -> None:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        heard.close()
        said.close()

    return _Signals(close)
