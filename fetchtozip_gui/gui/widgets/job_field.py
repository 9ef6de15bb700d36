"""The field in which an earlier job is chosen whose result is to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from fetchtozip_gui.gui.form_specs import ABSENT, Spec
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.widgets.fields import ChoiceField
from fetchtozip_gui.gui.words import counted, exact

if TYPE_CHECKING:
    from fetchtozip_gui.engine.job import Job

MOST = 200
"""Jobs that are offered, the newest first; an older one is sent from the Jobs page."""
_SPEC = Spec("job_id", "choice", "Job", "The job whose result is read; any job can also be sent here from its page")


class _Box(QComboBox):
    """What has no room on it is left out with an ellipsis; the list has room for all of it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        shown = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room.width() - 4)
        option.currentText = shown
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        super().showPopup()


class JobField(ChoiceField):
    """Offers the jobs that have made a file: name, rows and when."""

    stirred = Signal()
    """What is there to be chosen may have changed, and with it what is wrong with the choice."""

    def __init__(self, jobs: JobsModel | None, parent: QWidget | None = None) -> None:
        super().__init__(_SPEC, ("job_id",), _Box())
        self.setParent(parent)
        self._jobs = jobs if jobs is not None else JobsModel(self)
        self._value: Any = ABSENT
        self._told = False
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(10)
        self.box.setPlaceholderText("Choose a job")
        self._jobs.job_changed.connect(self._follow)
        self._jobs.job_gone.connect(self._refill)
        self._jobs.modelReset.connect(self._refill)

    def show_value(self, value: Any) -> None:
        self._value = value
        self._fill()

    @property
    def newest(self) -> str:
        """The id of the newest job that has made a file; empty where there is none."""
        return next((job.id for job in self._jobs.all() if job.result), "")

    def fault(self) -> str:
        """What is wrong with the job that is chosen; nothing before it is known which jobs there are."""
        if not self._told or not isinstance(self._value, str) or not self._value:
            return ""
        job = self._jobs.job(self._value)
        if job is None:
            return "is not here any more: choose another one"
        return "" if job.result else f"has made no file: it is {job.state}"

    def _follow(self, job: Job) -> None:
        if not self._told or not job.is_active:
            self._refill()

    def _refill(self, *_: object) -> None:
        self._told = True
        # a list that is open stays as it is
        if not self.box.view().isVisible():
            self._fill()
        self.stirred.emit()

    def _fill(self) -> None:
        offered = [job for job in self._jobs.all() if job.result][:MOST]
        chosen = self._jobs.job(self._value) if isinstance(self._value, str) else None
        if chosen is not None and chosen not in offered:
            offered.append(chosen)
        with QSignalBlocker(self.box):
            self.box.clear()
            for job in offered:
                self.box.addItem(_words(job), job.id)
                self.box.setItemData(self.box.count() - 1, job.result or "", Qt.ItemDataRole.ToolTipRole)
            if chosen is None and self._value is not ABSENT:
                self.box.addItem(f"Job {self._value}", self._value)
            self.box.setCurrentIndex(self.box.findData(self._value))


def _words(job: Job) -> str:
    when = f" · {exact(job.ended_at)[:16]}" if job.ended_at else ""
    return f"{job.recipe_name} · {counted(job.written_rows, 'row')}{when}"
