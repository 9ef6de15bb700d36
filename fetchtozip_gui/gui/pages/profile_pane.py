"""The profile of a file: each column over all rows, and the chosen one's values as a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.profiler import Profiler, short
from fetchtozip_gui.gui.widgets.chart import Chart
from fetchtozip_gui.gui.widgets.charts import Bars, Histogram
from fetchtozip_gui.gui.widgets.find_rows import FindRows
from fetchtozip_gui.gui.widgets.labels import OneLine, label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.picture_button import PictureButton
from fetchtozip_gui.gui.widgets.profile_table import ProfileTable
from fetchtozip_gui.gui.widgets.split import split

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.distribution import Distribution
    from fetchtozip_gui.core.analysis.profile import ColumnProfile

_SHOWS = {
    "numbers": "How the numbers spread",
    "times": "How the times spread",
    "lengths": "How long the texts are, in characters",
    "values": "The most frequent values",
}


class ProfilePane(QWidget):
    """Begins when it is first seen: a file that is only looked through costs nothing."""

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__()
        self._file = file
        self._shown: object = None
        self.model = Profiler(errands, self)
        self.table = ProfileTable(self.model)
        self.find = FindRows(self.table, "Find a column")
        self.histogram, self.bars = Histogram("Histogram"), Bars("Most frequent values")
        self._charts = QStackedWidget()
        self._title = OneLine("headline")
        self._about = label(role="muted", wraps=True)
        self._words = label(wraps=True)
        self.progress = QProgressBar()
        self.said = label(role="muted")
        self.turn = QPushButton("Stop")
        self.notice = Notice()
        self.picture = PictureButton(self.chart, self.notice.fail, errands)
        self._lay_out()
        self.table.chosen.connect(self._choose)
        self.model.progressed.connect(self._tell)
        self.model.failed.connect(self.notice.fail)
        self.turn.clicked.connect(self._turn)
        self._tell()

    def look(self) -> None:
        """Begin with the file's rows, if that has not been done yet."""
        read = self._file.read
        if read is not None and read is not self._shown:
            self._shown = read
            self.notice.clear()
            self.model.look_at(read.lazy(), read.columns)

    def leave(self) -> None:
        """Look at no further column."""
        self.model.stop()

    def chart(self) -> Chart:
        """The chart that is shown."""
        return self.bars if self._charts.currentWidget() is self.bars else self.histogram

    # --- following ----------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        if self.model.is_working:
            self.model.stop()
        else:
            self.model.go_on()

    def _tell(self) -> None:
        whole, found = self.model.rowCount(), self.model.found
        self.progress.setMaximum(max(whole, 1))
        self.progress.setValue(found)
        self.progress.setVisible(found < whole)
        self.turn.setVisible(found < whole)
        self.turn.setText("Stop" if self.model.is_working else "Go on")
        self.turn.setAccessibleName("Stop looking at columns" if self.model.is_working else "Look at the other columns")
        rows = self._file.read.rows if self._file.read is not None else 0
        done = f"All {rows:,} rows of {whole:,} columns" if whole else ""
        self.said.setText(f"{found:,} of {whole:,} columns" if found < whole else done)
        self._choose(self.table.currentIndex().row())

    def _choose(self, row: int) -> None:
        self.model.prefer(row)
        found = self.model.profile(row)
        if found is None:
            names = self.model.names
            self._title.setText(names[row] if 0 <= row < len(names) else "")
            self._about.setText("")
            self._words.setText("")
            self.histogram.show_bars(())
            self.histogram.say("Looking at all rows…" if self.model.is_working else "")
            self._charts.setCurrentWidget(self.histogram)
            return
        self._show(found, self.model.shape(row))

    def _show(self, found: ColumnProfile, shape: Distribution | None) -> None:
        self._title.setText(found.name)
        self._title.setToolTip(found.name)
        self._about.setText(_SHOWS.get(found.shows, ""))
        told = found.words().split("\n")
        self._words.setText("\n".join(line for line in told if not line.startswith("  ") and not line.endswith(":")))
        bars = [(bar.words, bar.count) for bar in found.bars]
        if shape is not None and shape.counts:
            ends = [short(edge) for edge in shape.edges]
            bars = [(f"{ends[at]} to {ends[at + 1]}", count) for at, count in enumerate(shape.counts)]
        if found.shows == "values":
            self.bars.setAccessibleName(f"Most frequent values of {found.name}")
            self.bars.show_bars(bars)
            self._charts.setCurrentWidget(self.bars)
            return
        first, last = (bars[0][0].partition(" to ")[0], bars[-1][0].rpartition(" to ")[2]) if bars else ("", "")
        self.histogram.setAccessibleName(f"Histogram of {found.name}")
        self.histogram.show_bars(bars, first, last)
        self.histogram.say("" if bars else "There are no values to show.")
        self._charts.setCurrentWidget(self.histogram)

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Columns that were looked at")
        self.turn.setProperty("role", "beside")
        self.turn.setToolTip("Stop looking at columns, or go on; what is known stays")
        self._charts.addWidget(self.histogram)
        self._charts.addWidget(self.bars)
        line = QHBoxLayout()
        line.setSpacing(8)
        self.find.works_in(self)
        line.addWidget(self.find)
        line.addWidget(self.said)
        line.addWidget(self.progress, 1)
        line.addWidget(self.turn)
        left = QWidget()
        left.setProperty("role", "clear")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self.notice)
        column.addWidget(self.table, 1)
        beside = QWidget()
        beside.setProperty("role", "clear")
        detail = QVBoxLayout(beside)
        detail.setContentsMargins(8, 0, 0, 0)
        detail.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.picture)
        detail.addLayout(head)
        detail.addWidget(self._about)
        self._charts.setMaximumHeight(360)
        detail.addWidget(self._charts, 1)
        detail.addWidget(self._words)
        detail.addStretch(1)
        self.split = split(Qt.Orientation.Horizontal, "files-profile", {left: 700, beside: 340})
        self.split.setStretchFactor(0, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.addWidget(self.split, 1)
