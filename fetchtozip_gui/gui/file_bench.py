"""The panes of the Files page, made and connected for each file."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fetchtozip_gui.engine.reading import tidy
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import FilesModel, OpenedFile
from fetchtozip_gui.gui.models.shaping import Shaping
from fetchtozip_gui.gui.pages.file_export_pane import FileExportPane
from fetchtozip_gui.gui.pages.file_pane import FilePane
from fetchtozip_gui.gui.pages.files import FilesPage
from fetchtozip_gui.gui.pages.maps_pane import MapsPane
from fetchtozip_gui.gui.pages.merge_pane import MergePane
from fetchtozip_gui.gui.pages.outliers_pane import OutliersPane
from fetchtozip_gui.gui.pages.profile_pane import ProfilePane
from fetchtozip_gui.gui.pages.rows_pane import RowsPane
from fetchtozip_gui.gui.pages.rules_pane import RulesPane
from fetchtozip_gui.gui.pages.steps_pane import StepsPane
from fetchtozip_gui.gui.widgets.read_form import ReadForm
from fetchtozip_gui.gui.widgets.report_button import ReportButton
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.gui.window import Window


class CleanPane(StepsPane):
    """The steps of a file, over all of its rows."""

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__(file.draft, file.findings, errands)
        self._file = file
        self._read: object = None
        self.setProperty("role", "clear")
        self.lost.connect(self._miss)

    def look(self) -> None:
        """Apply the steps to the file's rows."""
        read = self._file.read
        if read is not None and read is not self._read:
            self._read = read
            self.look_at(lambda: nullcontext(read.lazy()), f"{self._file.name}: {counted(read.rows, 'row')}")

    def leave(self) -> None:
        """An answer that nobody waits for is dropped."""

    def _miss(self) -> None:
        self.about.setText("The rows are no longer there. Close the file, and open it again.")


class FileBench(QObject):
    """Files are read in threads of their own, so that many of them do not keep others from being looked at."""

    edited = Signal()
    """Another file is shown, or what undo would do has changed."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._reading, self._looking = window.errands.beside(self), window.errands.beside(self)
        self.model = FilesModel(window.session, self._reading, self)
        self.page = FilesPage(self.model, self._pane)
        self.page.list.selectionModel().currentChanged.connect(self._tell_edited)
        window.session.opened.connect(self._tidy)
        window.session.closed.connect(self.leave)
        self._tidy()

    def leave(self) -> None:
        """Stop everything: the engine is about to end."""
        self.model.stop()
        for pane in self.page.panes.values():
            pane.leave()
        self._reading.close()
        self._looking.close()

    def _pane(self, file: OpenedFile) -> FilePane:
        looking = self._looking
        shaping = Shaping(file, looking, file)
        report = ReportButton(file, looking)
        pane = FilePane(
            file,
            ReadForm(file, looking),
            [
                (
                    "&Rows",
                    "All rows of the file, or what the steps make of them",
                    lambda: RowsPane(file, shaping, looking),
                ),
                ("&Profile", "Each column over all rows, with a histogram", lambda: ProfilePane(file, looking)),
                ("&Maps", "What goes together, and what is missing where", lambda: MapsPane(file, looking)),
                ("&Outliers", "Numbers that are far from the others", lambda: OutliersPane(file, looking)),
                ("C&lean", "Steps that change the rows, with what each of them does", lambda: CleanPane(file, looking)),
                ("R&ules", "What values must be, and every one that is not", lambda: RulesPane(file, looking)),
                ("Mer&ge", "Different spellings of one thing become one", lambda: MergePane(file, looking)),
                ("E&xport", "Write the rows after the steps to a new file", lambda: self._export(file)),
            ],
            [report],
        )
        file.draft.undo_changed.connect(self.edited)
        report.told.connect(pane.notice.tell)
        report.failed.connect(pane.notice.fail)
        pane.again_asked.connect(lambda: file.open(self._window.session, self._reading))
        return pane

    def _export(self, file: OpenedFile) -> FileExportPane:
        window = self._window
        pane = FileExportPane(file, window.session, window.jobs, window.icons, self._looking, window.exports_folder())
        pane.asked.connect(window.act)
        pane.begun.connect(window.jobs.show_job)
        return pane

    def _tell_edited(self) -> None:
        self.edited.emit()

    def _tidy(self) -> None:
        engine = self._window.session.engine
        if engine is not None:
            self._looking.run(lambda: tidy(engine.folder), lambda _: None)

    def export(self) -> None:
        """Export the chosen file, as its Export tab says."""
        pane = self.page.pane()
        if isinstance(pane, FilePane) and pane.file.state == "ready":
            pane.tab("Export").export()
