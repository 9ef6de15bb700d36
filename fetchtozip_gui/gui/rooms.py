"""The pages of one window: each made when it is first asked for, from what the window shares with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.models.comparisons import Comparisons
from fetchtozip_gui.gui.part_keys import PART_KEYS
from fetchtozip_gui.gui.resources import resource
from fetchtozip_gui.gui.widgets.sidebar import Place
from fetchtozip_gui.gui.words import place
from fetchtozip_gui.gui.workbench import Workbench

if TYPE_CHECKING:
    from fetchtozip_gui.core.recipe import Recipe
    from fetchtozip_gui.engine.job import Job, Line
    from fetchtozip_gui.gui.file_bench import FileBench
    from fetchtozip_gui.gui.models.draft import DraftModel
    from fetchtozip_gui.gui.pages.help import HelpPage
    from fetchtozip_gui.gui.pages.jobs import JobsPage
    from fetchtozip_gui.gui.pages.script import Writing
    from fetchtozip_gui.gui.widgets.job_card import JobCard
    from fetchtozip_gui.gui.window import Window

PLACES = (
    Place("export", "Export", "Ctrl+1", "What is fetched, what is made of it and where it goes"),
    Place("jobs", "Jobs", "Ctrl+2", "Every job with its log and its file"),
    Place("files", "Files", "Ctrl+3", "Look at files: profile, clean, validate and export them"),
    Place("script", "Script", "Ctrl+4", "The local server, and the draft as a script"),
    Place("settings", "Settings", "Ctrl+5", "Theme, text size, folders, server and disk"),
    Place("help", "Help", "F1", "How things are done, and every shortcut", at_foot=True),
)

LATER = (
    *("pages.jobs", "widgets.bring_dialog", "pages.help", "pages.script", "widgets.disk_card", "pages.settings"),
    *("models.shaping", "pages.profile_pane", "pages.rules_pane", "pages.merge_pane", "file_bench"),
)
"""What the others than the first page are made of, in pieces of a few milliseconds."""
_BETWEEN_MS = 60


class Rooms(QObject):
    """Knows the pages of its window by name. What only the others than the first are made of is loaded with them: the
    first paint needs none of it.
    """

    prepared = Signal()
    """What `prepare` began is done."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._made: dict[str, QWidget] = {}
        self.bench = Workbench(window)
        self.files: FileBench | None = None
        self.jobs: JobsPage | None = None
        self.help: HelpPage | None = None
        self._pieces: list[Callable[[], object]] = []
        self._idle = QTimer(self, interval=_BETWEEN_MS)
        self._idle.timeout.connect(self._prepare_one)
        self.comparisons = Comparisons(window.session, window.jobs, window.errands, self)

    def page(self, name: str) -> QWidget:
        """A page, made when it is first asked for."""
        known = self._made.get(name)
        if known is not None:
            return known
        make: dict[str, Callable[[], QWidget]] = {
            "export": lambda: self.bench.page,
            "jobs": self._jobs,
            "files": self._files,
            "script": self._script,
            "settings": self._settings,
            "help": self._help,
        }
        made = self._made[name] = make[name]()
        return made

    def prepare(self) -> None:
        """Load and make the other pages piece by piece while nothing runs, so that none holds the window up later."""
        load = [partial(import_module, f"fetchtozip_gui.gui.{name}") for name in LATER]
        # to make a page takes about as long as to dress it once it is in the window
        make = [partial(how, place.id) for place in PLACES for how in (self.page, self._window.make)]
        self._pieces = [*load, *make]
        self._idle.start()

    def leave(self) -> None:
        """Make no more."""
        self._idle.stop()

    def _prepare_one(self) -> None:
        if self._window.jobs.active() or (self.files is not None and self.files.model.is_reading):
            return
        if self._pieces:
            self._pieces.pop(0)()
        else:
            self._idle.stop()
            self.prepared.emit()

    def follow(self) -> None:
        """Follow what the window shares, once all of it is there."""
        window = self._window
        window.documents.changed.connect(self._tell_file)
        window.acts.told.connect(self._tell_card)
        window.acts.failed.connect(self._fail_card)
        window.acts.edited.connect(self._edit)
        window.acts.sent.connect(self._send)
        self.comparisons.told.connect(self._tell_change)
        self._tell_file()

    # --- what the window asks of its pages ----------------------------------------------------------------------

    def take_focus(self, name: str) -> None:
        """Put the keyboard on the first thing of a page."""
        first: dict[str, Callable[[Any], QWidget]] = {
            "export": lambda _: self.bench.source.form.lead,
            "jobs": lambda page: page.list if page.rows.rowCount() else page.filter,
            "files": lambda page: page.list if page.model.rowCount() else page.choose,
            "script": lambda page: page.turn,
            "settings": lambda page: next(button for button in page.themes.values() if button.isChecked()),
            "help": lambda page: page.topics,
        }
        first[name](self._made[name]).setFocus(Qt.FocusReason.OtherFocusReason)

    def draft_of(self, name: str) -> DraftModel:
        """What is edited on a page: the chosen file's steps on the Files page, the draft everywhere else."""
        file = self.files.page.current if name == "files" and self.files is not None else None
        return file.draft if file is not None else self._window.draft

    def show_job(self, job_id: str) -> None:
        """Choose a job on the Jobs page."""
        if self.jobs is not None:
            self.jobs.choose(job_id)

    def show_topic(self, topic: str) -> None:
        """Choose a topic of the help."""
        if self.help is not None and topic:
            self.help.choose(topic)

    # --- following ----------------------------------------------------------------------------------------------

    def _tell_file(self) -> None:
        path = self._window.documents.path
        self.bench.page.tell_file(place(path) if path else "Fetch every page of a source and get one file.")

    def _edit(self, job: Job) -> None:
        window = self._window
        window.documents.take(job.recipe, f"Edit {job.recipe_name}")
        window.go_to("export")
        hidden = " Its secrets are not kept with a job: type them again." if job.needs_recipe else ""
        window.tell(f"The recipe of “{job.recipe_name}” is the draft now; undo brings the former one back.{hidden}")

    def _send(self, job: Job) -> None:
        window = self._window
        document = {"name": job.recipe_name, "source": {"type": "job", "job_id": job.id}}
        window.documents.take(document, f"Send {job.recipe_name} to another job")
        window.go_to("export")
        window.tell(f"The result of “{job.recipe_name}” is the source now; undo brings the former draft back.")
        # a file of this computer: it costs nobody anything to look at it
        self.bench.source.test()

    def _cards_of(self, job_id: str) -> list[JobCard]:
        found = [self.bench.cards.cards.get(job_id), self.jobs.card if self.jobs is not None else None]
        return [card for card in found if card is not None and card.job.id == job_id]

    def _tell_card(self, job_id: str, text: str) -> None:
        for card in self._cards_of(job_id):
            card.tell(text)

    def _tell_change(self, job_id: str, words: str) -> None:
        for card in self._cards_of(job_id):
            card.tell_change(words)

    def _fail_card(self, job_id: str, error: FetchToZipError) -> None:
        cards = self._cards_of(job_id)
        for card in cards:
            card.fail(error)
        if not cards:
            self._window.fail(error)

    # --- making -------------------------------------------------------------------------------------------------

    def _jobs(self) -> QWidget:
        from fetchtozip_gui.gui.pages.jobs import JobsPage

        page = self.jobs = JobsPage(self._window.jobs, self._lines)
        page.asked.connect(self._window.act)
        page.removed.connect(self._window.acts.remove)
        page.shown.connect(self.comparisons.look_at)
        return page

    def _files(self) -> QWidget:
        from fetchtozip_gui.gui.file_bench import FileBench

        self.files = FileBench(self._window)
        self.files.edited.connect(self._window.tell_undo)
        return self.files.page

    def _script(self) -> QWidget:
        from fetchtozip_gui.gui.pages.script import ScriptPage

        window = self._window
        return ScriptPage(window.server, window.preferences, window.draft, window.errands, WRITINGS)

    def _settings(self) -> QWidget:
        from fetchtozip_gui.gui.pages.settings import SettingsPage
        from fetchtozip_gui.gui.widgets.disk_card import DiskCard

        window = self._window
        disk = DiskCard(window.session, window.errands)
        disk.removed.connect(window.jobs.forget)
        return SettingsPage(window.preferences, disk, window.usual_folder)

    def _help(self) -> QWidget:
        from fetchtozip_gui.gui.pages.help import HelpPage

        self.help = HelpPage(resource("help"), [*self._window.actions_.shortcuts(), *PART_KEYS])
        return self.help

    def _lines(self, job_id: str, answer: Callable[[Sequence[Line]], None]) -> None:
        from fetchtozip_gui.engine.journal_lines import lines_of

        engine = self._window.session.engine
        if engine is not None:
            self._window.errands.run(lambda: lines_of(engine.folder.logs, job_id), answer)


def _curl(recipe: Recipe, address: str) -> str:
    from fetchtozip_gui.core.scripts import as_curl  # heavy: Pydantic and all plug-ins, as in those below

    return as_curl(recipe, address)


def _source_curl(recipe: Recipe, address: str) -> str:
    from fetchtozip_gui.core.errors import RecipeError
    from fetchtozip_gui.core.scripts import as_source_curl
    from fetchtozip_gui.core.sources.http import HttpSource

    if not isinstance(recipe.source, HttpSource):
        raise RecipeError("Only a source with a web address has a first request.")
    return as_source_curl(recipe.source)


def _python(recipe: Recipe, address: str) -> str:
    from fetchtozip_gui.core.scripts import as_python

    return as_python(recipe)


def _command(recipe: Recipe, address: str) -> str:
    from fetchtozip_gui.core.scripts import as_command

    return as_command(recipe)


def _recipe(recipe: Recipe, address: str) -> str:
    import json

    return json.dumps(recipe.public(), indent=2, ensure_ascii=False) + "\n"


WRITINGS: dict[str, Writing] = {
    "cURL": _curl,
    "Python": _python,
    "Command line": _command,
    "Recipe": _recipe,
    "First request": _source_curl,
}
"""The ways to write the draft for somewhere else."""
