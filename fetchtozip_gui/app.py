"""The window's composition root: data folder, engine, server, window; knows everybody, decides nothing."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from fetchtozip_gui.core.errors import FetchToZipError, JobLocked
from fetchtozip_gui.engine.folder import Folder
from fetchtozip_gui.gui import display

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from fetchtozip_gui.gui.instance import Instance
    from fetchtozip_gui.gui.models.session import Opened
    from fetchtozip_gui.gui.window import Window
    from fetchtozip_gui.opening import Ready

log = logging.getLogger(__name__)


def main(argv: Sequence[str] = ()) -> int:
    """Open the window and return when it is closed. `FetchToZipError` where no window can be opened."""
    parser = argparse.ArgumentParser(prog="fetchtozip", description="Opens the window.")
    parser.add_argument("--data-dir", type=Path, help="Where jobs, their pages and settings are kept.")
    parser.add_argument("open", nargs="?", default="", help="An address or a file that becomes the source.")
    options = parser.parse_args(argv)
    display.check()
    from PySide6.QtWidgets import QApplication  # heavy: 0.2 s, and only the window needs it

    from fetchtozip_gui.gui.plain_imports import import_plainly

    import_plainly()
    from fetchtozip_gui.gui.instance import hand_over
    from fetchtozip_gui.gui.quitting import quits_on_signals

    application = QApplication(["fetchtozip"])
    application.setApplicationDisplayName("FetchToZip")
    application.setDesktopFileName("fetchtozip")
    folder, wanted = Folder.find(options.data_dir), _absolute(options.open)
    if hand_over(folder.root, wanted):
        return 0
    with quits_on_signals(application):
        program = Program(application, folder, wanted=wanted)
        program.window.show()
        code = application.exec()
        program.close()
    return code


class Program:
    """The window at once, and all that is heavy behind it as soon as it has been painted."""

    def __init__(
        self, application: QApplication, folder: Folder, *, dark: bool | None = None, wanted: str = ""
    ) -> None:
        """`dark` keeps one theme whatever is set; `wanted` is an address or a file to bring in."""
        # heavy: Qt's widgets
        from fetchtozip_gui.gui.collector import Collector
        from fetchtozip_gui.gui.coroutines import coroutines
        from fetchtozip_gui.gui.errands import Errands
        from fetchtozip_gui.gui.icons import Icons
        from fetchtozip_gui.gui.memory import Memory
        from fetchtozip_gui.gui.models.preferences import Preferences
        from fetchtozip_gui.gui.resources import resource
        from fetchtozip_gui.gui.theme import Theme
        from fetchtozip_gui.gui.window import Window
        from fetchtozip_gui.gui.window_state import restore_place

        self._began = datetime.now().astimezone()
        self._folder = folder
        self._wanted = wanted
        self._fixed = dark
        self._close_folder: Callable[[], None] = _nothing
        self._ready: Ready | None = None
        self._instance: Instance | None = None
        self._memory = Memory(folder.root / "window.ini")
        self._preferences = Preferences(self._memory)
        self._errands = Errands(waits=True)
        self._loop = ExitStack()
        # connected before the window is made: there is a loop when what has waited in it begins
        self._errands.begun.connect(lambda: self._loop.enter_context(coroutines(application)))
        self._collector = Collector()
        self.theme = Theme(application, dark=self._dark(), percent=self._preferences.number("scale"), dressed=False)
        icons = Icons(resource("icons"))
        self.window: Window = Window(self._errands, icons, self._memory, self._preferences, str(_downloads()))
        self.theme.apply()
        restore_place(self.window, self._memory)
        self.window.actions_.choose(f"theme_{self._preferences.text('theme')}")
        self._preferences.changed.connect(self._follow)
        self.window.server.changed.connect(self._follow_server)
        self.window.first_painted.connect(self._begin)
        self.window.asked_again.connect(self._begin)
        self.window.rooms.prepared.connect(self._collector.settle)
        self._hook = sys.excepthook
        sys.excepthook = self._unforeseen

    def close(self) -> None:
        """Keep what is to be remembered, pause what runs, and let everything go. Doing it twice is harmless."""
        sys.excepthook = self._hook
        if self._ready is not None:
            self._keep()
        # before the engine ends: what it says from here on concerns no window
        self.window.leave()
        self._errands.close()
        self._loop.close()
        if self._instance is not None:
            self._instance.close()
        self._ready = None
        self._close_folder()
        self._close_folder = _nothing
        self._collector.close()

    # --- opening ------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._errands.run(self._open_folder, self._opened, self._cannot_open)
        self._errands.begin(_load)

    def _open_folder(self) -> Ready:
        """In a thread beside the window."""
        from fetchtozip_gui.opening import open_folder  # heavy, and loaded by now

        preferences = self._preferences
        ready = open_folder(
            self._folder,
            self.window.server,
            jobs=preferences.number("jobs"),
            # that of the last time, so that the practice source's jobs of then can go on
            port=self._memory.port() or preferences.number("port"),
            serves=preferences.is_on("serves"),
            keyed=preferences.is_on("keyed"),
            uploads=preferences.number("uploads"),
        )
        self._close_folder = ready.close
        return ready

    def _opened(self, ready: Ready) -> None:
        from fetchtozip_gui.gui.instance import Instance

        self._ready = ready
        window, opened = self.window, ready.opened
        self._instance = Instance(self._folder.root, window)
        self._instance.asked.connect(self._asked)
        self._recall_draft(opened)
        window.server.open(ready.server, opened.vault, opened.address, ready.key)
        window.open(opened)
        cut_off = [job for job in opened.jobs if job.can_go_on and job.error and job.error.code == "interrupted"]
        window.offer_recovery([job for job in cut_off if job.ended_at and job.ended_at >= self._began])
        window.rooms.prepare()
        self._collector.settle()
        if self._wanted:
            self._bring(self._wanted)
            self._wanted = ""

    def _cannot_open(self, error: FetchToZipError) -> None:
        from fetchtozip_gui.gui.instance import hand_over

        # two starts at once: the one that was later by a moment finds the other one's window now
        if isinstance(error, JobLocked) and hand_over(self._folder.root, self._wanted):
            self.window.close()
            return
        self.window.cannot_open(error)

    def _asked(self, wanted: str) -> None:
        self.window.tray.show_window()
        if wanted:
            self._bring(wanted)

    def _bring(self, wanted: str) -> None:
        path = Path(wanted)
        self.window.bringing.take(path if path.is_absolute() else wanted)

    # --- what is set --------------------------------------------------------------------------------------------

    def _dark(self) -> bool | None:
        if self._fixed is not None:
            return self._fixed
        return {"light": False, "dark": True}.get(self._preferences.text("theme"))

    def _follow(self, name: str) -> None:
        if name == "theme":
            self._fixed = None
            self.theme.wear(dark=self._dark())
            self.window.actions_.choose(f"theme_{self._preferences.text('theme')}")
        elif name == "scale":
            self.theme.enlarge(self._preferences.number("scale"))
        elif name == "jobs" and self._ready is not None:
            self._ready.pool.allow(self._preferences.number("jobs"))
        elif name == "uploads" and self._ready is not None:
            self._ready.allow_uploads(self._preferences.number("uploads"))
        elif name == "port":
            self.window.server.move()

    def _follow_server(self) -> None:
        server = self.window.server
        if self._ready is not None and not server.is_busy:
            from fetchtozip_gui.opening import practice_at

            if server.address:
                self._memory.keep(practice__port=server.address.rpartition(":")[2])
            self.window.session.move(server.address, practice_at(server.address, server.key()))

    # --- what is remembered -------------------------------------------------------------------------------------

    def _recall_draft(self, opened: Opened) -> None:
        """The draft of the last time; the practice source at the first start, and wherever it is served now."""
        from fetchtozip_gui.gui.starting import first_draft

        window = self.window
        if not window.draft.is_saved or window.draft.undo_words():
            return  # something was typed already
        try:
            kept = json.loads(self._memory.text("draft/document", "null"))
        except ValueError:
            kept = None
        if isinstance(kept, dict) and isinstance(kept.get("source"), dict):
            window.draft.begin(kept)
        elif opened.practice:
            window.draft.begin(first_draft(opened.practice))

    def _keep(self) -> None:
        from fetchtozip_gui.core.masking import plain_secrets
        from fetchtozip_gui.gui.window_state import state_of

        document = self.window.draft.document()
        # a draft with a secret in plain is not kept at all: half of it would be a riddle
        text = "null" if plain_secrets(document) else json.dumps(document)
        self._memory.keep(draft__document=text, **state_of(self.window))
        self._memory.save()

    # --- what nobody foresaw ------------------------------------------------------------------------------------

    def _unforeseen(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """An error in the window's own code ends nothing, and is told."""
        from fetchtozip_gui.engine.attempt import foreseen  # heavy: what jobs are driven with

        log.error("the window met an error", exc_info=(kind, error, trace))
        self.window.fail(foreseen(error))


def _nothing() -> None:
    """There is nothing to close yet."""


def _load() -> None:
    """Import what takes most of a second, in a thread beside the window."""
    sys.setswitchinterval(0.001)  # a thread that computes in Python gives way to the window after 1 ms, not 5
    import qasync  # noqa: F401

    # Pydantic, Polars, httpx and the plug-ins; FastAPI and uvicorn; the recipe and all of the HTTP source, of
    # which jobs load what they need, so that neither the first Test nor the first Start has to wait
    from fetchtozip_gui import opening  # noqa: F401
    from fetchtozip_gui.core import preflight, recipe  # noqa: F401
    from fetchtozip_gui.core.give_way import polars_gives_way
    from fetchtozip_gui.core.http import client, reading, tester, trial  # noqa: F401

    polars_gives_way()


def _absolute(wanted: str) -> str:
    """A file as a complete path, for it may be another process with another folder that opens it."""
    return str(Path(wanted).absolute()) if wanted and Path(wanted).exists() else wanted


def _downloads() -> Path:
    from PySide6.QtCore import QStandardPaths  # heavy: Qt

    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
    return found if found.is_dir() else Path.home()
