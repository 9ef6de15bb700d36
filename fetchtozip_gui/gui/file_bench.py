"""The panes of the Files page, made and connected for each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.engine.reading import tidy
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import FilesModel, OpenedFile
from fetchtozip_gui.gui.models.shaping import Shaping
from fetchtozip_gui.gui.pages.file_pane import FilePane
from fetchtozip_gui.gui.pages.files import FilesPage
from fetchtozip_gui.gui.pages.profile_pane import ProfilePane
from fetchtozip_gui.gui.pages.rows_pane import RowsPane

if TYPE_CHECKING:
    from fetchtozip_gui.gui.window import Window


class FileBench(QObject):
    """Files are read in threads of their own, so that many of them do not keep others from being looked at."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._reading, self._looking = Errands(self), Errands(self)
        self.model = FilesModel(window.session, self._reading, self)
        self.page = FilesPage(self.model, self._pane)
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
        pane = FilePane(
            file,
            [
                (
                    "&Rows",
                    "All rows of the file, or what the steps make of them",
                    lambda: RowsPane(file, shaping, looking),
                ),
                ("&Profile", "Each column over all rows, with a histogram", lambda: ProfilePane(file, looking)),
            ],
        )
        pane.again_asked.connect(lambda: file.open(self._window.session, self._reading))
        return pane

    def _tidy(self) -> None:
        engine = self._window.session.engine
        if engine is not None:
            self._looking.run(lambda: tidy(engine.folder), lambda _: None)

    def fail(self, error: FetchToZipError) -> None:
        """Say what went wrong where no better place is."""
        self._window.fail(error)
