"""The window: the pages and the way from one to another, the menus, what is dropped, the state that is kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from fetchtozip_gui import __version__
from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui import starting
from fetchtozip_gui.gui.actions import Actions
from fetchtozip_gui.gui.acts import Acts
from fetchtozip_gui.gui.bridge import Bridge
from fetchtozip_gui.gui.bringing import Bringing, wanted_of
from fetchtozip_gui.gui.closing import Leaving, Tray
from fetchtozip_gui.gui.documents import Documents
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.frame import framed
from fetchtozip_gui.gui.icons import Icons
from fetchtozip_gui.gui.job_words import cut_off
from fetchtozip_gui.gui.memory import Memory
from fetchtozip_gui.gui.menus import FILE, known
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.plain_secrets import PlainSecrets
from fetchtozip_gui.gui.models.preferences import Preferences
from fetchtozip_gui.gui.models.server import ServerModel
from fetchtozip_gui.gui.models.session import Opened, Session
from fetchtozip_gui.gui.rooms import PLACES, Rooms
from fetchtozip_gui.gui.status_line import StatusLine
from fetchtozip_gui.gui.taskbar import Taskbar
from fetchtozip_gui.gui.widgets.banner import Banner
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.recent_menu import RecentMenu
from fetchtozip_gui.gui.widgets.sidebar import Sidebar
from fetchtozip_gui.gui.window_state import restore_splitters

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job


class Window(QMainWindow):
    """Shows what the engine tells, and asks it for what the user wants. It can be seen before there is an engine."""

    first_painted = Signal()
    asked_again = Signal()
    """The user wants another try at opening the data folder."""

    places = PLACES

    def __init__(
        self, errands: Errands, icons: Icons, memory: Memory, preferences: Preferences, usual_folder: str
    ) -> None:
        """`usual_folder` is where exports go as long as no other place is set."""
        super().__init__()
        self.errands, self.icons, self.memory, self.preferences = errands, icons, memory, preferences
        self.usual_folder = usual_folder
        self.session = Session(self)
        self.draft = DraftModel(parent=self)
        self.jobs = JobsModel(self)
        self.bridge = Bridge(self)
        self.server = ServerModel(errands, preferences, self)
        self.secrets = PlainSecrets(self.draft, self.session, errands, self)
        self.documents = Documents(self.draft, errands, memory, self.secrets, self)
        self.bringing = Bringing(self.documents, self.session, errands, self)
        self.acts = Acts(self.session, self.jobs, errands, self)
        self.banner, self.notice = Banner(), Notice()
        self._was_painted = self._starts_when_open = False
        self._page = ""
        self.setWindowTitle("FetchToZip")
        self.setWindowIcon(icons.program())
        self.setAcceptDrops(True)
        self.actions_ = Actions(known(self), self)
        self.actions_.fill(self.menuBar())
        self.recent_menu = RecentMenu(self.documents, self)
        self.actions_.menus[FILE].insertMenu(self.actions_.made["save"], self.recent_menu)
        self.rooms = Rooms(self)
        self.sidebar = Sidebar(PLACES, icons)
        self._stack = QStackedWidget()
        self.status = StatusLine(self.jobs, self.server, self)
        self.setCentralWidget(framed(self.sidebar, (self.banner, self.notice), self._stack, self.status))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._connect()
        self.tray = Tray(icons.program(), self.jobs, self, self.quit)
        self.taskbar = Taskbar(self.jobs, self, lambda: int(self.winId()))
        self.leaving = Leaving(self.session, self.jobs, errands, preferences, self.tray, self)
        self.resize(QSize(1480, 900).boundedTo(self.screen().availableSize()))
        self.go_to(PLACES[0].id)
        self.rooms.bench.source.go_to_address()

    # --- the engine comes and goes ------------------------------------------------------------------------------

    def open(self, opened: Opened) -> None:
        """There is an engine: show its jobs, and begin what was asked for meanwhile."""
        self.notice.clear()
        self.banner.clear()
        self.bridge.follow(opened.engine.watch)
        self.jobs.fill(opened.jobs)
        self.session.open(opened)
        self.status.tell_folder(opened.engine.folder.root)
        if self._starts_when_open:
            self._starts_when_open = False
            self.start()

    def cannot_open(self, error: FetchToZipError) -> None:
        """Say why there is no engine."""
        self.banner.say(str(error), "Try again", self.asked_again.emit)
        self.status.tell("Not ready")

    def offer_recovery(self, jobs: list[Job]) -> None:
        """Some jobs were cut off by the end of the last run: say which, and offer to go on."""
        if jobs:
            act = "Resume" if len(jobs) == 1 else f"Resume all {len(jobs)}"
            self.banner.say(cut_off(jobs), act, partial(self.acts.resume, jobs), leave="Not now")

    def leave(self) -> None:
        """Hear no more of the engine, which is about to end."""
        self.rooms.leave()
        self.bridge.leave()
        self.tray.close()
        self.taskbar.close()
        self.session.close()

    # --- pages --------------------------------------------------------------------------------------------------

    def go_to(self, page: str) -> QWidget:
        """Show a page, made when it is first asked for."""
        made = self.make(page)
        self._page = page
        self.tell_undo()
        self._stack.setCurrentWidget(made)
        self.sidebar.show_place(page)
        self.actions_.choose(f"page_{page}")
        # whoever walks along the sidebar stays there
        if not self.sidebar.isAncestorOf(self.focusWidget() or made):
            self.rooms.take_focus(page)
        return made

    def make(self, page: str) -> QWidget:
        """A page, which may not have been asked for yet."""
        made = self.rooms.page(page)
        if self._stack.indexOf(made) < 0:
            self._stack.addWidget(made)
            restore_splitters(made, self.memory)
        return made

    def go_to_newest(self) -> None:
        """Put the keyboard on the newest job, on the page that is shown."""
        newest = self.jobs.newest()
        if newest is not None and self._page == "jobs":
            self.rooms.show_job(newest.id)
        elif newest is not None:
            self.go_to("export")
            self.rooms.bench.newest_card()

    def go_to_job(self, job_id: str) -> None:
        """Show a job with all it said."""
        self.go_to("jobs")
        self.rooms.show_job(job_id)

    def go_to_address(self) -> None:
        """Put the keyboard on the address of the source."""
        self.go_to("export")
        self.rooms.bench.source.go_to_address()

    def help(self, topic: str) -> None:
        """Show the help, at a topic where one is named."""
        self.go_to("help")
        self.rooms.show_topic(topic)

    def about(self) -> None:
        """Say which program this is."""
        self.tell(f"FetchToZip {__version__}: fetch data, reshape it, hand it over. Made with Python, Qt and Polars.")

    def tell(self, text: str) -> None:
        """Say that something was done."""
        self.notice.clear()
        self.banner.say(text)

    def fail(self, error: FetchToZipError) -> None:
        """Say that something went wrong which has no better place."""
        self.notice.fail(error)

    # --- what the user asks for ---------------------------------------------------------------------------------

    def edited(self) -> DraftModel:
        """What is edited on the page that is shown."""
        return self.rooms.draft_of(self._page)

    def start(self) -> None:
        """Have the draft done, or the chosen file exported."""
        self.notice.clear()
        if self._page == "files" and self.rooms.files is not None:
            self.rooms.files.export()
            return
        self.rooms.bench.output.clear_notices()
        engine, document = self.session.engine, self.draft.document()
        if engine is None:
            # pressed in the first moment: the program is nearly ready
            self._starts_when_open = True
            return
        folder = self.exports_folder()
        # heavy: looking at the folder and locking it may take longer than a frame
        self.errands.run(lambda: starting.submit(engine, document, folder), self._begun, self._not_begun)

    def exports_folder(self) -> str:
        """Where files go for which no other place is chosen."""
        return self.preferences.text("folder") or self.usual_folder

    def take_practice(self) -> None:
        """Put the practice source in the draft's place."""
        self.go_to("export")
        self.rooms.bench.take_practice()

    def _begun(self, job: Job) -> None:
        self.jobs.show_job(job)
        self.rooms.bench.show_begun(job)

    def _not_begun(self, error: FetchToZipError) -> None:
        self.go_to("export")
        self.rooms.bench.show_fault(error)

    def act(self, act: str, job_id: str) -> None:
        """Do what a card asks for."""
        if act == "details":
            self.go_to_job(job_id)
        else:
            self.acts.do(act, job_id)

    # --- what is dropped ----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # what is dragged out of this window is not to come back as a source by a slip of the hand
        if event.source() is None and wanted_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.bringing.drop(event.mimeData()):
            self.go_to("export")
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # a field that is typed in takes what is pasted for itself
        if event.matches(QKeySequence.StandardKey.Paste):
            self.bringing.paste()
        else:
            super().keyPressEvent(event)

    # --- closing ------------------------------------------------------------------------------------------------

    def quit(self) -> None:
        """Close the window, also one that is hidden; jobs that run are asked about as ever."""
        self.tray.show_window()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.leaving.may_close())

    # --- the window itself --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def _connect(self) -> None:
        self.bridge.changed.connect(self.jobs.show_job)
        self.sidebar.asked.connect(self.go_to)
        self.status.server_asked.connect(self._go_to_server)
        self.acts.begun.connect(self._begun)
        self.draft.undo_changed.connect(self.tell_undo)
        for source in (self.documents, self.bringing):
            source.told.connect(self.tell)
            source.failed.connect(self.fail)
        self.rooms.follow()
        self.tell_undo()

    def tell_undo(self) -> None:
        """Name what undo and redo would do on the page that is shown."""
        draft = self.edited()
        for name, words in (("undo", draft.undo_words()), ("redo", draft.redo_words())):
            self.actions_.tell(name, words)

    def _go_to_server(self) -> None:
        self.go_to("script")
