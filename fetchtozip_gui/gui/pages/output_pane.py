"""The output of the export: the file, what is to be known before it is made, and Start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.core.errors import FetchToZipError, RecipeError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.icons import Icons
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.session import Session
from fetchtozip_gui.gui.output_words import expected
from fetchtozip_gui.gui.starting import free
from fetchtozip_gui.gui.widgets.cards import card
from fetchtozip_gui.gui.widgets.labels import label, put_on
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.output_form import OutputForm
from fetchtozip_gui.gui.widgets.remarks import Remarks, quoted
from fetchtozip_gui.gui.widgets.scrolled import GUTTER, Scrolled
from fetchtozip_gui.gui.words import breakable

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.profile import Profile
    from fetchtozip_gui.core.http.tester import Tested
    from fetchtozip_gui.core.preflight import Checked
    from fetchtozip_gui.core.remark import Remark
    from fetchtozip_gui.engine.vault import Vault

START = "Ctrl+Return"
PAUSE = 250
"""Milliseconds without a change after which the draft is looked over."""
_UNTESTED = "Test the source (F5), and its rows are looked at too."
_TITLES = {"source.url": "Address", "source.job_id": "Job", "output.path": "Folder", "name": "Name"}


@dataclass(frozen=True, slots=True)
class _Looked:
    """What an errand has found out of one state of the draft."""

    checked: Checked
    file: Path | None


class OutputPane(QWidget):
    """Edits the draft's output, looks the job over after each change, and asks for it to be started."""

    started = Signal()
    reason_changed = Signal(str)
    """Why the draft cannot be started; empty when it can."""

    def __init__(
        self,
        draft: DraftModel,
        findings: Findings,
        errands: Errands,
        session: Session,
        icons: Icons,
        folder: str,
    ) -> None:
        """`folder` is where files go for which the draft names no place."""
        super().__init__()
        self._draft, self._findings, self._errands, self._session = draft, findings, errands, session
        self._folder = folder
        self._changes = self._looked_at = 0
        self._reason = ""
        self._profile: Profile | None = None
        self.form = OutputForm(draft, icons, folder)
        self.remarks = Remarks()
        self.estimate = label(role="muted", wraps=True)
        self.why = label(role="muted", wraps=True)
        self.notice = Notice()
        self.start = QPushButton("Start")
        self._untested = label(_UNTESTED, "muted", wraps=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._lay_out()
        self._connect()
        self._stir()

    @property
    def reason(self) -> str:
        """Why the draft cannot be started; empty when it can."""
        return self._reason

    def use_folder(self, folder: str) -> None:
        """Files go there from now on, unless the draft names another place."""
        self._folder = folder
        self.form.use_folder(folder)
        self._stir()

    def use_profile(self, profile: Profile | None) -> None:
        """Look the job over with what all rows of the source's last run hold; null goes back to the first page."""
        if profile is not self._profile:
            self._profile = profile
            self._stir()

    def fail(self, error: FetchToZipError) -> None:
        """Say why the draft was not started."""
        self.notice.fail(type(error)(_titled(error.message), error.hint))

    def clear_notices(self) -> None:
        """What was said is no longer so."""
        self.notice.clear()

    # --- looking over -------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._timer.timeout.connect(self._look)
        self._draft.changed.connect(self._stir)
        self._findings.changed.connect(self._stir)
        self.form.submitted.connect(self._ask)
        self.form.options.secret.connect(self._keep)
        self.remarks.asked.connect(self._mend)
        self.start.clicked.connect(self._ask)

    def _stir(self, *_: object) -> None:
        self._changes += 1
        self.notice.clear()
        if self._reason:
            # what was in the way may be gone: a press before the next look is not lost, and the job itself answers it
            self._tell("")
        self._timer.start()

    def _look(self) -> None:
        change, document, folder, tested = self._changes, self._draft.document(), self._folder, self._findings.tested
        profile = self._profile
        self._errands.run(
            lambda: _looked(document, tested, folder, profile),
            lambda found: self._show(change, found, document),
            lambda error: self._refuse(change, error),
        )

    def _show(self, change: int, found: _Looked, document: Mapping[str, Any]) -> None:
        if change != self._changes:
            return  # a newer look is on its way
        self._looked_at = change
        checked = found.checked
        self.remarks.show_all(checked.remarks)
        self._untested.setVisible(self._findings.tested is None and document["source"].get("type") == "http")
        source = document["source"]
        self.estimate.setText(expected(checked.estimate, source.get("rate_limit", 10)))
        self.estimate.setVisible(bool(self.estimate.text()))
        self.form.preview.setText(breakable(f"Becomes {found.file.name}") if found.file else "")
        self.form.preview.setToolTip(str(found.file or ""))
        self._tell(quoted(checked.stops.words) if checked.stops else "")

    def _refuse(self, change: int, error: FetchToZipError) -> None:
        if change != self._changes:
            return
        self._looked_at = change
        self.remarks.show_all(())
        self.estimate.hide()
        self.form.preview.setText("")
        # an error that is not the recipe's is one of this look alone, and nothing against the job
        self._tell(_titled(error.message.partition("\n")[0]) if isinstance(error, RecipeError) else "")

    def _tell(self, reason: str) -> None:
        self.start.setEnabled(not reason)
        keys = QKeySequence(START).toString(QKeySequence.SequenceFormat.NativeText)
        self.start.setToolTip(reason or f"Fetch everything and write the file ({keys})")
        self.start.setAccessibleDescription(reason)
        self.why.setText(breakable(f"● {reason}") if reason else "")
        self.why.setVisible(bool(reason))
        if reason != self._reason:
            self._reason = reason
            self.reason_changed.emit(reason)

    # --- what the user asks for ---------------------------------------------------------------------------------

    def _ask(self) -> None:
        if not self._reason:
            self.started.emit()

    def _mend(self, remark: Remark) -> None:
        # a fix holds whole parts as they were when it was made
        if remark.fix and self._looked_at == self._changes:
            self._draft.change(remark.fix_words, **remark.fix)

    def _keep(self, secret: str) -> None:
        vault, field = self._session.vault, self.form.options.password
        if vault is None:
            field.refuse("cannot be kept yet: the data folder is not open. Write env:NAME instead.")
            return
        wanted = f"{self._draft.part('name')} ZIP password"
        self._errands.run(
            lambda: _kept(vault, wanted, secret),
            self.form.options.keep,
            lambda error: field.refuse(str(error)),
        )

    # --- how it looks -------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setProperty("role", "clear")
        first, output = card("Output")
        output.addWidget(self.form)
        second, before = card("Before you start")
        before.addWidget(self.remarks)
        before.addWidget(self._untested)
        column = QWidget()
        column.setObjectName("form")
        cards = QVBoxLayout(column)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(12)
        cards.addWidget(first)
        cards.addWidget(second)
        # outside of what scrolls: Start is always in sight
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, GUTTER, 16)
        foot.setSpacing(8)
        put_on(self.why, "bad")
        self.why.hide()
        self.estimate.hide()
        self.start.setProperty("role", "primary")
        self.start.setAccessibleName("Start")
        for widget in (self.notice, self.estimate, self.why, self.start):
            foot.addWidget(widget)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(Scrolled(column))
        whole.addLayout(foot)
        whole.addStretch(1)
        self._tell("")


def _looked(document: dict[str, Any], tested: Tested | None, folder: str, profile: Profile | None) -> _Looked:
    # heavy: all plug-ins' models, the formats' writers and Polars
    from fetchtozip_gui.core.preflight import check
    from fetchtozip_gui.core.preflight_columns import result_profile
    from fetchtozip_gui.core.recipe import Recipe

    source = document.get("source", {})
    if source.get("type", "http") == "http" and not str(source.get("url", "")).strip():
        raise RecipeError("source.url: type or paste one first.")
    recipe = Recipe.parse(document)
    known = tested if tested is not None and tested.problem is None else None
    checked = check(
        recipe,
        sample=known.frame if known else None,
        profile=result_profile(recipe, profile) if profile is not None else None,
        rows_total=known.rows_total if known else None,
        pages_total=known.pages_total if known else None,
        page_seconds=known.received.seconds if known and known.received else None,
        folder=Path(folder),
    )
    return _Looked(checked, free(checked.destination, (), Path.exists) if checked.destination else None)


def _kept(vault: Vault, wanted: str, secret: str) -> str:
    """Keep a secret under a name that no other one has."""
    names = set(vault.names())
    name, number = wanted, 1
    while name in names:
        number += 1
        name = f"{wanted} {number}"
    vault.write(name, secret)
    return name


def _titled(message: str) -> str:
    """A recipe's error with the names that the window has for its fields."""
    for path, title in _TITLES.items():
        if message.startswith(f"{path}:"):
            return f"{title}:{message[len(path) + 1 :]}"
    return message
