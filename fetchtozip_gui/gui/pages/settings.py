"""The Settings page: how the window looks, where exports go, the server's port, and the room that jobs take."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.models.preferences import (
    LARGEST,
    MOST_JOBS,
    MOST_UPLOADED,
    SMALLEST,
    THEMES,
    Preferences,
)
from fetchtozip_gui.gui.widgets.cards import captioned, card, number
from fetchtozip_gui.gui.widgets.disk_card import DiskCard
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.scrolled import Scrolled
from fetchtozip_gui.gui.words import place

_STEP = 10
_THEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}


class SettingsPage(QWidget):
    """Every change counts at once; what is not allowed is said beside its field and changes nothing."""

    def __init__(self, preferences: Preferences, disk: DiskCard, usual_folder: str) -> None:
        """`usual_folder` is where exports go as long as none is set."""
        super().__init__()
        self.setObjectName("page")
        self._preferences = preferences
        self._usual = usual_folder
        self.themes = {name: QPushButton(_THEMES[name]) for name in THEMES}
        self.scale = QSlider(Qt.Orientation.Horizontal)
        self._percent = label(role="muted")
        self.folder = QLineEdit()
        self.choose = QPushButton("Choose…")
        self.jobs = number(1, MOST_JOBS)
        self.port = number(1024, 65_535)
        self.uploads = number(1, MOST_UPLOADED)
        self.asks = QCheckBox("Ask before closing while jobs run")
        self.notices = {"folder": Notice(), "port": Notice()}
        self._lay_out(disk)
        self._follow()
        self._connect()

    def _connect(self) -> None:
        self._preferences.changed.connect(self._follow)
        for button in self.themes.values():
            button.clicked.connect(self._set_theme)
        self.scale.valueChanged.connect(self._set_scale)
        self.folder.editingFinished.connect(self._set_folder)
        self.folder.textEdited.connect(self.notices["folder"].clear)
        self.choose.clicked.connect(self._choose_folder)
        self.jobs.valueChanged.connect(self._set_jobs)
        self.port.editingFinished.connect(self._set_port)
        self.uploads.editingFinished.connect(self._set_uploads)
        self.asks.clicked.connect(self._set_asks)

    def _follow(self) -> None:
        preferences = self._preferences
        self.themes[preferences.text("theme")].setChecked(True)
        controls = (self.scale, self.jobs, self.port, self.uploads)
        for control in controls:
            control.blockSignals(True)
        self.scale.setValue(preferences.number("scale"))
        self.jobs.setValue(preferences.number("jobs"))
        self.port.setValue(preferences.number("port"))
        self.uploads.setValue(preferences.number("uploads"))
        for control in controls:
            control.blockSignals(False)
        self._percent.setText(f"{preferences.number('scale')} %")
        self.folder.setText(place(preferences.text("folder") or self._usual))
        self.asks.setChecked(preferences.is_on("asks"))

    # --- what is set --------------------------------------------------------------------------------------------

    def _set(self, name: str, value: str | int | bool) -> None:
        notice = self.notices.get(name)
        try:
            self._preferences.set(name, value)
        except ValueError as error:
            if notice is not None:
                notice.fail(FetchToZipError(str(error)))
        else:
            if notice is not None:
                notice.clear()

    def _set_theme(self) -> None:
        self._set("theme", next(name for name, button in self.themes.items() if button.isChecked()))

    def _set_scale(self, value: int) -> None:
        self._set("scale", round(value / _STEP) * _STEP)

    def _set_folder(self) -> None:
        text = self.folder.text().strip()
        self._set("folder", "" if text == place(self._usual) else text)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Folder for exports", self._preferences.text("folder") or self._usual)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, chosen: str) -> None:
        self._set("folder", chosen)

    def _set_jobs(self, value: int) -> None:
        self._set("jobs", value)

    def _set_port(self) -> None:
        self._set("port", self.port.value())

    def _set_uploads(self) -> None:
        self._set("uploads", self.uploads.value())

    def _set_asks(self, asks: bool) -> None:
        self._set("asks", asks)

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self, disk: DiskCard) -> None:
        inner = QWidget()
        inner.setObjectName("form")
        # in characters, so that it grows with the text: lines longer than this are hard to read
        inner.setMaximumWidth(self.fontMetrics().averageCharWidth() * 110)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(12)
        for each in (self._look(), self._exports(), self._server(), disk):
            column.addWidget(each)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 8, 0)
        whole.setSpacing(14)
        whole.addWidget(label("Settings", "title"))
        whole.addWidget(Scrolled(inner, fills=True), 1)

    def _look(self) -> QWidget:
        frame, inside = card("Appearance")
        group = QButtonGroup(self)
        for name, button in self.themes.items():
            button.setCheckable(True)
            button.setProperty("role", "choice")
            button.setAccessibleName(f"Theme: {_THEMES[name]}")
            button.setToolTip(f"Theme: {_THEMES[name].lower()}")
            group.addButton(button)
        captioned(inside, "Theme", *self.themes.values())
        self.scale.setRange(SMALLEST, LARGEST)
        self.scale.setSingleStep(_STEP)
        self.scale.setPageStep(2 * _STEP)
        self.scale.setAccessibleName("Text size in percent")
        self.scale.setToolTip("Text size, from 100 to 200 % of the system's (Ctrl++, Ctrl+-)")
        self.scale.setMinimumWidth(220)
        captioned(inside, "Te&xt size", self.scale, self._percent)
        return frame

    def _exports(self) -> QWidget:
        frame, inside = card("Exports")
        self.folder.setAccessibleName("Folder for exports")
        self.folder.setToolTip("Where files go for which no other place is chosen (Alt+O)")
        self.choose.setToolTip("Choose the folder for exports")
        self.choose.setAccessibleName("Choose the folder for exports")
        self.choose.setProperty("role", "beside")
        captioned(inside, "F&older", self.folder, self.choose, stretches=True)
        inside.addWidget(self.notices["folder"])
        self.jobs.setAccessibleName("Jobs at once")
        self.jobs.setToolTip("How many jobs run side by side; the others wait (Alt+S)")
        captioned(inside, "Job&s at once", self.jobs)
        self.asks.setAccessibleName("Ask before closing while jobs run")
        self.asks.setToolTip("Otherwise they stop after their page, and can be resumed at the next start")
        inside.addWidget(self.asks)
        return frame

    def _server(self) -> QWidget:
        frame, inside = card("Server")
        self.port.setGroupSeparatorShown(False)
        self.port.setAccessibleName("Port of the server")
        self.port.setToolTip(
            "Where programs of this computer find the server; the next free one where it is taken (Alt+P)"
        )
        captioned(inside, "&Port", self.port)
        inside.addWidget(self.notices["port"])
        self.uploads.setGroupSeparatorShown(True)
        self.uploads.setSuffix(" MiB")
        self.uploads.setAccessibleName("Largest upload in mebibytes")
        self.uploads.setToolTip("How large a file programs may send for data processing (Alt+U)")
        captioned(inside, "Largest &upload", self.uploads)
        inside.addWidget(label("Its key, and whether it is on, are on the Script page.", "muted", wraps=True))
        return frame
