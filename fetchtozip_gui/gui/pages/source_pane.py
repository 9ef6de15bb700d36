"""The Export page's source: its form, a test of it, and beside the form everything that the test has brought."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as File
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.gui.errands import Errands
from fetchtozip_gui.gui.form_specs import Path, put
from fetchtozip_gui.gui.models.draft import DraftModel
from fetchtozip_gui.gui.models.findings import Findings
from fetchtozip_gui.gui.models.jobs import JobsModel
from fetchtozip_gui.gui.models.plain_secrets import name_for
from fetchtozip_gui.gui.models.trial import Trial
from fetchtozip_gui.gui.source_words import KINDS, change, why
from fetchtozip_gui.gui.widgets.answers import PAGES, RESPONSE, Answers
from fetchtozip_gui.gui.widgets.fields import LineField
from fetchtozip_gui.gui.widgets.found_line import PAGES_LINK, RESPONSE_LINK, FoundLine
from fetchtozip_gui.gui.widgets.labels import label
from fetchtozip_gui.gui.widgets.notice import Notice
from fetchtozip_gui.gui.widgets.scrolled import Scrolled
from fetchtozip_gui.gui.widgets.shortcut import shortcut
from fetchtozip_gui.gui.widgets.source_form import SourceForm
from fetchtozip_gui.gui.words import breakable

TEST = QKeySequence("F5")
PROVE = QKeySequence("Shift+F5")
STOP = QKeySequence("Escape")
_NO_KEYRING = "There is no keyring here, so nothing is kept. Write env:NAME, and set that variable before the start."


class SourcePane(QFrame):
    """Edits the draft's source. It can be painted before anything heavy is loaded."""

    tested = Signal()
    """A test or a proof has ended, well or not."""

    def __init__(
        self,
        draft: DraftModel,
        findings: Findings,
        errands: Errands,
        keep_secret: Callable[[str, str], str] | None = None,
        read_secret: Callable[[str], str] | None = None,
        *,
        jobs: JobsModel | None = None,
        result_of: Callable[[str], File] | None = None,
        offer: QWidget | None = None,
    ) -> None:
        """`keep_secret` keeps a secret under a name and returns its reference; without it there is no keyring.

        `read_secret` gives the secret of a name, for tests of sources that need one. `jobs` can be chosen as a source,
        and `result_of` gives the file that one of them has made. `offer` stands below the form.
        """
        super().__init__()
        self._draft = draft
        self._findings = findings
        self._errands = errands
        self._keep_secret = keep_secret
        self._trial = Trial(draft, findings, errands, read_secret, self, result_of)
        self._answers_shown: object = None
        self._proof: object = None
        self._had_work = False
        self._models = False
        self.form = SourceForm(jobs)
        self.answers = Answers()
        self._scrolled = Scrolled(self.form)
        self.notice = Notice()
        self.found = FoundLine()
        self.reason = label(role="muted", wraps=True)
        self.test_button = _button("Test  F5", "Fetch the first page", TEST)
        self.prove_button = _button("Prove", "Fetch three pages: rows new, keys different, the end in reach", PROVE)
        self.stop_button = _button("Stop", "Stop testing", STOP)
        self.setProperty("role", "card")
        self._lay_out(offer)
        self._connect()
        self._show_source()
        self._show_trial()

    # --- what the shell asks for --------------------------------------------------------------------------------

    def test(self) -> None:
        """Fetch the first page and show it."""
        self.notice.clear()
        self._trial.test()

    def prove(self) -> None:
        """Fetch three pages and say whether they follow one another as they should."""
        self.notice.clear()
        self._trial.prove()

    def stop(self) -> None:
        """End a test that is under way."""
        self._trial.stop()

    def go_to_address(self) -> None:
        """Put the keyboard on the address, all of it selected."""
        field = self.form.lead
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(field, LineField):
            field.line.selectAll()

    def go_to(self, name: str) -> None:
        """Open the field of a name, such as `records`."""
        self.form.go_to(name)

    # --- the draft ----------------------------------------------------------------------------------------------

    def _edit(self, path: Path, value: Any) -> None:
        source = put(self._draft.part("source"), path, value)
        source.setdefault("type", self.form.source_kind)
        self._draft.change(change(self.form.source_kind, path), merge=f"source.{'.'.join(path)}", source=source)

    def _choose_kind(self, kind: str) -> None:
        if kind != self.form.source_kind:
            newest = self.form.job.newest if kind == "job" else ""
            source = {"type": kind, "job_id": newest} if newest else {"type": kind}
            self._draft.change(f"Read from {KINDS[kind]}", source=source)
            self.go_to_address()

    def _follow(self, part: str) -> None:
        if part in ("", "source"):
            self._show_source()

    def _show_source(self) -> None:
        self.form.show_source(self._draft.part("source"))
        self.prove_button.setVisible(self.form.source_kind == "http")
        self._check()

    def _check(self) -> None:
        """Mark what the model does not take; an address that nobody has typed yet is no fault."""
        source = self._draft.part("source")
        empty = not (source.get("url") or source.get("path") or source.get("job_id"))
        if not self._models or empty:
            self.form.mark({})
            return
        from fetchtozip_gui.core.errors import RecipeError
        from fetchtozip_gui.core.recipe import Recipe  # loaded by now, and heavy before

        try:
            Recipe.parse({"version": 1, "source": source})
        except RecipeError as error:
            self.form.mark(_placed(error.message))
        else:
            fault = self.form.job.fault() if source.get("type") == "job" else ""
            self.form.mark({"job_id": fault} if fault else {})

    def _load(self) -> None:
        self._errands.run(_load_models, self._loaded, self.notice.fail)

    def _loaded(self, _: object) -> None:
        if not self._models:
            self._models = True
            self.form.load()
            self._check()

    # --- secrets ------------------------------------------------------------------------------------------------

    def _keep(self, path: Path, secret: str) -> None:
        keep = self._keep_secret
        if keep is None:
            self.form.refuse(path, _NO_KEYRING)
            return
        name = name_for(self._draft.document(), path)

        def kept(reference: str) -> None:
            self._edit(path, reference)

        def failed(error: FetchToZipError) -> None:
            self.form.refuse(path, f"{error} Or write env:NAME, and set that variable before the start.")

        self._errands.run(lambda: keep(name, secret), kept, failed)

    # --- tests --------------------------------------------------------------------------------------------------

    def _show_trial(self) -> None:
        trial = self._trial
        busy = bool(trial.work)
        self.stop_button.setVisible(busy)
        self.test_button.setEnabled(not busy)
        self.prove_button.setEnabled(not busy)
        shown = trial.shown
        if shown is not self._answers_shown:
            self._answers_shown = shown
            if shown is None:
                self.answers.clear_pages()
            else:
                self._loaded(None)
                self.answers.show_page(shown)
        self.answers.show_pages(trial.pages, trial.page)
        self._show_findings()
        if self._had_work and not busy:
            self.tested.emit()
        self._had_work = busy

    def _show_findings(self) -> None:
        tested, proof = self._findings.tested, self._findings.proof
        self.found.tell(self._trial.work, tested, proof, outdated=self._findings.outdated)
        if proof is not self._proof:
            self._proof = proof
            self.answers.pages.show_proof(proof)
            if proof is not None:
                self.answers.setCurrentIndex(PAGES)
        reason = why(tested) if tested is not None and not self._trial.work else ""
        self.reason.setText(breakable(reason))
        self.reason.setVisible(bool(reason))
        if tested is not None:
            self.form.know(tested.records, tested.pagination)

    def _refused(self, error: FetchToZipError) -> None:
        """The recipe is wrong: its fields are marked, and what belongs to none is said above the answers."""
        self._loaded(None)
        unplaced = self.form.mark(_placed(error.message))
        if unplaced:
            self.notice.fail(type(error)("\n".join(unplaced), error.hint))

    def _follow_link(self, link: str) -> None:
        if link == RESPONSE_LINK:
            self.answers.setCurrentIndex(RESPONSE)
        elif link == PAGES_LINK:
            self.answers.setCurrentIndex(PAGES)
        else:
            self.form.go_to(link)

    def _bring_into_sight(self, field: QWidget) -> None:
        # when what was opened has found its place
        self._scrolled.ensureWidgetVisible(field)

    # --- layout -------------------------------------------------------------------------------------------------

    def _lay_out(self, offer: QWidget | None) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.test_button)
        acts.addWidget(self.prove_button)
        acts.addWidget(self.stop_button)
        acts.addStretch(1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(16, 14, 16, 14)
        lines.setSpacing(8)
        self._scrolled.setProperty("role", "clear")
        lines.addWidget(self._scrolled)
        if offer is not None:
            lines.addWidget(offer)
        lines.addLayout(acts)
        lines.addWidget(self.notice)
        lines.addWidget(self.found)
        lines.addWidget(self.reason)
        lines.addWidget(self.answers, 1)
        self.answers.setMinimumHeight(self.fontMetrics().lineSpacing() * 12)

    def _connect(self) -> None:
        self._draft.changed.connect(self._follow)
        self._findings.changed.connect(self._show_findings)
        self._trial.changed.connect(self._show_trial)
        self._trial.refused.connect(self._refused)
        self.form.edited.connect(self._edit)
        self.form.job.stirred.connect(self._check)
        self.form.secret.connect(self._keep)
        self.form.kind_chosen.connect(self._choose_kind)
        self.form.models_wanted.connect(self._load)
        self.form.reached.connect(self._bring_into_sight, Qt.ConnectionType.QueuedConnection)
        self.found.linkActivated.connect(self._follow_link)
        self.answers.page_wanted.connect(self._trial.go_to)
        for button, keys, act in (
            (self.test_button, TEST, self.test),
            (self.prove_button, PROVE, self.prove),
            (self.stop_button, STOP, self.stop),
        ):
            button.clicked.connect(act)
            shortcut(keys, self, act)


def _load_models() -> None:
    # heavy: Pydantic, Polars and the sources
    from fetchtozip_gui.core import recipe  # noqa: F401


def _placed(message: str) -> dict[str, str]:
    """A recipe's faults by the path in the source: `{"pagination.size": "must be ≥ 1"}`."""
    lines = (line.partition(": ") for line in message.splitlines())
    return {path.removeprefix("source."): words for path, _, words in lines}


def _button(text: str, about: str, keys: QKeySequence) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "beside")
    button.setToolTip(f"{about} ({keys.toString(QKeySequence.SequenceFormat.NativeText)})")
    return button
