"""The panes of the Export page, made and connected: what is found, what is edited and what is started."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fetchtozip_gui.core.errors import FetchToZipError, RecipeError
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.last_run import LastRun
from fetchtozip_gui.gui.pages.columns_pane import ColumnsPane
from fetchtozip_gui.gui.pages.export import ExportPage
from fetchtozip_gui.gui.pages.output_pane import OutputPane
from fetchtozip_gui.gui.pages.source_pane import SourcePane
from fetchtozip_gui.gui.pages.steps_pane import StepsPane
from fetchtozip_gui.gui.starting import first_draft, is_same_place, name_of
from fetchtozip_gui.gui.widgets.job_list import JobList
from fetchtozip_gui.gui.widgets.secret_offer import SecretOffer

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job
    from fetchtozip_gui.gui.window import Window

OWN_KEY = "@server"
"""Under this name the practice source's recipe refers to the key of this program's own server."""


class Workbench(QObject):
    """The page is made with the window and can be painted before anything heavy is loaded."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        draft, errands = window.draft, window.errands
        self._url = str(draft.part("source").get("url", ""))
        self.findings = Findings(self)
        self.last_run = LastRun(draft, self.findings, window.jobs, window.session, errands, self)
        self.source = SourcePane(
            draft,
            self.findings,
            errands,
            self._keep_secret,
            self._read_secret,
            jobs=window.jobs,
            result_of=self._result_of,
            offer=SecretOffer(window.secrets, window),
        )
        self.columns = ColumnsPane(draft, self.findings, errands)
        self.steps = StepsPane(draft, self.findings, errands)
        self.output = OutputPane(draft, self.findings, errands, window.session, window.icons, window.exports_folder())
        self.cards = JobList(window.jobs)
        self.page = ExportPage(
            draft,
            [window.actions_.button(name) for name in ("open", "save", "bring")],
            source=self.source,
            columns=(self.columns, self.steps),
            output=self.output,
            jobs=self.cards,
        )
        self._connect()

    def _connect(self) -> None:
        window = self._window
        window.draft.changed.connect(self._follow_source)
        window.session.opened.connect(self._open)
        window.session.moved.connect(self._follow_server)
        window.session.closed.connect(self.columns.leave)
        window.preferences.changed.connect(self._follow_preference)
        self.last_run.changed.connect(self._look_at_last_run)
        for pane in (self.columns, self.steps):
            pane.lost.connect(self.last_run.let_go)
        self.columns.counted.connect(self.output.use_profile)
        self.output.started.connect(window.start)
        self.cards.asked.connect(window.act)
        self.cards.all_asked.connect(self._show_jobs)

    # --- what the window asks of it -----------------------------------------------------------------------------

    def take_practice(self) -> None:
        """Put the practice source in the draft's place, and look at its first page."""
        practice = self._window.session.practice
        if practice:
            self._window.draft.load(first_draft(practice), "Practice source")
            self.source.test()

    def newest_card(self) -> None:
        """Put the keyboard on the newest job's card."""
        card = self.cards.newest()
        if card is not None:
            self.cards.go_to_top()
            card.take_focus()

    def show_begun(self, job: Job) -> None:
        """A job was begun: show its card."""
        self.cards.go_to_top()

    def show_fault(self, error: FetchToZipError) -> None:
        """Say why the draft was not started."""
        self.output.fail(error)

    # --- following ----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        inputs = self._window.session.inputs
        if inputs is not None:
            self.columns.share(inputs)
        # a draft of the last time may have the practice source where it was then
        self._follow_server()
        # its first page is served by this very program; of any other source nothing is asked for before the user does
        if self.findings.tested is None and is_same_place(self._url, self._window.session.practice):
            self.source.test()

    def _follow_source(self, part: str) -> None:
        """Another address has another name, and is not to be asked as fast as the practice source."""
        draft = self._window.draft
        before, source = self._url, draft.part("source")
        self._url = url = str(source.get("url", ""))
        if part != "source" or url == before:
            return
        practice = self._window.session.practice
        if is_same_place(before, practice) and not is_same_place(url, practice) and source.get("rate_limit", 0) is None:
            del source["rate_limit"]
        name = draft.part("name")
        draft.change(
            "Address", merge="source.url", source=source, name=name_of(url) if name == name_of(before) else name
        )

    def _follow_server(self) -> None:
        """The practice source is at another address now, or asks for a key."""
        practice, draft = self._window.session.practice, self._window.draft
        source = draft.part("source")
        if practice and is_practice(str(source.get("url", ""))):
            tail = str(source["url"]).partition("/practice/")[2]
            base = str(practice["source"]["url"]).partition("/practice/")[0]
            moved = {name: value for name, value in source.items() if name != "auth"}
            moved |= {"url": f"{base}/practice/{tail}"}
            moved |= {"auth": practice["source"]["auth"]} if "auth" in practice["source"] else {}
            draft.change("Server moved", merge="server", source=moved)

    def _look_at_last_run(self) -> None:
        whole = self.last_run.whole
        for pane in (self.columns, self.steps):
            pane.look_at(whole.rows if whole else None, whole.words if whole else "")

    def _follow_preference(self, name: str) -> None:
        if name == "folder":
            self.output.use_folder(self._window.exports_folder())

    def _show_jobs(self) -> None:
        self._window.go_to("jobs")

    def _result_of(self, job_id: str) -> Path:
        engine = self._window.session.engine
        if engine is None:
            raise RecipeError("The program is not ready yet.", "Try again in a moment.")
        return engine.file_of(job_id)

    # --- secrets ------------------------------------------------------------------------------------------------

    def _keep_secret(self, name: str, secret: str) -> str:
        vault = self._window.session.vault
        if vault is None:
            raise RecipeError("The program is not ready yet.", "Try again in a moment.")
        vault.write(name, secret)
        return f"keyring:{name}"

    def _read_secret(self, name: str) -> str:
        vault = self._window.session.vault
        if name == OWN_KEY:
            return self._window.server.key() or ""
        if vault is None:
            raise RecipeError(f"keyring:{name} cannot be read yet.", "Try again in a moment.")
        return vault.read(name)


def is_practice(url: str) -> bool:
    """Whether an address is that of a practice source on this computer, wherever its server was at the time."""
    return url.startswith("http://127.0.0.1:") and "/practice/" in url
