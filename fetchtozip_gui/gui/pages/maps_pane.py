"""Maps of a file: how its columns of numbers go together, and what is missing where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QScrollArea, QWidget

from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.models.files import OpenedFile
from fetchtozip_gui.gui.models.finding import Finding
from fetchtozip_gui.gui.widgets.chart import Chart
from fetchtozip_gui.gui.widgets.charts import Bars
from fetchtozip_gui.gui.widgets.heat_map import HeatMap
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.pane_lines import lay_out
from fetchtozip_gui.gui.widgets.picture_button import PictureButton
from fetchtozip_gui.gui.words import counted

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.correlate import Correlation
    from fetchtozip_gui.core.analysis.missing import Missing

MAPS = (
    ("Correlation (Pearson)", "How far two columns of numbers lie on a line, −1 to 1"),
    ("Correlation (Spearman)", "How far two columns of numbers rise and fall together, −1 to 1"),
    ("Missing by column", "How many values each column misses"),
    ("Missing together", "Which columns are missing in the same rows, the most frequent first"),
)
_STRONG, _PATTERNS = 3, 24


class MapsPane(QWidget):
    """Each map is made when it is first chosen, and kept as long as the file's rows are the same."""

    def __init__(self, file: OpenedFile, errands: Errands) -> None:
        super().__init__()
        self._file = file
        self._rows: object = None
        self._known: dict[int, Correlation | Missing] = {}
        self._asked = -1
        self.finding: Finding[Correlation | Missing] = Finding(errands, self)
        self.which = QComboBox()
        self.stop = QPushButton("Stop")
        self.words = label(role="muted", wraps=True)
        self.notice = Notice()
        self.cells, self.bars = HeatMap("Correlation"), Bars("Missing values")
        self._scroll = QScrollArea()
        self.picture = PictureButton(self.chart, self.notice.fail, errands)
        self._lay_out()
        self.which.currentIndexChanged.connect(self.look)
        self.stop.clicked.connect(self.leave)
        self.finding.changed.connect(self._follow)
        for chart in (self.cells, self.bars):
            chart.walked.connect(self._keep_in_sight)
        for bar in (self._scroll.horizontalScrollBar(), self._scroll.verticalScrollBar()):
            # its names stay where they are while the cells move below them
            bar.valueChanged.connect(self._repaint)

    def chart(self) -> Chart:
        """The map that is shown."""
        return self.bars if self.which.currentIndex() == 2 else self.cells

    def look(self) -> None:
        """Make the chosen map, if there is none of these rows yet."""
        read = self._file.read
        if read is None:
            return
        if read is not self._rows:
            self._rows, self._known, self._asked = read, {}, -1
        which = self.which.currentIndex()
        if (found := self._known.get(which)) is not None:
            self._show(found)
        elif which != self._asked or not self.finding.is_working:
            self._asked = which
            self.finding.ask(lambda: _found(which, read.lazy()))

    def leave(self) -> None:
        """Wait for no map any more."""
        self.finding.stop()

    def _follow(self) -> None:
        finding = self.finding
        self.stop.setVisible(finding.is_working)
        self.notice.clear()
        if finding.error is not None:
            self.notice.fail(finding.error)
        if finding.answer is not None:
            self._known[self._asked] = finding.answer
            if self._asked >= 2:
                # both maps of what is missing come from one look
                self._known[2] = self._known[3] = finding.answer
            self.look()
            return
        chart = self.chart()
        self._put(chart)
        self.words.setText("")
        self.cells.show_cells((), (), (), str)
        self.bars.show_bars(())
        chart.say("Looking at all rows…" if finding.is_working else "")

    def _show(self, found: Correlation | Missing) -> None:
        from fetchtozip_gui.core.analysis.correlate import Correlation  # heavy: Polars, after the first paint

        which = self.which.currentIndex()
        self.chart().setAccessibleName(f"{MAPS[which][0]} of {self._file.name}")
        if isinstance(found, Correlation):
            self._show_correlation(found)
        elif which == 2:
            some = sorted(((name, count) for name, count in found.columns if count), key=lambda one: -one[1])
            self.bars.show_bars(some, found.rows)
            self.bars.say("" if some else "No value is missing in any column.")
            self.words.setText(_missing_words(found))
        else:
            self._show_patterns(found)
        self._put(self.chart())

    def _show_correlation(self, found: Correlation) -> None:
        self.cells.show_cells(found.columns, found.columns, found.matrix, coefficient)
        few = len(found.columns) < 2
        self.cells.say("There are fewer than two columns of numbers." if few else "")
        strong = [pair for pair in found.pairs if pair.coefficient is not None][:_STRONG]
        told = [f"{pair.a} and {pair.b} {coefficient(pair.coefficient)}" for pair in strong]
        self.words.setText("" if few else f"Strongest: {'; '.join(told) or 'none: no column varies'}.")

    def _show_patterns(self, found: Missing) -> None:
        columns = [name for name, count in found.columns if count]
        patterns = [pattern for pattern in found.patterns if pattern.columns][:_PATTERNS]
        self.cells.show_cells(
            [counted(pattern.rows, "row") for pattern in patterns],
            columns,
            [[-1.0 if name in pattern.columns else 0.0 for name in columns] for pattern in patterns],
            lambda value: "missing" if value else "",
        )
        self.cells.say("" if patterns else "No value is missing in any column.")
        self.words.setText(_missing_words(found))

    def _keep_in_sight(self, box: QRectF) -> None:
        left, top = self.cells.covered() if self.chart() is self.cells else (0.0, 0.0)
        whole = box.adjusted(-left, -top, 0, 0).toAlignedRect()
        self._scroll.ensureVisible(whole.right(), whole.bottom(), 4, 4)
        self._scroll.ensureVisible(whole.left(), whole.top(), 0, 0)

    def _repaint(self) -> None:
        self.chart().update()

    def _put(self, chart: Chart) -> None:
        if self._scroll.widget() is not chart:
            if (before := self._scroll.takeWidget()) is not None:
                before.setParent(self)
                before.hide()
            self._scroll.setWidget(chart)
            chart.show()

    def _lay_out(self) -> None:
        for at, (title, about) in enumerate(MAPS):
            self.which.addItem(title)
            self.which.setItemData(at, about, Qt.ItemDataRole.ToolTipRole)
        self.which.setAccessibleName("Which map")
        self.which.setToolTip("Choose a map; each is made over all rows")
        self.stop.setToolTip("Do not wait for this map")
        self.stop.hide()
        self.bars.setParent(self)
        self.bars.hide()
        self._scroll.setWidgetResizable(True)
        self._scroll.setProperty("role", "clear")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.cells)
        lay_out(self, (self.which,), self.words, (self.stop, self.picture), self.notice, self._scroll)


def coefficient(value: float | None) -> str:
    """`0.83`, `−0.20`; a dash where there is none."""
    if value is None:
        return "–"
    # a minus before nought says nothing
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _missing_words(found: Missing) -> str:
    gone = sum(count for _, count in found.columns)
    share = f"{100 * found.complete / found.rows:.1f} %" if found.rows else "0 %"
    return (
        f"{counted(gone, 'value')} missing; {counted(found.complete, 'row')} of {found.rows:,} are complete ({share})."
    )


def _found(which: int, rows: object) -> Correlation | Missing:
    # heavy: Polars, after the first paint
    from fetchtozip_gui.core.analysis.correlate import correlate
    from fetchtozip_gui.core.analysis.missing import missing

    if which >= 2:
        return missing(rows)
    return correlate(rows, method="pearson" if which == 0 else "spearman")
